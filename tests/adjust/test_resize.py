from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.adjust import strategies
from velatura.adjust import apply
from velatura.adjust.resize import KERNELS
from velatura.records import Resize

NOISE = np.random.default_rng(3).integers(96, 160, (40, 60, 3), dtype=np.uint8)
"""Far enough from black and white that no filter overshoots them."""
SMOOTH = [kernel for kernel in KERNELS if kernel != "nearest"]


@pytest.mark.parametrize("kernel", SMOOTH)
@pytest.mark.parametrize("size", [(30, 20), (90, 80), (7, 63)])
def test_plain_pictures_agree_with_pillow_but_for_its_rounding_in_between(kernel, size):
    made = apply(NOISE, [Resize(width=size[0], height=size[1], kernel=kernel)])
    theirs = np.asarray(Image.fromarray(NOISE).resize(size, KERNELS[kernel]))
    assert np.abs(made.astype(int) - theirs).max() <= 2


@given(
    picture=strategies.any_picture,
    width=st.integers(1, 20),
    height=st.integers(1, 20),
    kernel=st.sampled_from(list(KERNELS)),
    linear=st.booleans(),
)
def test_a_picture_of_one_colour_keeps_it(picture, width, height, kernel, linear):
    flat = np.broadcast_to(picture[:1, :1] | 1, picture.shape)
    request = Resize(width=width, height=height, kernel=kernel, linear_light=linear)
    made = apply(flat, [request])
    assert made.shape == (height, width, picture.shape[2])
    assert np.abs(made.astype(int) - flat[0, 0]).max() <= (picture.dtype == np.uint16)


@given(strategies.any_picture)
def test_nearest_repeats_pixels(picture):
    height, width = picture.shape[:2]
    made = apply(picture, [Resize(width=3 * width, height=2 * height, kernel="nearest")])
    assert np.array_equal(made, picture.repeat(2, axis=0).repeat(3, axis=1))


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ({"width": 30}, (30, 20)),
        ({"height": 10}, (15, 10)),
        ({"width": 1}, (1, 1)),
        ({"width": 7}, (7, 5)),
        ({"width": 50, "height": 5}, (50, 5)),
    ],
)
def test_a_missing_side_follows_from_the_ratio(wanted, size):
    made = apply(NOISE, [Resize(**wanted)])
    assert (made.shape[1], made.shape[0]) == size


def test_averaged_light_is_brighter_than_averaged_codes():
    checks = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None]
    grey = apply(checks, [Resize(width=1, height=1, kernel="box")])
    lit = apply(checks, [Resize(width=1, height=1, kernel="box", linear_light=True)])
    assert grey.ravel().tolist() == [128]
    assert lit.ravel().tolist() == [188]  # half the light, sRGB-encoded


def test_what_cannot_be_seen_colours_nothing():
    picture = np.zeros((1, 2, 4), np.uint8)
    picture[0, 0] = (200, 10, 10, 255)
    picture[0, 1] = (0, 255, 0, 0)
    made = apply(picture, [Resize(width=1, height=1, kernel="box")])
    assert made.ravel().tolist() == [200, 10, 10, 128]


def test_sixteen_bits_are_kept_in_full():
    ramp = np.linspace(0, 65535, 64).astype(np.uint16).reshape(1, 64, 1)
    made = apply(ramp, [Resize(width=127, height=1, kernel="bilinear")]).ravel().astype(int)
    assert len(set(made)) > 120
    assert (np.diff(made) >= 0).all()
