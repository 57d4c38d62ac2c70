from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from velatura.upscalers import resample
from velatura.upscalers.resample import bicubic, bilinear, keep, lanczos, nearest

FILTERS = {
    lanczos: Image.Resampling.LANCZOS,
    bicubic: Image.Resampling.BICUBIC,
    bilinear: Image.Resampling.BILINEAR,
    nearest: Image.Resampling.NEAREST,
}
sides = st.integers(1, 40)


def noise(width: int, height: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (height, width, channels), np.uint8)


@given(st.sampled_from(list(FILTERS)), st.sampled_from((1, 3, 4)), sides, sides, sides, sides)
def test_bands_equal_two_passes_over_the_whole(
    function: object, channels: int, width: int, height: int, new_width: int, new_height: int
) -> None:
    pixels = noise(width, height, channels)
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    is_weighted = channels == 4 and function is not nearest
    image = image.convert("RGBa") if is_weighted else image
    whole = image.resize((new_width, height), FILTERS[function])
    whole = whole.resize((new_width, new_height), FILTERS[function])
    whole = whole.convert("RGBA") if is_weighted else whole
    wanted = np.asarray(whole).reshape(new_height, new_width, channels)
    if (new_width, new_height) == (width, height):
        wanted = pixels
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resample, "BAND_PIXELS", 50)  # one line at a time, or two
        np.testing.assert_array_equal(function(pixels, new_width, new_height), wanted)


def test_keeping_keeps() -> None:
    pixels = noise(3, 2)
    assert keep(pixels, 9, 9) is pixels


def test_the_colour_of_clear_pixels_does_not_bleed() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:, 2:] = (200, 0, 0, 255)
    pixels[:, :2] = (0, 255, 0, 0)
    large = lanczos(pixels, 16, 16)
    seen = large[large[..., 3] > 8]
    assert seen[:, 1].max() == 0
