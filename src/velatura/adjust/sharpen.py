"""Sharpen: an unsharp mask.

Domain and range: 0..1, gamma-encoded. With a Gaussian blur B of standard deviation r, amount a and
threshold t:

    v ← v + a (v − B(v))   where |v − B(v)| > t,  else  v
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from velatura.adjust.planes import filter_colours
from velatura.adjust.tones import stored, tones, top_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Pixels
    from velatura.records.adjustments import Sharpen


def apply_sharpen(adjustment: Sharpen, pixels: Pixels) -> Pixels:
    """The pixels, sharpened; alpha is kept. The picture's edge pixels continue outwards."""
    top = top_of(pixels)
    table = tones(top).astype(np.float32)
    sharpened = pixels.copy()

    def blur(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        edges = cv2.BORDER_REPLICATE
        blurred = cv2.GaussianBlur(plane, (0, 0), adjustment.radius, borderType=edges)
        return cast("NDArray[np.float32]", blurred)

    for place, blurred in enumerate(filter_colours(pixels, blur)):
        plane = table[pixels[..., place]]
        detail = plane - blurred
        if adjustment.threshold:
            detail[np.abs(detail) <= adjustment.threshold] = 0
        sharpened[..., place] = stored(plane + adjustment.amount * detail, top)
    return sharpened
