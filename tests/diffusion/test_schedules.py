"""Tests for schedules: known values, then what all of them have in common."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.diffusion.noise_levels import consistency_levels, model_levels
from velatura.diffusion.schedules import SCHEDULES, Schedule, find_schedule
from velatura.errors import RequestError
from velatura.records import SamplingOptions

OPTIONS = SamplingOptions()
LEVELS = model_levels(OPTIONS)
RECORDED = json.loads(
    (Path(__file__).parents[1] / "golden" / "schedules.json").read_text(encoding="utf-8")
)

TEN_STEPS = {
    "Uniform": "14.6146 7.8399 4.6092 2.9183 1.9502 1.3449 0.9324 0.6250 0.3687 0.0292 0",
    "Karras": "14.6146 9.1029 5.4784 3.1686 1.7494 0.9141 0.4469 0.2014 0.0819 0.0292 0",
    "Exponential": "14.6146 7.3249 3.6712 1.8400 0.9222 0.4622 0.2317 0.1161 0.0582 0.0292 0",
    "SGM Uniform": "14.6146 8.3072 5.0924 3.3251 2.2797 1.6156 1.1629 0.8319 0.5712 0.3437 0",
    "KL Optimal": "14.6146 4.5650 2.6329 1.7864 1.2948 0.9616 0.7116 0.5094 0.3356 0.1783 0.0292",
    "Simple": "14.6146 8.3028 5.0878 3.3211 2.2765 1.6129 1.1606 0.8299 0.5693 0.3417 0",
    "DDIM": "8.3907 5.1344 3.3478 2.2929 1.6237 1.1682 0.8357 0.5741 0.3462 0.0413 0",
}

entries = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))


@pytest.mark.parametrize(("name", "values"), TEN_STEPS.items())
def test_ten_steps_have_the_known_values(name: str, values: str) -> None:
    expected = [float(value) for value in values.split()]
    assert SCHEDULES[name].sigmas(10, LEVELS, OPTIONS) == pytest.approx(expected, abs=5.1e-5)


@entries
@pytest.mark.parametrize("count", [1, 5, 15])
def test_levels_are_those_that_were_recorded(schedule: Schedule, count: int) -> None:
    expected = RECORDED["model"][schedule.label][str(count)]
    assert schedule.sigmas(count, LEVELS, OPTIONS) == pytest.approx(expected, rel=1e-6)


@entries
@pytest.mark.parametrize("count", [1, 5, 15])
def test_levels_of_a_consistency_model_are_those_that_were_recorded(
    schedule: Schedule, count: int
) -> None:
    expected = RECORDED["consistency"][schedule.label][str(count)]
    levels = consistency_levels(LEVELS)
    assert schedule.sigmas(count, levels, OPTIONS) == pytest.approx(expected, rel=1e-6)


def test_all_recorded_levels_are_met(golden: Path) -> None:
    table = json.loads((golden / "unit" / "schedules.json").read_text())["Euler"]
    for schedule in SCHEDULES.values():
        for count, expected in table[schedule.label].items():
            found = schedule.sigmas(int(count), LEVELS, OPTIONS)
            assert found == pytest.approx(expected, rel=1e-6), (schedule.label, count)


@entries
@given(count=st.integers(1, 200))
def test_levels_fall_strictly_to_zero(schedule: Schedule, count: int) -> None:
    sigmas = schedule.sigmas(count, LEVELS, OPTIONS)
    assert all(after < before for before, after in pairwise(sigmas))
    if schedule.label == "KL Optimal":
        assert sigmas[-1] == pytest.approx(LEVELS.sigma_min)
    else:
        assert sigmas[-1] == 0
    if schedule.label == "DDIM":
        assert len(sigmas) >= count
    else:
        assert len(sigmas) == count + 1


@pytest.mark.parametrize("name", ["Karras", "Exponential", "Polyexponential", "Normal", "Beta"])
def test_limits_replace_the_models(name: str) -> None:
    options = SamplingOptions(sigma_min=0.1, sigma_max=5.0)
    sigmas = SCHEDULES[name].sigmas(6, LEVELS, options)
    assert (sigmas[0], sigmas[-2]) == pytest.approx((5.0, 0.1))


@pytest.mark.parametrize("name", ["Uniform", "Simple", "DDIM", "Align Your Steps"])
def test_schedules_on_the_models_own_grid_have_no_limits(name: str) -> None:
    schedule, options = SCHEDULES[name], SamplingOptions(sigma_min=0.1, sigma_max=5.0)
    assert schedule.sigmas(6, LEVELS, options) == schedule.sigmas(6, LEVELS, OPTIONS)


def test_old_karras_limits_are_a_tenth_and_ten() -> None:
    sigmas = SCHEDULES["Karras"].sigmas(6, LEVELS, SamplingOptions(old_karras_sigmas=True))
    assert (sigmas[0], sigmas[-2]) == pytest.approx((10.0, 0.1))


def test_rho_bends_karras_and_polyexponential_only() -> None:
    options = SamplingOptions(rho=3.0)
    moved = [
        schedule.label
        for schedule in SCHEDULES.values()
        if schedule.sigmas(6, LEVELS, options) != schedule.sigmas(6, LEVELS, OPTIONS)
    ]
    assert moved == ["Karras", "Polyexponential"]


def test_beta_parameters_shift_the_levels() -> None:
    sigmas = SCHEDULES["Beta"].sigmas(3, LEVELS, SamplingOptions(beta_alpha=1.0, beta_beta=1.0))
    middle = (LEVELS.sigma_max + LEVELS.sigma_min) / 2  # a uniform distribution
    assert sigmas[1] == pytest.approx(middle)


@entries
def test_every_name_of_a_schedule_finds_it(schedule: Schedule) -> None:
    for name in (schedule.label, *schedule.aliases):
        assert find_schedule(name) is schedule
        assert find_schedule(f" {name.upper()} ") is schedule


def test_an_unknown_schedule_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(RequestError, match="Karras") as refusal:
        find_schedule("Karas")
    assert refusal.value.field == "schedule"
