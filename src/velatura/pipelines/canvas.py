"""The picture that is painted over, without transparency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from velatura.records.bitmap import eight_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Bitmap


def flattened(bitmap: Bitmap, background: str) -> NDArray[np.uint8]:
    """The picture without transparency, in 8 bits; grey becomes colour.

    Args:
        bitmap: The picture.
        background: Colour behind it, "#rrggbb".

    Returns:
        (h, w, 3).
    """
    pixels = eight_bits(bitmap.array)
    if pixels.shape[2] == 1:
        return np.repeat(pixels, 3, axis=2)
    if pixels.shape[2] == 3:
        return pixels
    image = Image.fromarray(pixels)
    canvas = Image.new("RGBA", image.size, background)
    canvas.paste(image, mask=image)
    return np.asarray(canvas.convert("RGB"))
