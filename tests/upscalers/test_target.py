from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.errors import RequestError
from velatura.records import Hires
from velatura.upscalers import HiresTarget, hires_target

first_sides = st.integers(16, 128).map(lambda cells: cells * 8)


@pytest.mark.parametrize(
    ("size", "hires", "enlarged", "final"),
    [
        ((64, 64), Hires(scale=2.0), (128, 128), (128, 128)),
        ((64, 64), Hires(scale=1.5), (96, 96), (96, 96)),
        ((104, 120), Hires(scale=1.1), (114, 132), (112, 128)),
        ((64, 64), Hires(width=192), (192, 192), (192, 192)),
        ((64, 96), Hires(height=192), (128, 192), (128, 192)),
        ((64, 64), Hires(width=192, height=128), (192, 192), (192, 128)),
        ((128, 64), Hires(width=128, height=128), (256, 128), (128, 128)),
    ],
)
def test_known_sizes(
    size: tuple[int, int], hires: Hires, enlarged: tuple[int, int], final: tuple[int, int]
) -> None:
    target = hires_target(*size, hires)
    assert (target.width, target.height) == enlarged
    assert target.size == final


def test_an_odd_cut_takes_the_extra_cell_from_the_end() -> None:
    rows, columns = HiresTarget(width=64, height=96, crop_y=3).latent_window
    assert rows == slice(1, 10)
    assert columns == slice(0, 8)


@given(first_sides, first_sides, first_sides, first_sides)
def test_with_both_sides_given_the_picture_has_exactly_them(
    width: int, height: int, hires_width: int, hires_height: int
) -> None:
    target = hires_target(width, height, Hires(width=hires_width, height=hires_height))
    assert target.size == (hires_width, hires_height)


@pytest.mark.parametrize("hires", [Hires(width=4), Hires(width=16384, height=8)])
def test_a_second_pass_that_cannot_be_is_refused(hires: Hires) -> None:
    with pytest.raises(RequestError, match="hires"):
        hires_target(64, 128, hires)
