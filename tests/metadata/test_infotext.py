from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings

from tests.library.pictures import painted
from tests.metadata.requests import requests
from tests.metadata.test_notation import holds, normal
from velatura.diffusion.samplers import SAMPLERS
from velatura.metadata import format_infotext, parse_infotext, request_from_infotext
from velatura.metadata.infotext import schedule_label
from velatura.records import (
    Hires,
    ModelUse,
    NoiseOptions,
    Picture,
    SamplingOptions,
    TextOptions,
    Txt2Img,
    Variation,
)

CARRIED_SAMPLING = (
    "churn", "churn_min", "churn_max", "noise_scale", "sigma_min", "sigma_max", "rho",
    "discard_penultimate", "sgm_noise", "skip_guidance_until", "skip_guidance_below",
    "skip_guidance_all", "deep_cache", "bf16", "fp8", "zero_terminal_snr", "downcast_alphas",
)  # fmt: skip


def text_of(request: Txt2Img, *models: ModelUse) -> str:
    return format_infotext(Picture(pixels=painted().pixels, request=request, models=models))


def fields_of(request: Txt2Img, *models: ModelUse) -> dict[str, str]:
    return parse_infotext(text_of(request, *models)).fields


def carried(request: Txt2Img) -> Txt2Img:
    """What the text carries of a request; the rest at its defaults."""
    sampler = SAMPLERS[request.sampler]
    sampling: dict[str, Any] = {name: getattr(request.sampling, name) for name in CARRIED_SAMPLING}
    eta, default_eta = request.sampling.eta, 0 if sampler.family == "timestep" else 1
    has_eta = sampler.family == "timestep" or sampler.is_stochastic or sampler.uses_ensd
    sampling["eta"] = eta if has_eta and eta != default_eta else None
    hires = request.hires
    if "Beta" in (request.schedule, hires and hires.schedule):
        sampling |= {
            "beta_alpha": request.sampling.beta_alpha,
            "beta_beta": request.sampling.beta_beta,
        }
    noise = request.noise
    is_resized = noise.resize_width and noise.resize_height
    has_brackets = any(sign in request.prompt + request.negative_prompt for sign in "([")
    variation = request.variation
    return Txt2Img(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        checkpoint=request.checkpoint,
        sampler=request.sampler,
        schedule=schedule_label(request.sampler, request.schedule),
        steps=request.steps,
        guidance_scale=request.guidance_scale,
        width=request.width,
        height=request.height,
        seed=request.seed,
        clip_skip=request.clip_skip,
        tiling=request.tiling,
        variation=variation if variation and variation.strength else None,
        hires=hires and carried_hires(request, hires),
        text=TextOptions(
            emphasis=request.text.emphasis if has_brackets else "Original",
            old_scheduling=request.text.old_scheduling,
            padding=request.text.padding,
        ),
        sampling=SamplingOptions(**sampling),
        noise=NoiseOptions(
            source=noise.source,
            ensd=noise.ensd if sampler.uses_ensd and eta != 0 else 0,
            resize_width=noise.resize_width if is_resized else 0,
            resize_height=noise.resize_height if is_resized else 0,
            extra=noise.extra if hires else 0.0,
        ),
    )


def carried_hires(request: Txt2Img, hires: Hires) -> Hires:
    first = schedule_label(request.sampler, request.schedule)
    second = schedule_label(hires.sampler or request.sampler, hires.schedule or request.schedule)
    same_negative = hires.negative_prompt == request.negative_prompt
    return replace(
        hires,
        scale=2.0 if hires.width or hires.height else hires.scale,
        sampler="" if hires.sampler == request.sampler else hires.sampler,
        schedule="" if first == second else second,
        prompt="" if hires.prompt == request.prompt else hires.prompt,
        negative_prompt="" if same_negative else hires.negative_prompt,
    )


@settings(max_examples=300)
@given(requests)
def test_a_request_survives_the_text(drawn: Txt2Img) -> None:
    assume(holds(drawn.prompt))
    assume(holds(drawn.negative_prompt))
    request = replace(
        drawn, prompt=normal(drawn.prompt), negative_prompt=normal(drawn.negative_prompt)
    )
    read, rest = request_from_infotext(text_of(request))
    assert read == carried(request)
    assert set(rest) == {"Version"}


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_is_named_with_its_schedule(sampler: str) -> None:
    fields = fields_of(Txt2Img(sampler=sampler))
    assert fields["Sampler"] == sampler
    own = SAMPLERS[sampler].schedule
    is_grid = SAMPLERS[sampler].family == "timestep" or own == "Uniform"
    assert fields["Schedule type"] == ("Automatic" if is_grid else own)


def test_fields_stand_in_the_usual_order() -> None:
    request = Txt2Img(
        prompt="a (cat:1.2)",
        negative_prompt="blurry",
        sampler="Euler a",
        width=64,
        height=96,
        seed=7,
        clip_skip=2,
        tiling=True,
        variation=Variation(seed=9, strength=0.5),
        hires=Hires(prompt="b, c", steps=3, width=128, sampler="Euler", schedule="Beta"),
        text=TextOptions(emphasis="No norm", padding="pad"),
        sampling=SamplingOptions(eta=0.5, skip_guidance_below=1, fp8=True),
        noise=NoiseOptions(source="NV", ensd=31337, resize_width=32, resize_height=48),
    )
    models = (
        ModelUse(kind="checkpoint", name="tiny", hash="abc"),
        ModelUse(kind="vae", name="sharp", hash="def"),
        ModelUse(kind="lora", name="ink: dark, thin", hash="012"),
        ModelUse(kind="lora", name="gold", hash="345"),
        ModelUse(kind="embedding", name="bad", hash="678"),
    )
    assert text_of(request, *models).split("\n") == [
        "a (cat:1.2)",
        "Negative prompt: blurry",
        "Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 7, "
        "Size: 64x96, Model hash: abc, Model: tiny, FP8 weight: Enable, "
        "VAE hash: def, VAE: sharp, "
        "Variation seed: 9, Variation seed strength: 0.5, Seed resize from: 32x48, "
        "Denoising strength: 0.7, Clip skip: 2, ENSD: 31337, RNG: NV, Tiling: True, "
        'Hires sampler: Euler, Hires prompt: "b, c", Hires schedule type: Beta, '
        "Hires resize: 128x0, Hires steps: 3, Hires upscaler: Latent, "
        'Lora hashes: "ink dark thin: 012, gold: 345", TI hashes: "bad: 678", '
        "Emphasis: No norm, Eta: 0.5, NGMS: 1.0, Beta schedule alpha: 0.6, "
        "Beta schedule beta: 0.6, Pad conds: True, Version: v1.10.1+velatura.0.1.0",
    ]


def test_the_version_sorts_after_every_release_that_had_other_ways() -> None:
    version = fields_of(Txt2Img())["Version"]
    release, _, local = version.partition("+")
    assert release == "v1.10.1"
    assert local.startswith("velatura.")
    assert "-" not in version


def test_the_seed_delta_is_left_out_where_it_has_no_effect() -> None:
    noise = NoiseOptions(ensd=31337)
    assert "ENSD" in fields_of(Txt2Img(sampler="Euler a", noise=noise))
    assert "ENSD" not in fields_of(Txt2Img(sampler="Euler", noise=noise))
    no_eta = SamplingOptions(eta=0.0)
    assert "ENSD" not in fields_of(Txt2Img(sampler="Euler a", noise=noise, sampling=no_eta))


def test_an_unknown_size_is_left_out() -> None:
    assert "Size" not in fields_of(Txt2Img(width=0, height=0))
