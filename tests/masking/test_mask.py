from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from velatura.masking import (
    blurred_mask,
    grey_mask,
    latent_mask,
    resized_mask,
    strengthened_mask,
)
from velatura.records import Bitmap

GREYS = np.arange(256, dtype=np.uint8).reshape(16, 16)


def rgba(alpha: np.ndarray) -> Bitmap:
    return Bitmap(np.dstack([np.full((*alpha.shape, 3), 7, np.uint8), alpha]))


def test_a_grey_mask_keeps_its_greys():
    assert np.array_equal(grey_mask(Bitmap(GREYS)), GREYS)


def test_colours_count_by_their_brightness():
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 255
    assert grey_mask(Bitmap(red))[0, 0] == 76  # 0.299 * 255, ITU-R BT.601


def test_alpha_counts_where_it_is_not_opaque():
    mask = grey_mask(rgba(GREYS))
    assert np.array_equal(mask, np.where(GREYS > 128, 255, 0))
    assert np.array_equal(grey_mask(rgba(GREYS), rounded=False), GREYS)


def test_opaque_alpha_does_not_count():
    assert (grey_mask(rgba(np.full((4, 4), 255, np.uint8))) == 7).all()


def test_sixteen_bits_are_rounded_to_eight():
    assert np.array_equal(grey_mask(Bitmap(GREYS.astype(np.uint16) * 257)), GREYS)


@pytest.mark.parametrize(("blur", "reach"), [(4.0, 10), (1.0, 3), (0.5, 1)])
def test_blur_reaches_two_and_a_half_deviations(blur, reach):
    mask = np.zeros((65, 65), np.uint8)
    mask[:, 32:] = 255
    soft = blurred_mask(mask, blur, 0)
    changed = np.flatnonzero((soft != mask).any(axis=0))
    assert 32 - reach <= changed[0]
    assert changed[-1] <= 32 + reach - 1
    assert np.array_equal(soft, np.repeat(soft[:1], 65, axis=0))


def test_blur_along_columns_is_that_along_rows_turned():
    mask = np.zeros((40, 40), np.uint8)
    mask[10:20, 15:33] = 255
    assert np.array_equal(blurred_mask(mask, 0, 3), blurred_mask(mask.T.copy(), 3, 0).T)


@given(arrays.arrays(np.uint8, (9, 13)))
def test_no_blur_changes_nothing(mask):
    assert np.array_equal(blurred_mask(mask, 0, 0), mask)


@given(arrays.arrays(np.uint8, (9, 13)), st.sampled_from(("stretch", "crop", "fill")))
def test_the_same_size_changes_nothing(mask, mode):
    assert np.array_equal(resized_mask(mask, mode, 13, 9), mask)


def test_half_painted_is_wholly_shown():
    assert strengthened_mask(np.array([[0, 1, 127, 128, 255]], np.uint8)).tolist() == [
        [0, 2, 254, 255, 255]
    ]


def test_latent_masks_are_rounded_to_even():
    mask = np.zeros((16, 16), np.uint8)
    mask[:8, :8] = 255
    assert latent_mask(mask, 2, 2, rounded=True).tolist() == [[1, 0], [0, 0]]
    soft = latent_mask(mask, 2, 2, rounded=False)
    assert 0.5 < soft[0, 0] < 1


def test_latent_masks_are_those_of_the_recordings(golden):
    from PIL import Image

    mask = np.asarray(Image.open(golden / "inputs" / "mask_128.png"))
    recorded = np.load(golden / "npz" / "inp-fill1-blur4.npz")["nmask"]
    ours = latent_mask(blurred_mask(mask, 4, 4), 16, 16, rounded=True)
    assert all(np.array_equal(ours, channel) for channel in recorded)
