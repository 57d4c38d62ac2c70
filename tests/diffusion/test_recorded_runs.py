"""Every sampler, step by step, against runs that A1111 v1.10.1 made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diffusion.recorded import Case, Recording, distance, one_pass_cases
from velatura.diffusion.noise import PictureNoise
from velatura.diffusion.plan import plan_from_noise

TOLERANCE = 1e-5

BROWNIAN_TOLERANCE = 5e-4
"""Brownian paths are asked at times rounded to 1e-6; single-precision levels may round apart."""


@pytest.mark.parametrize("name", one_pass_cases() or ["none at hand"])
def test_a_recorded_run_is_repeated_step_by_step(golden: Path, name: str) -> None:
    case = Case.load(golden, name)
    sampler, options = case.sampler, case.options
    plan = plan_from_noise(sampler, case.schedule, case.request["steps"], case.levels, options)
    draws = case.series("rng")
    noise = PictureNoise(case.recipe(draws[0].shape, plan.span))
    denoise = Recording(case)

    state = plan.start(noise.first())
    for state in sampler.sample(denoise, state, plan.levels, noise, options):  # noqa: B020
        pass

    assert denoise.calls == len(case.series("den_x"))
    assert max(denoise.level_errors) < 2e-6
    tolerance = BROWNIAN_TOLERANCE if "SDE" in sampler.label else TOLERANCE
    assert max(denoise.x_errors) < tolerance
    assert distance(state.x, case.series("final_latent")[0]) < tolerance
