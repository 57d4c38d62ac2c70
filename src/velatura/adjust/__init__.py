"""Pixels to pixels: levels, curves, colours, and the geometry of a finished picture."""

from __future__ import annotations

from velatura.adjust.auto_levels import find_levels
from velatura.adjust.curves import curve_samples
from velatura.adjust.document import adjustments_from_json, adjustments_to_json
from velatura.adjust.histogram import count_tones
from velatura.adjust.kinds import ADJUSTMENTS
from velatura.adjust.stack import apply, check_adjustments

__all__ = [
    "ADJUSTMENTS",
    "adjustments_from_json",
    "adjustments_to_json",
    "apply",
    "check_adjustments",
    "count_tones",
    "curve_samples",
    "find_levels",
]
