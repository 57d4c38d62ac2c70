"""Enlarging pixels by plain resampling filters.

Rows first, then columns, each pass rounded to eight bits, as Pillow did before it chose the cheaper
order; in bands, so that little more is held than the input, the output and what lies between. Alpha
is premultiplied while it is resampled, except by "nearest".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND_PIXELS = 2**21
"""About so many pixels are handed to Pillow at once."""

MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""Pillow's name for pixels of so many channels."""


def keep(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:  # noqa: ARG001
    """The pixels as they are."""
    return pixels


def lanczos(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resampled with a Lanczos window of three lobes; equal to the input where the size is."""
    return _resized(pixels, width, height, Image.Resampling.LANCZOS)


def bicubic(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resampled with cubic splines (a = -0.5)."""
    return _resized(pixels, width, height, Image.Resampling.BICUBIC)


def bilinear(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resampled with straight lines between the pixels."""
    return _resized(pixels, width, height, Image.Resampling.BILINEAR)


def nearest(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Each pixel repeated, or the nearest one taken."""
    return _resized(pixels, width, height, Image.Resampling.NEAREST)


def _resized(
    pixels: NDArray[np.uint8], width: int, height: int, resampling: Image.Resampling
) -> NDArray[np.uint8]:
    """The pixels, (h, w, 1, 3 or 4), at another size."""
    old_height, old_width, channels = pixels.shape
    if (old_height, old_width) == (height, width):
        return pixels
    is_weighted = channels == 4 and resampling != Image.Resampling.NEAREST
    mode = "RGBa" if is_weighted else MODES[channels]
    rows = np.empty((old_height, width, channels), np.uint8)
    for band in _bands(old_height, max(old_width, width)):
        image = _image(pixels[band], MODES[channels])
        if is_weighted:
            image = image.convert("RGBa")
        image = image.resize((width, image.height), resampling)
        rows[band] = np.asarray(image).reshape(-1, width, channels)
    large = np.empty((height, width, channels), np.uint8)
    for band in _bands(width, max(old_height, height)):
        image = _image(rows[:, band], mode)
        image = image.resize((image.width, height), resampling)
        if is_weighted:
            image = image.convert("RGBA")
        large[:, band] = np.asarray(image).reshape(height, -1, channels)
    return large


def _image(pixels: NDArray[np.uint8], mode: str) -> Image.Image:
    height, width = pixels.shape[:2]
    return Image.frombytes(mode, (width, height), pixels.tobytes())


def _bands(length: int, breadth: int) -> list[slice]:
    """The range 0..length in parts of so many lines that each has about ``BAND_PIXELS``."""
    step = max(1, BAND_PIXELS // breadth)
    return [slice(start, min(start + step, length)) for start in range(0, length, step)]
