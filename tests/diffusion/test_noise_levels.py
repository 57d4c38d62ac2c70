"""Tests for the model's noise levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.diffusion.noise_levels import consistency_levels, model_levels
from velatura.records import SamplingOptions

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = model_levels(SamplingOptions())


def test_the_levels_are_those_of_stable_diffusion() -> None:
    assert len(LEVELS.sigmas) == 1000
    assert LEVELS.sigma_min == pytest.approx(0.0291675, rel=2e-6)
    assert LEVELS.sigma_max == pytest.approx(14.6146412, rel=1e-6)


def test_all_levels_are_those_of_a_loaded_checkpoint(golden: Path) -> None:
    with np.load(golden / "unit" / "tensors.npz") as tensors:
        recorded = tensors["model_sigmas"]
    assert LEVELS.sigmas == pytest.approx(recorded.tolist(), rel=1e-6)


@given(st.floats(min_value=0, max_value=999))
def test_a_time_comes_back_from_its_level(time: float) -> None:
    assert LEVELS.time(LEVELS.sigma(time)) == pytest.approx(time, abs=1e-6)


@given(st.floats(min_value=0, max_value=999))
def test_signal_and_noise_share_the_power(time: float) -> None:
    sigma = LEVELS.sigma(time)
    assert LEVELS.alpha(time) == pytest.approx(1 / (1 + sigma**2), rel=1e-4)


@pytest.mark.parametrize(("sigma", "time"), [(1e-6, 0.0), (1e6, 999.0)])
def test_levels_outside_belong_to_the_nearest_end(sigma: float, time: float) -> None:
    assert LEVELS.time(sigma) == time


def test_quantized_levels_answer_with_the_nearest_whole_time() -> None:
    levels = model_levels(SamplingOptions(quantize=True))
    assert levels.time(levels.sigma(10.4)) == 10
    assert levels.time(levels.sigma(10.6)) == 11


def test_without_terminal_signal_the_last_level_is_nearly_pure_noise() -> None:
    levels = model_levels(SamplingOptions(zero_terminal_snr=True))
    assert levels.sigma_max == pytest.approx(4518.76, rel=1e-5)
    assert levels.sigma_min == pytest.approx(LEVELS.sigma_min, rel=1e-6)
    assert list(levels.sigmas) == sorted(levels.sigmas)


def test_half_precision_moves_the_levels_a_little() -> None:
    levels = model_levels(SamplingOptions(downcast_alphas=True))
    assert levels.sigmas != LEVELS.sigmas
    assert levels.sigmas[500] == pytest.approx(LEVELS.sigmas[500], rel=1e-3)


def test_a_consistency_model_knows_every_twentieth_level() -> None:
    levels = consistency_levels(LEVELS)
    assert len(levels.sigmas) == 50
    assert levels.sigma_max == LEVELS.sigma_max
    assert levels.sigma_min == LEVELS.sigmas[19]
