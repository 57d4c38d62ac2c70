"""Tests for the plan of a run."""

from __future__ import annotations

import math

import pytest
import torch

from velatura.diffusion.noise_levels import model_levels
from velatura.diffusion.plan import (
    plan_from_latents,
    plan_from_noise,
    schedule_for,
    timesteps,
    unipc_times,
)
from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.schedules import SCHEDULES
from velatura.diffusion.steps import cut
from velatura.errors import RequestError
from velatura.records import NoiseOptions, SamplingOptions

OPTIONS = SamplingOptions()
LEVELS = model_levels(OPTIONS)
EULER, DPM2, DDIM, UNIPC = (SAMPLERS[name] for name in ("Euler", "DPM2", "DDIM", "UniPC"))


def test_automatic_is_the_samplers_own_schedule() -> None:
    for sampler in SAMPLERS.values():
        assert schedule_for(sampler, "Automatic") is SCHEDULES[sampler.schedule]
    assert schedule_for(EULER, "karras") is SCHEDULES["Karras"]


def test_a_run_from_noise_begins_at_the_highest_level() -> None:
    plan = plan_from_noise(EULER, "Karras", 10, LEVELS, OPTIONS)
    assert plan.levels == SCHEDULES["Karras"].sigmas(10, LEVELS, OPTIONS)
    assert plan.noise == plan.levels[0]
    assert plan.span == pytest.approx((LEVELS.sigma_min, LEVELS.sigma_max))
    assert (plan.steps, plan.calls) == (10, 10)


def test_the_noise_may_have_the_power_of_data_and_noise() -> None:
    plan = plan_from_noise(EULER, "Karras", 10, LEVELS, SamplingOptions(sgm_noise=True))
    assert plan.noise == pytest.approx(math.sqrt(1 + plan.levels[0] ** 2))


def test_the_penultimate_level_is_dropped_by_sampler_or_by_wish() -> None:
    whole = SCHEDULES["Karras"].sigmas(11, LEVELS, OPTIONS)
    expected = (*whole[:-2], 0.0)
    assert plan_from_noise(DPM2, "Karras", 10, LEVELS, OPTIONS).levels == expected
    wish = SamplingOptions(discard_penultimate=True)
    assert plan_from_noise(EULER, "Karras", 10, LEVELS, wish).levels == expected


@pytest.mark.parametrize("name", ["DPM fast", "DPM adaptive"])
def test_some_samplers_take_only_the_limits_of_the_model(name: str) -> None:
    plan = plan_from_noise(SAMPLERS[name], "DDIM", 10, LEVELS, OPTIONS)
    assert len(plan.levels) == 11
    assert (plan.levels[0], plan.levels[-1]) == pytest.approx((LEVELS.sigma_max, LEVELS.sigma_min))
    assert plan.noise == SCHEDULES["DDIM"].sigmas(10, LEVELS, OPTIONS)[0]


@pytest.mark.parametrize(("steps", "length"), [(7, 8), (15, 16), (20, 20), (30, 31), (50, 50)])
def test_the_timestep_grid_may_be_longer_than_asked(steps: int, length: int) -> None:
    assert len(timesteps(steps)) == length


def test_the_timestep_grid_ends_at_one() -> None:
    assert timesteps(5) == (801, 601, 401, 201, 1)
    assert timesteps(1) == (1,)
    assert timesteps(1000)[0] == 999


def test_more_steps_than_times_are_refused() -> None:
    with pytest.raises(RequestError, match="1000 times") as refusal:
        plan_from_latents(DDIM, "", cut(20, 0.01, exact=True), LEVELS, OPTIONS)
    assert refusal.value.field == "steps"


@pytest.mark.parametrize("spacing", ["time_uniform", "time_quadratic", "logSNR"])
def test_unipc_goes_from_the_first_time_to_zero(spacing: str) -> None:
    options = SamplingOptions(unipc_spacing=spacing)  # pyright: ignore[reportArgumentType]
    times = unipc_times(999.0, 12, LEVELS, options)
    assert len(times) == 13
    assert (times[0], times[-1]) == pytest.approx((999.0, 0.0), abs=1e-9)
    assert list(times) == sorted(times, reverse=True)


