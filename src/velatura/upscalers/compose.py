"""What is done with enlarged pictures: mixing two, and cutting one to a size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND_LINES = 64
"""Rows that are mixed at once: bounds the memory of what is between eight bits and eight bits."""


def mix(first: NDArray[np.uint8], second: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Two pictures of one shape, (h, w, c), as trunc(first + share · (second - first)).

    In single precision, as Pillow computes it.
    """
    mixed = np.empty_like(first)
    for start in range(0, len(first), BAND_LINES):
        band = slice(start, start + BAND_LINES)
        difference = second[band].astype(np.int16) - first[band]
        mixed[band] = (first[band] + np.float32(share) * difference).astype(np.uint8)
    return mixed


def cut_to(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The middle of a picture, (h, w, c), on a black (or clear) one of width x height.

    Both halves are rounded down before they are subtracted.
    """
    old_height, old_width, channels = pixels.shape
    left, top = width // 2 - old_width // 2, height // 2 - old_height // 2
    canvas = np.zeros((height, width, channels), np.uint8)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + old_width, width), min(top + old_height, height)
    canvas[y0:y1, x0:x1] = pixels[y0 - top : y1 - top, x0 - left : x1 - left]
    return canvas
