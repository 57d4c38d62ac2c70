from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from velatura.masking import Overlay, Region, spread_colours

PIXELS = arrays.arrays(np.uint8, (12, 16, 3))
MASKS = arrays.arrays(np.uint8, (12, 16))
GREY = np.full((12, 16, 3), 100, np.uint8)


@given(PIXELS, PIXELS, MASKS)
def test_outside_the_mask_the_original_stays_to_the_byte(original, painting, mask):
    result = Overlay(pixels=original, mask=mask).over(painting)
    assert np.array_equal(result[mask == 0], original[mask == 0])
    assert np.array_equal(result[mask == 255], painting[mask == 255])


@given(PIXELS, MASKS, st.integers(8, 40), st.integers(8, 40))
def test_the_same_holds_where_a_region_was_painted_in_another_size(original, mask, width, height):
    region = Region(left=3, top=2, right=11, bottom=9)
    inside = np.zeros_like(mask)
    inside[region.window] = mask[region.window]
    overlay = Overlay(pixels=original, mask=inside, region=region)
    placed = overlay.placed(np.full((height, width, 3), 7, np.uint8))
    assert (placed[region.window] == 7).all()
    assert np.array_equal(overlay.over(placed)[inside == 0], original[inside == 0])


def test_the_seam_of_the_same_picture_is_none_to_the_eye():
    mask = np.zeros((12, 16), np.uint8)
    mask[3:8, 4:9] = 255
    assert Overlay(pixels=GREY, mask=mask).seam(GREY) == 0


def test_the_seam_is_the_difference_in_colour_along_the_edge():
    mask = np.zeros((12, 16), np.uint8)
    mask[3:8, 4:9] = 255
    white = np.full_like(GREY, 255)
    black = np.zeros_like(GREY)
    seam = Overlay(pixels=black, mask=mask).seam(white)
    assert seam == pytest.approx(100, abs=0.1)  # L* goes from 0 to 100
    painting = black.copy()
    painting[5, 6] = 255  # the middle, two pixels from the edge
    assert Overlay(pixels=black, mask=mask).seam(painting) == 0


def test_a_soft_edge_counts_where_both_show():
    mask = np.full((12, 16), 255, np.uint8)
    mask[:, :8] = 0
    mask[:, 8] = 128
    painting = np.zeros_like(GREY)
    painting[:, 8] = GREY[:, 8]
    assert Overlay(pixels=GREY, mask=mask).seam(painting) == 0


@pytest.mark.parametrize("value", [0, 255])
def test_without_an_edge_there_is_no_seam(value):
    mask = np.full((12, 16), value, np.uint8)
    assert Overlay(pixels=GREY, mask=mask).seam(GREY) is None


def test_a_mask_of_the_painting_takes_its_place_in_the_region():
    region = Region(left=4, top=2, right=12, bottom=10)
    overlay = Overlay(pixels=GREY, mask=np.zeros((12, 16), np.uint8), region=region)
    mask = overlay.through(np.full((64, 64), 200, np.uint8)).mask
    assert (mask[region.window] == 200).all()
    assert mask.sum() == 200 * 64


def test_colours_around_a_hole_are_spread_into_it():
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[..., 0] = 200
    pixels[24:40, 24:40] = 255
    mask = np.zeros((64, 64), np.uint8)
    mask[24:40, 24:40] = 255
    filled = spread_colours(pixels, mask)
    assert np.abs(filled.astype(int) - (200, 0, 0)).max() <= 6
    assert np.array_equal(filled[mask == 0], pixels[mask == 0])
