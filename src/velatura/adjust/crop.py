"""Crop: a rectangle of the picture, untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.errors import RequestError

if TYPE_CHECKING:
    from velatura.records import Pixels
    from velatura.records.adjustments import Crop


def apply_crop(adjustment: Crop, pixels: Pixels) -> Pixels:
    """The pixels within the rectangle."""
    top, left = adjustment.top, adjustment.left
    return pixels[top : top + adjustment.height, left : left + adjustment.width]


def cropped_size(adjustment: Crop, width: int, height: int) -> tuple[int, int]:
    """Width and height that are left.

    Raises:
        RequestError: the rectangle does not lie within the picture.
    """
    ends = adjustment.left + adjustment.width, adjustment.top + adjustment.height
    for name, end, side in zip(("width", "height"), ends, (width, height), strict=True):
        if end > side:
            raise RequestError(
                f"{name}: the rectangle ends at {end}, but the picture has {width}x{height} pixels",
                field=name,
            )
    return adjustment.width, adjustment.height
