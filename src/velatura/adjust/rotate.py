"""Rotate: quarter turns exactly, the rest by bicubic resampling about the picture's centre."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from velatura.adjust.planes import filter_pixels
from velatura.adjust.resize import check_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Pixels
    from velatura.records.adjustments import Rotate

ROUNDING = 1e-6
"""What a side may differ from whole pixels before it counts as a pixel more or less."""


def apply_rotate(adjustment: Rotate, pixels: Pixels) -> Pixels:
    """The pixels, turned clockwise."""
    quarters, rest = _split(adjustment.degrees)
    size = rotated_size(adjustment, pixels.shape[1], pixels.shape[0])
    pixels = np.rot90(pixels, -quarters)
    if not rest:
        return pixels
    window = _window(rest, (pixels.shape[1], pixels.shape[0]), size)

    def mix(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        affine = Image.Transform.AFFINE
        bicubic = Image.Resampling.BICUBIC
        return np.asarray(Image.fromarray(plane).transform(size, affine, window, bicubic))

    return filter_pixels(pixels, mix)


def rotated_size(adjustment: Rotate, width: int, height: int) -> tuple[int, int]:
    """Width and height of the turned picture.

    A rectangle W x H fits into one of w x h that is turned by an angle with cosine c and sine s
    where W c + H s ≤ w and W s + H c ≤ h; the other way round for the frame that holds it all.

    Raises:
        RequestError: more pixels than are allowed.
    """
    quarters, rest = _split(adjustment.degrees)
    if quarters % 2:
        width, height = height, width
    if not rest:
        return width, height
    cosine, sine = math.cos(math.radians(rest)), abs(math.sin(math.radians(rest)))
    across, down = width * cosine + height * sine, width * sine + height * cosine
    if adjustment.fit == "expand":
        expanded = math.ceil(across - ROUNDING), math.ceil(down - ROUNDING)
        check_size(*expanded, field="degrees")
        return expanded
    scale = min(width / across, height / down)
    return (
        max(1, math.floor(width * scale + ROUNDING)),
        max(1, math.floor(height * scale + ROUNDING)),
    )


def _split(degrees: float) -> tuple[int, float]:
    """Quarter turns, and the rest from -45 to 45 degrees."""
    quarters = math.floor(degrees / 90 + 0.5)
    return quarters, degrees - 90 * quarters


def _window(
    degrees: float, old: tuple[int, int], new: tuple[int, int]
) -> tuple[float, float, float, float, float, float]:
    """From places in the turned picture to places in the old one, as an affine map's six numbers.

    Both are measured from the pictures' centres, and rows count downwards.
    """
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = new[0] / 2, new[1] / 2
    left = old[0] / 2 - cosine * x - sine * y
    upper = old[1] / 2 + sine * x - cosine * y
    return cosine, sine, left, -sine, cosine, upper
