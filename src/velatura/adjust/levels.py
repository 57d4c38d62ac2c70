"""Levels: the tones between two inputs, stretched to two outputs.

Domain and range: 0..1, gamma-encoded. With inputs l, h, gamma g and outputs a, b:

    v ← (v − l) / (h − l)      or v − l where l = h; then clamped, if asked, or else held within
                               ±10³⁰, so that limits a hair's breadth apart overflow nothing
    v ← v^(1/g)                where v > 0 and g ≠ 1
    v ← a + v (b − a)          then clamped, if asked

Equal to GIMP 2.10's ``gimp-drawable-levels``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records.adjustments import Levels

FARTHEST = 1e30


def map_levels(adjustment: Levels, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What levels make of tones.

    Args:
        adjustment: The levels.
        values: Tones, 0..1, any shape.

    Returns:
        Tones of that shape; beyond 0..1 where nothing clamps them.
    """
    low, high = adjustment.low_input, adjustment.high_input
    with np.errstate(over="ignore"):
        mapped = (values - low) / (high - low) if high != low else values - low
    limits = (0.0, 1.0) if adjustment.clamp_input else (-FARTHEST, FARTHEST)
    mapped = np.clip(mapped, *limits)
    if adjustment.gamma != 1:
        is_positive = mapped > 0
        mapped[is_positive] = mapped[is_positive] ** (1 / adjustment.gamma)
    mapped = adjustment.low_output + mapped * (adjustment.high_output - adjustment.low_output)
    return np.clip(mapped, 0.0, 1.0) if adjustment.clamp_output else mapped
