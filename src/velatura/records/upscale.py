"""The request for a larger picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from velatura.errors import RequestError
from velatura.limits import Checked
from velatura.records.bitmap import Bitmap
from velatura.records.options import Fraction

TILE = 192
"""Longest side of a tile, in pixels of the picture; A1111's own default."""

OVERLAP = 32
"""Pixels that neighbouring tiles share. A1111's default, 8, shows seams: see
``docs/reference/upscalers.md``."""

WantedSide = Annotated[int, Interval(ge=0, le=32768)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscale(Checked):
    """A larger picture of a picture.

    Attributes:
        kind: Tells requests apart in a document.
        image: The picture.
        upscaler: What enlarges; "None" leaves the picture as it is.
        factor: From the picture's sides to the result's, which are rounded down to multiples of 8.
        max_side: Where the factor would make a side longer than this, it becomes this long; 0 is no
            limit.
        width: Width to cover, instead of the factor; 0 follows from ``height``.
        height: Height to cover, instead of the factor; 0 follows from ``width``.
        crop: Cut off what hangs over the width and height, equally on both sides.
        exact: Do not round sides down to multiples of 8. Rounded down, a picture that is to cover
            a size may miss it by a few pixels, which stay black where it is cropped.
        second_upscaler: Its result is mixed into that of the first one.
        second_visibility: Share of the second one in the mixture.
        tile: Longest side of the tiles that networks enlarge, in pixels of the picture; 0 takes it
            in one. Smaller tiles need less memory.
        overlap: Pixels that neighbouring tiles share; fewer show seams.
    """

    kind: Literal["upscale"] = "upscale"
    image: Bitmap
    upscaler: str = "R-ESRGAN 4x+"
    factor: Annotated[float, Interval(gt=0.0, le=64.0)] = 4.0
    max_side: WantedSide = 0
    width: WantedSide = 0
    height: WantedSide = 0
    crop: bool = False
    exact: bool = False
    second_upscaler: str = "None"
    second_visibility: Fraction = 0.0
    tile: Annotated[int, Interval(ge=0, le=8192)] = TILE
    overlap: Annotated[int, Interval(ge=0, le=1024)] = OVERLAP

    def __post_init__(self) -> None:
        super(Upscale, self).__post_init__()
        if self.tile and self.tile < 2 * self.overlap + 8:
            raise RequestError(
                f"tile: must be 0, or at least twice the overlap and 8 more, "
                f"{2 * self.overlap + 8}, got {self.tile}",
                field="tile",
            )
        if self.crop and not (self.width and self.height):
            raise RequestError("crop: needs a width and a height to crop to", field="crop")
