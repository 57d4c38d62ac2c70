from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adjust import strategies
from velatura.adjust import apply
from velatura.adjust.rotate import rotated_size
from velatura.records import Rotate

angles = st.floats(-360, 360)
sides = st.integers(1, 400)


@pytest.mark.parametrize(("degrees", "quarters"), [(90, 1), (180, 2), (270, 3), (-90, 3), (360, 0)])
@pytest.mark.parametrize("fit", ["crop", "expand"])
@given(picture=strategies.any_picture)
def test_quarter_turns_are_exact(degrees, quarters, fit, picture):
    made = apply(picture, [Rotate(degrees=degrees, fit=fit)])
    assert np.array_equal(made, np.rot90(picture, -quarters))


def test_a_turn_is_clockwise():
    picture = np.zeros((101, 101, 1), np.uint8)
    picture[45:56, 80:91] = 255  # right of the centre
    made = apply(picture, [Rotate(degrees=30, fit="expand")])[..., 0]
    row, column = (np.average(np.indices(made.shape)[axis], weights=made) for axis in (0, 1))
    centre = (made.shape[0] - 1) / 2, (made.shape[1] - 1) / 2
    assert math.degrees(math.atan2(row - centre[0], column - centre[1])) == pytest.approx(
        30, abs=0.2
    )
    assert math.hypot(row - centre[0], column - centre[1]) == pytest.approx(35, abs=0.1)


@given(width=st.integers(2, 60), height=st.integers(2, 60), degrees=angles)
def test_a_cropped_turn_has_no_empty_corners(width, height, degrees):
    white = np.full((height, width, 1), 255, np.uint8)
    made = apply(white, [Rotate(degrees=degrees)])
    assert made.min() == 255
    assert (made.shape[1], made.shape[0]) == rotated_size(Rotate(degrees=degrees), width, height)


@given(width=st.integers(50, 400), height=st.integers(50, 400), degrees=angles)
def test_a_cropped_turn_keeps_the_ratio_of_sides(width, height, degrees):
    made = rotated_size(Rotate(degrees=degrees), width, height)
    is_sideways = math.floor(degrees / 90 + 0.5) % 2
    before = (height, width) if is_sideways else (width, height)
    assert all(side <= old for side, old in zip(made, before, strict=True))
    assert abs(made[0] * before[1] - made[1] * before[0]) <= max(before)  # a pixel of rounding


@given(width=sides, height=sides, degrees=angles)
def test_an_expanded_turn_holds_the_whole_picture(width, height, degrees):
    made = rotated_size(Rotate(degrees=degrees, fit="expand"), width, height)
    turn = math.radians(degrees)
    across = width * abs(math.cos(turn)) + height * abs(math.sin(turn))
    down = width * abs(math.sin(turn)) + height * abs(math.cos(turn))
    assert 0 <= made[0] - across + 1e-5 <= 1.001
    assert 0 <= made[1] - down + 1e-5 <= 1.001


def test_empty_corners_are_black_or_transparent():
    white = np.full((40, 60, 4), 255, np.uint8)
    solid = apply(white[..., :3], [Rotate(degrees=20, fit="expand")])
    clear = apply(white, [Rotate(degrees=20, fit="expand")])
    assert solid[0, 0].tolist() == [0, 0, 0]
    assert clear[0, 0, 3] == 0
    assert clear[clear.shape[0] // 2, clear.shape[1] // 2].tolist() == [255] * 4
    assert abs(int((clear[..., 3] > 0).sum()) - 40 * 60) < 120


def test_turning_there_and_back_gives_the_picture_again():
    rows, columns = np.indices((120, 120))
    smooth = (127 + 60 * np.sin(rows / 15) + 60 * np.cos(columns / 20)).astype(np.uint8)[..., None]
    there = apply(smooth, [Rotate(degrees=7.5, fit="expand")])
    back = apply(there, [Rotate(degrees=-7.5, fit="expand")])
    top, left = (back.shape[0] - 120) // 2, (back.shape[1] - 120) // 2
    middle = back[top + 30 : top + 90, left + 30 : left + 90].astype(int)
    assert np.abs(middle - smooth[30:90, 30:90]).max() <= 4
