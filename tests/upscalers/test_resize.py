from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from velatura.errors import RequestError
from velatura.upscalers import UPSCALERS, ResizeMode, resize_picture

if TYPE_CHECKING:
    from pathlib import Path

MODES: tuple[ResizeMode, ...] = ("stretch", "crop", "fill")
sides = st.integers(1, 48)


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def gradient(width: int, height: int) -> np.ndarray:
    ramp = np.add.outer(np.arange(height) * 3, np.arange(width) * 5)
    return np.stack([ramp, ramp + 40, 255 - ramp % 256], axis=2).astype(np.uint8)


def test_every_recorded_resize_is_equal_to_the_last_bit(golden: Path) -> None:
    paths = sorted((golden / "unit").glob("resize-*.png"))
    assert paths
    for path in paths:
        name, mode, width, height = re.findall(r"resize-(.+)-m(\d)-(\d+)x(\d+)", path.stem)[0]
        source = read(golden / "inputs" / f"{name}.png")
        ours = resize_picture(source, MODES[int(mode)], int(width), int(height))
        np.testing.assert_array_equal(ours, read(path), err_msg=path.name)


@given(mode=st.sampled_from(MODES), size=st.tuples(sides, sides), target=st.tuples(sides, sides))
def test_any_size_comes_out_exactly(
    mode: ResizeMode, size: tuple[int, int], target: tuple[int, int]
) -> None:
    ours = resize_picture(gradient(*size), mode, *target)
    assert ours.shape == (target[1], target[0], 3)
    assert ours.dtype == np.uint8


@pytest.mark.parametrize("mode", MODES)
def test_the_same_size_keeps_every_pixel(mode: ResizeMode) -> None:
    pixels = gradient(31, 17)
    np.testing.assert_array_equal(resize_picture(pixels, mode, 31, 17), pixels)


def test_fill_leaves_no_black_margin_even_where_the_margin_is_odd() -> None:
    white = np.full((20, 10, 3), 255, np.uint8)
    for width in range(11, 31):
        assert resize_picture(white, "fill", width, 20).min() == 255


def test_an_upscaler_is_used_only_where_the_picture_grows() -> None:
    pixels = gradient(16, 16)
    larger = resize_picture(pixels, "stretch", 32, 32, UPSCALERS["Nearest"])
    np.testing.assert_array_equal(larger, pixels.repeat(2, 0).repeat(2, 1))
    smaller = resize_picture(pixels, "stretch", 8, 8, UPSCALERS["Nearest"])
    np.testing.assert_array_equal(smaller, resize_picture(pixels, "stretch", 8, 8))


@pytest.mark.parametrize(("mode", "width"), [("stretch", 0), ("spread", 8)])
def test_a_wrong_mode_or_size_is_refused(mode: Any, width: int) -> None:
    with pytest.raises(RequestError):
        resize_picture(gradient(8, 8), mode, width, 8)
