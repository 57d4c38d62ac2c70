from __future__ import annotations

import math

import numpy as np
import pytest

from velatura.errors import RequestError
from velatura.masking import ellipse_mask, polygon_mask, rectangle_mask, transparent_mask
from velatura.records import Bitmap


def white_pixels(mask):
    return int((mask.array == 255).sum())


def test_a_rectangle_has_its_width_and_height():
    mask = rectangle_mask((20, 10), (3, 2, 5, 4))
    assert white_pixels(mask) == 20
    assert mask.array[2, 3, 0] == 255
    assert mask.array[1, 3, 0] == mask.array[2, 2, 0] == 0


def test_what_lies_outside_the_picture_is_left_out():
    assert white_pixels(rectangle_mask((20, 10), (-2, -3, 5, 5))) == 6


def test_an_ellipse_fills_its_share_of_the_rectangle():
    mask = ellipse_mask((200, 100), (0, 0, 200, 100))
    assert white_pixels(mask) / 20000 == pytest.approx(math.pi / 4, abs=0.002)
    assert np.array_equal(mask.array, mask.array[::-1, ::-1])


def test_an_ellipse_of_one_pixel_is_that_pixel():
    assert white_pixels(ellipse_mask((9, 9), (4, 4, 1, 1))) == 1


def test_a_triangle_is_half_a_rectangle():
    mask = polygon_mask((101, 101), [(0, 0), (100, 0), (0, 100)])
    assert white_pixels(mask) == pytest.approx(101 * 102 / 2, rel=0.02)


def test_the_transparent_part_is_painted_as_far_as_it_is():
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = (0, 100, 255)
    assert transparent_mask(Bitmap(pixels)).array[0, :, 0].tolist() == [255, 155, 0]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: rectangle_mask((8, 8), (0, 0, 0, 4)), "at least 1"),
        (lambda: rectangle_mask((8, 8), (8, 0, 4, 4)), "nothing of it lies"),
        (lambda: ellipse_mask((8, 8), (40, 0, 4, 4)), "nothing of it lies"),
        (lambda: polygon_mask((8, 8), [(0, 0), (1, 1)]), "three corners"),
        (lambda: polygon_mask((8, 8), [(90, 90), (99, 90), (90, 99)]), "nothing of it lies"),
        (lambda: transparent_mask(Bitmap(np.zeros((2, 2, 3), np.uint8))), "no transparency"),
        (
            lambda: transparent_mask(Bitmap(np.full((2, 2, 4), 255, np.uint8))),
            "nothing of it lies",
        ),
    ],
)
def test_a_mask_of_nothing_is_refused(make, said):
    with pytest.raises(RequestError, match=said) as caught:
        make()
    assert caught.value.field == "mask"
