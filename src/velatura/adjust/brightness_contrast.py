"""Brightness and contrast.

Domain and range: 0..1, gamma-encoded. With brightness b, contrast c and β = b/2:

    v ← v (1 + β)  where β < 0,  else  v + (1 − v) β
    v ← (v − ½) tan((c + 1) π/4) + ½

Equal to GIMP 2.10's ``gimp-drawable-brightness-contrast``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from velatura.records.adjustments import BrightnessContrast


def map_brightness_contrast(
    adjustment: BrightnessContrast, values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What brightness and contrast make of tones.

    Args:
        adjustment: How much of both.
        values: Tones, 0..1, any shape.

    Returns:
        Tones of that shape, not clamped.
    """
    half = adjustment.brightness / 2
    lit = values * (1 + half) if half < 0 else values + (1 - values) * half
    slope = math.tan((adjustment.contrast + 1) * math.pi / 4)
    return (lit - 0.5) * slope + 0.5
