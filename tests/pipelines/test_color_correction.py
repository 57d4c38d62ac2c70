from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as arrays

from velatura.pipelines.color_correction import color_corrected

PIXELS = arrays.arrays(np.uint8, (8, 8, 3))
LUMA = np.array([0.299, 0.587, 0.114])


@given(PIXELS, PIXELS)
def test_luminosity_stays_that_of_the_painting(pixels, target):
    corrected = color_corrected(pixels, target)
    difference = corrected @ LUMA - pixels @ LUMA
    assert difference.max() <= 0.01
    assert difference.min() >= -1.01  # values are truncated


def test_a_greyscale_target_takes_the_colour_away():
    ramp = np.arange(64).reshape(8, 8)
    pixels = np.stack([ramp * 2, ramp * 3, ramp], axis=2).astype(np.uint8)
    grey = np.repeat((ramp * 3)[..., None], 3, axis=2).astype(np.uint8)
    corrected = color_corrected(pixels, grey).astype(int)
    assert np.ptp(corrected, axis=2).max() <= 4


def test_a_picture_keeps_its_own_colours():
    rng = np.random.default_rng(3)
    pixels = rng.integers(60, 190, (32, 32, 3), dtype=np.uint8)
    difference = np.abs(color_corrected(pixels, pixels).astype(int) - pixels)
    assert difference.max() <= 6  # eight bits of L*a*b* are coarser than those of RGB
