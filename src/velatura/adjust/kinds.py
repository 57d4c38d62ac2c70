"""The kinds of adjustment: what a document may name, and what carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from velatura.adjust.auto_levels import apply_auto_levels
from velatura.adjust.brightness_contrast import map_brightness_contrast
from velatura.adjust.crop import apply_crop, cropped_size
from velatura.adjust.curves import map_curve
from velatura.adjust.hue_saturation import apply_hue_saturation
from velatura.adjust.levels import map_levels
from velatura.adjust.resize import apply_resize, resized_size
from velatura.adjust.rotate import apply_rotate, rotated_size
from velatura.adjust.sharpen import apply_sharpen
from velatura.records.adjustments import (
    AutoLevels,
    BrightnessContrast,
    Crop,
    Curves,
    HueSaturation,
    Levels,
    Resize,
    Rotate,
    Sharpen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from velatura.records import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An entry of ``ADJUSTMENTS``; one of ``tone`` and ``change`` is given.

    Attributes:
        record: Its parameters.
        summary: One line for a menu.
        tone: From tones, 0..1, to tones, each by itself: goes into a table.
        change: From pixels to pixels.
        size: From width and height to those of the result; it refuses what cannot be. None keeps
            the size.
        needs_colour: Whether greyscale pictures are refused.
    """

    record: type
    summary: str
    tone: Callable[[Any, NDArray[np.float64]], NDArray[np.float64]] | None = None
    change: Callable[[Any, Pixels], Pixels] | None = None
    size: Callable[[Any, int, int], tuple[int, int]] | None = None
    needs_colour: bool = False


ADJUSTMENTS: dict[str, Kind] = {
    "levels": Kind(record=Levels, tone=map_levels, summary="Stretch the tones between two limits"),
    "auto_levels": Kind(
        record=AutoLevels, change=apply_auto_levels, summary="Stretch each channel to its ends"
    ),
    "curves": Kind(record=Curves, tone=map_curve, summary="Map tones through a curve"),
    "brightness_contrast": Kind(
        record=BrightnessContrast,
        tone=map_brightness_contrast,
        summary="Lighten or darken, spread or draw together",
    ),
    "hue_saturation": Kind(
        record=HueSaturation,
        change=apply_hue_saturation,
        needs_colour=True,
        summary="Turn, saturate and lighten colours",
    ),
    "crop": Kind(record=Crop, change=apply_crop, size=cropped_size, summary="Keep a rectangle"),
    "resize": Kind(
        record=Resize, change=apply_resize, size=resized_size, summary="Resample to another size"
    ),
    "rotate": Kind(
        record=Rotate, change=apply_rotate, size=rotated_size, summary="Turn, or straighten"
    ),
    "sharpen": Kind(record=Sharpen, change=apply_sharpen, summary="Strengthen edges"),
}
"""Kinds of adjustment by the name they have in a document."""
