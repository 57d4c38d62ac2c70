from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adjust.strategies import unit
from velatura.adjust import apply
from velatura.adjust.levels import map_levels
from velatura.records import Levels

RAMP = np.arange(256, dtype=np.uint8).reshape(1, 256, 1)


def table(levels):
    return apply(RAMP, [levels]).ravel().tolist()


def test_documented_values():
    levels = Levels(
        low_input=20 / 255, high_input=235 / 255, gamma=1.2, clamp_input=False, clamp_output=False
    )
    inputs = np.array([0, 20, 64, 128, 192, 235, 255]) / 255
    mapped = map_levels(levels, inputs) * 255
    known = [-23.72, 0, 67.98, 143.67, 211.73, 255, 274.62]
    assert mapped == pytest.approx(known, abs=0.005)


def test_reversed_outputs_invert():
    assert table(Levels(low_output=1, high_output=0)) == list(range(255, -1, -1))


def test_gamma_above_one_brightens_and_keeps_both_ends():
    made = table(Levels(gamma=2.2))
    assert (made[0], made[-1]) == (0, 255)
    assert all(after >= before for before, after in enumerate(made))
    assert made[55] == round(255 * (55 / 255) ** (1 / 2.2))


def test_unclamped_inputs_reach_beyond_the_outputs():
    narrow = {"low_input": 0.25, "high_input": 0.75, "low_output": 0.4, "high_output": 0.68}
    clamped, free = table(Levels(**narrow)), table(Levels(**narrow, clamp_input=False))
    assert (clamped[0], clamped[-1]) == (102, 173)
    assert (free[0], free[-1]) == (66, 209)


def test_equal_inputs_shift_rather_than_divide():
    made = table(Levels(low_input=0.5, high_input=0.5))
    assert made[:128] == [0] * 128
    assert made[-1] in (127, 128)


@given(low=unit, high=unit, gamma=st.floats(0.1, 10), start=unit, end=unit, clamp=st.booleans())
def test_every_combination_gives_finite_tones(low, high, gamma, start, end, clamp):
    levels = Levels(
        low_input=low,
        high_input=high,
        gamma=gamma,
        low_output=start,
        high_output=end,
        clamp_input=clamp,
        clamp_output=clamp,
    )
    assert np.isfinite(map_levels(levels, np.linspace(0, 1, 17))).all()
