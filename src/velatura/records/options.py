"""Settings that requests share: how prompts are read, how noise is drawn, how sampling is tuned.

Limits stand in the types (``Annotated[int, Interval(ge=1, le=1000)]``): :mod:`velatura.limits`
enforces them when a record is made, and pydantic reads the same annotations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, MultipleOf

from velatura.limits import Checked

Seed = Annotated[int, Interval(ge=-1, le=2**64 - 1)]
"""A random seed; -1 asks for a random one."""

Side = Annotated[int, Interval(ge=0, le=16384), MultipleOf(8)]
"""Width or height of a picture in pixels; 0 asks for the checkpoint's native size."""

Fraction = Annotated[float, Interval(ge=0.0, le=1.0)]

NoiseSource = Literal["CPU", "NV", "GPU"]
EmphasisMode = Literal["Original", "No norm", "Ignore", "None"]
Padding = Literal["separate", "pad", "pad v0"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation(Checked):
    """A second seed, mixed into the first by spherical interpolation along the latent rows.

    Attributes:
        seed: The variation seed of the first picture; the others count up from it.
        strength: 0 is the seed's own picture, 1 the variation seed's.
    """

    seed: Seed = -1
    strength: Fraction = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions(Checked):
    """How prompts are read.

    Attributes:
        emphasis: What weights such as ``(word:1.2)`` do. "Original" scales the encoder's output and
            restores its mean; "No norm" leaves the mean; "Ignore" reads brackets but drops their
            weights; "None" takes brackets for plain text.
        comma_backtrack: When a chunk of 75 tokens overflows, break at a comma at most this many
            tokens back; 0 switches that off.
        comments: What follows ``#`` in a line is not read.
        old_emphasis: Read brackets as the first web UI of 2022 did.
        old_scheduling: Read ``[from:to:when]`` as A1111 did before version 1.6.
        padding: What happens when prompt and negative prompt differ in length: "separate" network
            calls, "pad" the shorter with the encoding of the empty prompt, or "pad v0": repeat the
            negative's last vector, or cut it.
    """

    emphasis: EmphasisMode = "Original"
    comma_backtrack: Annotated[int, Interval(ge=0, le=74)] = 20
    comments: bool = True
    old_emphasis: bool = False
    old_scheduling: bool = False
    padding: Padding = "separate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions(Checked):
    """Settings of samplers and schedules that most people never touch.

    Attributes:
        eta: Amount of fresh noise at each step. Where it is not given: 1 for ancestral and SDE
            samplers, 0 for DDIM.
        churn: Noise stirred in before each step of Euler, Heun and DPM2: S_churn of Karras et al.
            2022 (arXiv:2206.00364).
        churn_min: Lowest sigma that is stirred (S_tmin).
        churn_max: Highest sigma that is stirred (S_tmax); 0 means no limit.
        noise_scale: Standard deviation of fresh noise (S_noise).
        sigma_min: Lowest sigma of the schedule; 0 is the model's.
        sigma_max: Highest sigma of the schedule; 0 is the model's.
        rho: Exponent of the Karras and polyexponential schedules; 0 is their default.
        beta_alpha: First parameter of the Beta schedule.
        beta_beta: Second parameter of the Beta schedule.
        discard_penultimate: Leave out the last sigma but one, whatever the sampler.
        old_karras_sigmas: Use 0.1 and 10 as the limits of every schedule that takes limits.
        quantize: Ask the network at whole timesteps only.
        sgm_noise: Scale the first noise by sqrt(1 + sigma²) rather than sigma.
        picture_brownian: Each picture's noise follows a Brownian path of its own, rather than one
            for the whole batch.
        unipc_variant: The function B(h) of UniPC (arXiv:2302.04867).
        unipc_spacing: How UniPC places its times.
        unipc_order: Order of UniPC.
        unipc_lower_order_final: The order of UniPC's last steps is lowered.
        skip_guidance_until: Leave the negative prompt out for this first share of the network
            calls, 0 to 1; saves time.
        skip_guidance_below: Leave the negative prompt out at every second call below this sigma; 0
            is never. Saves time.
        skip_guidance_all: Below that sigma, leave it out at every call rather than every second.
        deep_cache: Compute the network's inner blocks at the first of so many calls only, and use
            their features again in the others (DeepCache, arXiv:2312.00858); 1 computes them at
            each. Saves time, and changes the picture a little.
        bf16: Compute the U-Net in bfloat16. Faster on processors that have arithmetic for it
            (AVX-512 BF16, AMX), and changes the picture a little.
        fp8: Keep the U-Net's weights in eight bits (float8_e4m3fn). Halves the memory they take in
            half precision, and changes the picture a little.
        zero_terminal_snr: Rescale the noise levels so that the last one is pure noise
            (arXiv:2305.08891).
        downcast_alphas: Keep the cumulative alphas in half precision, as A1111 did before 1.7.
    """

    eta: Annotated[float, Interval(ge=0.0, le=10.0)] | None = None
    churn: Annotated[float, Interval(ge=0.0, le=1000.0)] = 0.0
    churn_min: Annotated[float, Interval(ge=0.0, le=1000.0)] = 0.0
    churn_max: Annotated[float, Interval(ge=0.0, le=10000.0)] = 0.0
    noise_scale: Annotated[float, Interval(ge=0.0, le=10.0)] = 1.0
    sigma_min: Annotated[float, Interval(ge=0.0, le=1000.0)] = 0.0
    sigma_max: Annotated[float, Interval(ge=0.0, le=10000.0)] = 0.0
    rho: Annotated[float, Interval(ge=0.0, le=100.0)] = 0.0
    beta_alpha: Annotated[float, Interval(gt=0.0, le=100.0)] = 0.6
    beta_beta: Annotated[float, Interval(gt=0.0, le=100.0)] = 0.6
    discard_penultimate: bool = False
    old_karras_sigmas: bool = False
    quantize: bool = False
    sgm_noise: bool = False
    picture_brownian: bool = True
    unipc_variant: Literal["bh1", "bh2", "vary_coeff"] = "bh1"
    unipc_spacing: Literal["time_uniform", "time_quadratic", "logSNR"] = "time_uniform"
    unipc_order: Annotated[int, Interval(ge=1, le=50)] = 3
    unipc_lower_order_final: bool = True
    skip_guidance_until: Fraction = 0.0
    skip_guidance_below: Annotated[float, Interval(ge=0.0, le=1000.0)] = 0.0
    skip_guidance_all: bool = False
    deep_cache: Annotated[int, Interval(ge=1, le=20)] = 1
    bf16: bool = False
    fp8: bool = False
    zero_terminal_snr: bool = False
    downcast_alphas: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseOptions(Checked):
    """Where random numbers come from.

    Attributes:
        source: "CPU" is reproducible everywhere; "NV" computes what an NVIDIA card would; "GPU"
            draws on the device that computes (and equals "CPU" on a CPU).
        ensd: Eta noise seed delta: added to the seed for all noise after the first.
        resize_width: Draw the noise at this width and paste it centred; 0 is off.
        resize_height: Draw the noise at this height; 0 is off.
        multiplier: Factor on the first noise of an image-to-image pass.
        extra: Extra noise added before an image-to-image pass.
    """

    source: NoiseSource = "CPU"
    ensd: Annotated[int, Interval(ge=-(2**31), le=2**31)] = 0
    resize_width: Annotated[int, Interval(ge=0, le=16384)] = 0
    resize_height: Annotated[int, Interval(ge=0, le=16384)] = 0
    multiplier: Annotated[float, Interval(ge=0.0, le=10.0)] = 1.0
    extra: Fraction = 0.0