def test_unipcs_spacings_are_even_in_what_they_are_named_after() -> None:
    quadratic = unipc_times(999.0, 10, LEVELS, SamplingOptions(unipc_spacing="time_quadratic"))
    roots = [math.sqrt(time + 1) for time in quadratic]
    assert roots[3] - roots[4] == pytest.approx(roots[8] - roots[9])
    logarithmic = unipc_times(999.0, 10, LEVELS, SamplingOptions(unipc_spacing="logSNR"))
    logs = [math.log(LEVELS.sigma(time)) for time in logarithmic]
    assert logs[3] - logs[4] == pytest.approx(logs[8] - logs[9])


def test_a_run_from_latents_walks_the_end_of_the_schedule() -> None:
    plan = plan_from_latents(EULER, "Karras", cut(20, 0.5, exact=False), LEVELS, OPTIONS)
    whole = SCHEDULES["Karras"].sigmas(20, LEVELS, OPTIONS)
    assert plan.levels == whole[9:]
    assert (plan.noise, plan.signal) == (whole[9], 1.0)
    assert plan.span == (whole[-2], whole[0])
    assert (plan.steps, plan.calls) == (11, 11)


def test_timesteps_begin_one_below_the_noise_that_is_added() -> None:
    plan = plan_from_latents(DDIM, "", cut(20, 0.5, exact=False), LEVELS, OPTIONS)
    assert plan.levels == tuple(float(50 * k + 1) for k in range(9, -1, -1))
    alpha = LEVELS.alpha(501.0)
    assert plan.noise == pytest.approx(math.sqrt(1 - alpha))
    assert plan.signal == pytest.approx(math.sqrt(alpha))
    assert plan.steps == 9


def test_unipc_begins_at_the_last_time_that_is_left() -> None:
    plan = plan_from_latents(UNIPC, "", cut(20, 0.5, exact=False), LEVELS, OPTIONS)
    assert (plan.levels[0], plan.levels[-1], plan.steps) == (451.0, 0.0, 10)


@pytest.mark.parametrize("sampler", [EULER, DDIM, UNIPC], ids=lambda sampler: sampler.label)
def test_nothing_is_done_at_strength_zero_with_exact_steps(sampler: object) -> None:
    part = cut(8, 0.0, exact=True)
    plan = plan_from_latents(sampler, "", part, LEVELS, OPTIONS)  # pyright: ignore[reportArgumentType]
    latents = torch.full((1, 4, 2, 2), 0.5)
    assert plan.steps == 0
    assert torch.equal(plan.start(torch.ones(1, 4, 2, 2), latents).x, latents)


def test_the_start_mixes_latents_and_noise() -> None:
    plan = plan_from_latents(EULER, "Karras", cut(20, 0.5, exact=False), LEVELS, OPTIONS)
    noise, latents = torch.full((1, 4, 2, 2), 2.0), torch.full((1, 4, 2, 2), 3.0)
    options = NoiseOptions(multiplier=1.5, extra=0.25)
    expected = 3.0 + 2.0 * 1.5 * (plan.noise + 0.25)
    assert plan.start(noise, latents, options).x[0, 0, 0, 0].item() == pytest.approx(expected)
    assert plan.start(noise).x[0, 0, 0, 0].item() == pytest.approx(2.0 * plan.noise)


def test_levels_that_do_not_fall_are_refused() -> None:
    options = SamplingOptions(sigma_min=5.0, sigma_max=1.0)
    with pytest.raises(RequestError, match="sigma_min") as refusal:
        plan_from_noise(EULER, "Karras", 10, LEVELS, options)
    assert refusal.value.field == "schedule"


def test_a_consistency_model_is_given_its_own_levels() -> None:
    plan = plan_from_noise(SAMPLERS["LCM"], "SGM Uniform", 8, LEVELS, OPTIONS)
    expected = (14.614643, 7.391794, 4.170772, 2.5628576)
    assert plan.levels[:4] == pytest.approx(expected, rel=1e-6)
    long = plan_from_latents(SAMPLERS["LCM"], "DDIM", cut(60, 0.1, exact=False), LEVELS, OPTIONS)
    assert long.steps >= 1
