"""What stands under a mask before it is painted: the colours around it, spread inwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPREADS = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))
"""Radius of each blur in pixels, and how often it is laid on: the widest at the bottom."""


def spread_colours(pixels: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with everything under the mask replaced by the colours around it.

    What is not masked is blurred more and more widely, with its transparency; the sharpest is laid
    on last.

    Args:
        pixels: (h, w, 3).
        mask: (h, w); 255 is replaced.
    """
    height, width = mask.shape
    kept = kept_part(pixels, mask)
    canvas = Image.new("RGBA", (width, height))
    for radius, times in SPREADS:
        layer = kept.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(times):
            canvas.alpha_composite(layer)
    return np.asarray(canvas.convert("RGB"))


def kept_part(pixels: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Image.Image:
    """The picture, premultiplied ("RGBa"), as transparent as it is masked.

    Args:
        pixels: (h, w, 3).
        mask: (h, w); 255 becomes transparent.
    """
    height, width = mask.shape
    kept = Image.new("RGBa", (width, height))
    opaque = Image.fromarray(pixels).convert("RGBA").convert("RGBa")
    kept.paste(opaque, mask=Image.fromarray(255 - mask))
    return kept
