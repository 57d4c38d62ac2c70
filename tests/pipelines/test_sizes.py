from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.masking import rectangle_mask
from velatura.pipelines.sizes import with_picture_size
from velatura.records import Bitmap, Img2Img, Inpaint

NATIVE = (128, 208)


def blank(width, height):
    return Bitmap(np.zeros((height, width, 3), np.uint8))


def size_of(request):
    sized = with_picture_size(request, NATIVE)
    return sized.width, sized.height


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        ((128, 208), (128, 208)),
        ((100, 101), (96, 96)),
        ((1, 1), (64, 64)),
        ((1000, 1000), (320, 320)),
        ((30, 3000), (64, 3000 // 8 * 8)),
    ],
)
def test_a_picture_is_painted_over_in_its_own_size_as_far_as_that_is_sensible(picture, size):
    width, height = size_of(Img2Img(image=blank(*picture)))
    assert (width, height) == size


def test_a_size_that_is_given_is_taken():
    assert size_of(Img2Img(image=blank(100, 50), width=512, height=64)) == (512, 64)


def test_one_side_alone_keeps_the_ratio():
    assert size_of(Img2Img(image=blank(100, 50), width=256)) == (256, 128)
    assert size_of(Img2Img(image=blank(100, 50), height=256)) == (512, 256)


def test_inpainting_a_picture_of_odd_sides_gives_it_back_in_its_size():
    mask = rectangle_mask((101, 130), (5, 5, 9, 9))
    sized = with_picture_size(Inpaint(image=blank(101, 130), mask=mask), NATIVE)
    assert (sized.width, sized.height) == (96, 128)
    assert sized.area == "masked"
    assert sized.padding >= 130
    even = with_picture_size(
        Inpaint(image=blank(96, 128), mask=rectangle_mask((96, 128), (5, 5, 9, 9))), NATIVE
    )
    assert even.area == "whole"


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 40))
def test_a_masked_area_is_painted_in_about_the_checkpoints_number_of_pixels(width, height, pad):
    mask = rectangle_mask((400, 400), (40, 40, width, height))
    request = Inpaint(image=blank(400, 400), mask=mask, area="masked", padding=pad, mask_blur=0.0)
    painted = size_of(request)
    native = NATIVE[0] * NATIVE[1]
    assert 0.85 * native <= painted[0] * painted[1] <= 4.3 * native
    assert 0.45 <= painted[0] / painted[1] <= 2.2
