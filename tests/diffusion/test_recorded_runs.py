"""Every sampler, step by step, against runs that A1111 v1.10.1 made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from tests.diffusion.recorded import Case, Recording, case_names, distance
from velatura.diffusion.masking import Masked
from velatura.diffusion.noise import PictureNoise
from velatura.diffusion.plan import Plan, plan_from_latents, plan_from_noise
from velatura.diffusion.steps import cut
from velatura.records import NoiseOptions

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

TOLERANCE = 1e-5

BROWNIAN_TOLERANCE = 5e-4
"""Brownian paths are asked at times rounded to 1e-6; single-precision levels may round apart."""


def from_noise(request: dict[str, Any]) -> bool:
    return "init_images" not in request and not request.get("enable_hr")


def from_picture(request: dict[str, Any]) -> bool:
    return "init_images" in request and request["sampler_name"] != "DDIM CFG++"


def with_hires(request: dict[str, Any]) -> bool:
    return bool(request.get("enable_hr"))


def tolerance(case: Case) -> float:
    return BROWNIAN_TOLERANCE if "SDE" in case.sampler.label else TOLERANCE


def middle(latents: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The middle of larger latents; those of a hires pass may jut out of the picture."""
    top, left = ((latents.shape[k] - shape[k]) // 2 for k in (2, 3))
    return latents[:, :, top : top + shape[2], left : left + shape[3]]


def walk(case: Case, plan: Plan, noise: PictureNoise, x: Tensor, denoise: Any) -> Tensor:
    """The last latents of the run."""
    from velatura.diffusion.samplers.base import State

    start = State(x)
    steps = case.sampler.sample(denoise, start, plan.levels, noise, case.options)
    return [start, *steps][-1].x


@pytest.mark.parametrize("name", case_names(from_noise))
def test_a_run_from_noise_is_repeated_step_by_step(golden: Path, name: str) -> None:
    case = Case.load(golden, name)
    steps = case.request["steps"]
    plan = plan_from_noise(case.sampler, case.schedule, steps, case.levels, case.options)
    noise = PictureNoise(case.recipe(case.series("rng")[0].shape, plan.span))
    recording = Recording(case)

    final = walk(case, plan, noise, plan.start(noise.first()).x, recording)

    assert recording.calls == len(case.series("den_x"))
    assert max(recording.level_errors) < 2e-6
    assert max(recording.x_errors) < tolerance(case)
    assert distance(final, case.series("final_latent")[0]) < tolerance(case)


@pytest.mark.parametrize("name", case_names(from_picture))
def test_a_run_from_a_picture_is_repeated_step_by_step(golden: Path, name: str) -> None:
    case = Case.load(golden, name)
    part = cut(case.request["steps"], case.request.get("denoising_strength", 0.75), exact=False)
    plan = plan_from_latents(case.sampler, case.schedule, part, case.levels, case.options)
    noise = PictureNoise(case.recipe(case.series("rng")[0].shape, plan.span))
    latents = torch.from_numpy(case.tensors["init_latent"])
    recording = Recording(case)
    start = plan.start(noise.first(), latents, case.noise_options)

    final = walk(case, plan, noise, start.x, recording)
    if "nmask" in case.tensors:
        mask = torch.from_numpy(case.tensors["nmask"])
        final = Masked(recording, mask, latents, case.sampler.family).finished(final)

    assert recording.calls == len(case.series("den_x"))
    assert max(recording.level_errors, default=0) < 2e-6
    assert max(recording.x_errors, default=0) < tolerance(case)
    assert distance(final, case.series("final_latent")[0]) < tolerance(case)


@pytest.mark.parametrize("name", case_names(with_hires))
def test_a_hires_pass_is_repeated_step_by_step(golden: Path, name: str) -> None:
    case = Case.load(golden, name)
    asked = case.series("den_x")
    draws = case.series("rng")
    first = sum(x.shape == draws[0].shape for x in asked)
    latents = middle(torch.from_numpy(case.series("hr_upscaled_latent")[0]), draws[-1].shape)
    part = cut(case.request["steps"], case.request["denoising_strength"], exact=True)
    plan = plan_from_latents(case.sampler, case.schedule, part, case.levels, case.options)
    noise = PictureNoise(case.recipe(tuple(latents.shape), plan.span))
    recording = Recording(case, first)
    start = plan.start(noise.first(), latents, NoiseOptions())

    walk(case, plan, noise, start.x, recording)

    assert recording.calls == len(asked) - first
    assert max(recording.level_errors, default=0) < 2e-6
    assert max(recording.x_errors, default=0) < tolerance(case)
