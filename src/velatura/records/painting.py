"""Requests that paint with a checkpoint: from words alone, and what all of them have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Interval

from velatura.limits import Checked
from velatura.records.options import (
    Fraction,
    NoiseOptions,
    SamplingOptions,
    Seed,
    Side,
    TextOptions,
    Variation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting(Checked):
    """What every request has that paints with a checkpoint.

    Attributes:
        kind: Tells requests apart in a document.
        prompt: What to paint, in the prompt language.
        negative_prompt: What to avoid.
        styles: Names of saved styles to merge into both prompts.
        checkpoint: Name of the checkpoint; empty takes the first one found.
        vae: Name of an external autoencoder file; "Automatic" takes the one that goes with the
            checkpoint, "None" the checkpoint's own.
        sampler: The way from noise to picture.
        schedule: How the noise falls from step to step; "Automatic" is what suits the sampler.
        steps: Sampling steps.
        guidance_scale: How closely to follow the prompt, and to avoid the negative prompt: the
            scale of classifier-free guidance ("CFG scale").
        width: Width in pixels, a multiple of 8; 0 takes that of the picture that is painted over,
            or else the checkpoint's native one.
        height: Height in pixels, a multiple of 8; 0 as with the width.
        seed: Seed of the first picture; the others count up from it. -1 draws one at random.
        batch_size: Pictures made at once.
        batch_count: Batches made one after another.
        clip_skip: Which layer of the text encoder speaks: 1 is the last, n the n-th from the end.
        tiling: Make the picture's edges meet, for textures.
        variation: A second seed to mix in.
        text: How prompts are read.
        sampling: Finer settings of sampler and schedule.
        noise: Where random numbers come from.
    """

    kind: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    styles: tuple[str, ...] = ()
    checkpoint: str = ""
    vae: str = "Automatic"
    sampler: str = "DPM++ 2M"
    schedule: str = "Automatic"
    steps: Annotated[int, Interval(ge=1, le=1000)] = 20
    guidance_scale: Annotated[float, Interval(ge=0.0, le=100.0)] = 7.0
    width: Side = 0
    height: Side = 0
    seed: Seed = -1
    batch_size: Annotated[int, Interval(ge=1, le=64)] = 1
    batch_count: Annotated[int, Interval(ge=1, le=10000)] = 1
    clip_skip: Annotated[int, Interval(ge=1, le=12)] = 1
    tiling: bool = False
    variation: Variation | None = None
    text: TextOptions = field(default_factory=TextOptions)
    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    noise: NoiseOptions = field(default_factory=NoiseOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hires(Checked):
    """A second, larger pass over the picture.

    Attributes:
        scale: Factor from the first pass to the second; ignored where a size is given.
        width: Width of the second pass; 0 follows from ``height``, or from ``scale``.
        height: Height of the second pass; 0 follows from ``width``, or from ``scale``.
        upscaler: What enlarges in between; the "Latent" ones enlarge before decoding, and want a
            strength above 0.5.
        steps: Steps of the second pass; 0 takes those of the first.
        strength: Denoising strength: 0 keeps the enlarged picture, 1 forgets it.
        sampler: Sampler of the second pass; empty takes that of the first.
        schedule: Schedule of the second pass; empty takes that of the first.
        prompt: Prompt of the second pass; empty takes that of the first.
        negative_prompt: Negative prompt of the second pass; empty takes that of the first.
    """

    scale: Annotated[float, Interval(ge=1.0, le=8.0)] = 2.0
    width: Annotated[int, Interval(ge=0, le=16384)] = 0
    height: Annotated[int, Interval(ge=0, le=16384)] = 0
    upscaler: str = "Latent"
    steps: Annotated[int, Interval(ge=0, le=1000)] = 0
    strength: Fraction = 0.7
    sampler: str = ""
    schedule: str = ""
    prompt: str = ""
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Txt2Img(Painting):
    """Pictures from words.

    Attributes:
        hires: A second, larger pass.
    """

    kind: Literal["txt2img"] = "txt2img"
    hires: Hires | None = None


def hires_of(request: Painting) -> Hires | None:
    """The second pass of a request, if it has one."""
    return request.hires if isinstance(request, Txt2Img) else None
