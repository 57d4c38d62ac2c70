"""Requests drawn at random within their limits, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from velatura.records import (
    Hires,
    NoiseOptions,
    SamplingOptions,
    TextOptions,
    Txt2Img,
    Variation,
)

texts = st.text(max_size=60)
names = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)
seeds = st.integers(0, 2**64 - 1)
fractions = st.floats(0, 1)
sides = st.integers(1, 256).map(lambda cells: cells * 8)


def floats(highest: float) -> st.SearchStrategy[float]:
    return st.floats(0, highest)


text_options = st.builds(
    TextOptions,
    emphasis=st.sampled_from(("Original", "No norm", "Ignore", "None")),
    comma_backtrack=st.integers(0, 74),
    comments=st.booleans(),
    old_emphasis=st.booleans(),
    old_scheduling=st.booleans(),
    padding=st.sampled_from(("separate", "pad", "pad v0")),
)
sampling_options = st.builds(
    SamplingOptions,
    eta=st.none() | floats(10),
    churn=floats(1000),
    churn_min=floats(1000),
    churn_max=floats(10000),
    noise_scale=floats(10),
    sigma_min=floats(1000),
    sigma_max=floats(10000),
    rho=floats(100),
    beta_alpha=st.floats(0.1, 100),
    beta_beta=st.floats(0.1, 100),
    discard_penultimate=st.booleans(),
    old_karras_sigmas=st.booleans(),
    quantize=st.booleans(),
    sgm_noise=st.booleans(),
    picture_brownian=st.booleans(),
    unipc_variant=st.sampled_from(("bh1", "bh2", "vary_coeff")),
    unipc_spacing=st.sampled_from(("time_uniform", "time_quadratic", "logSNR")),
    unipc_order=st.integers(1, 50),
    unipc_lower_order_final=st.booleans(),
    skip_guidance_until=fractions,
    skip_guidance_below=floats(1000),
    skip_guidance_all=st.booleans(),
    deep_cache=st.integers(1, 20),
    bf16=st.booleans(),
    fp8=st.booleans(),
    zero_terminal_snr=st.booleans(),
    downcast_alphas=st.booleans(),
)
noise_options = st.builds(
    NoiseOptions,
    source=st.sampled_from(("CPU", "NV", "GPU")),
    ensd=st.integers(-(2**31), 2**31),
    resize_width=st.integers(0, 16384),
    resize_height=st.integers(0, 16384),
    multiplier=floats(10),
    extra=fractions,
)
variations = st.builds(Variation, seed=seeds, strength=fractions)
hires_passes = st.builds(
    Hires,
    scale=st.floats(1, 8),
    width=st.integers(0, 16384),
    height=st.integers(0, 16384),
    upscaler=st.sampled_from(("Latent", "Latent (bicubic)", "Lanczos", "None")),
    steps=st.integers(0, 1000),
    strength=fractions,
    sampler=st.sampled_from(("", "Euler", "DPM++ 2M", "DDIM")),
    schedule=st.sampled_from(("", "Automatic", "Karras", "Beta")),
    prompt=texts,
    negative_prompt=texts,
)
requests = st.builds(
    Txt2Img,
    prompt=texts,
    negative_prompt=texts,
    styles=st.lists(texts, max_size=3).map(tuple),
    checkpoint=names,
    vae=names,
    sampler=st.sampled_from(("Euler", "Euler a", "DPM++ 2M", "DPM2 a", "DPM++ SDE", "DDIM", "LCM")),
    schedule=st.sampled_from(("Automatic", "Uniform", "Karras", "Beta", "SGM Uniform")),
    steps=st.integers(1, 1000),
    guidance_scale=floats(100),
    width=sides,
    height=sides,
    seed=seeds,
    batch_size=st.integers(1, 64),
    batch_count=st.integers(1, 100),
    clip_skip=st.integers(1, 12),
    tiling=st.booleans(),
    variation=st.none() | variations,
    hires=st.none() | hires_passes,
    text=text_options,
    sampling=sampling_options,
    noise=noise_options,
)
