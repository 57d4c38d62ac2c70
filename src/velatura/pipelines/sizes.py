"""The size that a picture is painted over in, where the request gives none."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from velatura.masking import masked_region
from velatura.pipelines.masked_picture import request_mask
from velatura.records import Inpaint
from velatura.records.img2img import LARGEST_PADDING

if TYPE_CHECKING:
    from typing import TypeVar

    from velatura.records import Img2Img

    I = TypeVar("I", bound=Img2Img)  # noqa: E741

CELL = 8
"""Sides are multiples of this."""

SMALLEST_SIDE = 64
"""Smaller pictures are painted in this: networks need a few cells to look at."""

MOST_AREAS = 4
"""So many times the pixels of the checkpoint's own size are painted at most, unless asked for."""

LONGEST_RATIO = 2.0
"""Sides of a masked area that is painted by itself differ by this factor at most."""


def with_picture_size(request: I, native_size: tuple[int, int]) -> I:
    """The request with a size where it gives none.

    The picture's own, with sides rounded down to multiples of 8 but at least 64, and made smaller
    where that would be more than four times the pixels the checkpoint was made for. Where one side
    is given the other follows from the picture. Inpainting gives the picture back in its own size
    even so: it is then painted as a masked area that comprises all of it. A masked area is painted
    in the checkpoint's number of pixels, or in its own where it has more, up to four times as many.

    Args:
        request: The request.
        native_size: Width and height that the checkpoint was made for.
    """
    if request.width and request.height:
        return request
    width, height = request.image.size
    if request.width:
        return replace(request, height=_cells(height * request.width / width))
    if request.height:
        return replace(request, width=_cells(width * request.height / height))
    if isinstance(request, Inpaint) and request.area == "masked":
        width, height = _masked_size(request, native_size)
        return replace(request, width=width, height=height)
    sized = _shrunk(width, height, native_size)
    if isinstance(request, Inpaint) and sized != (width, height):
        request = replace(request, area="masked", padding=LARGEST_PADDING)
    return replace(request, width=sized[0], height=sized[1])


def _shrunk(width: int, height: int, native_size: tuple[int, int]) -> tuple[int, int]:
    most = MOST_AREAS * native_size[0] * native_size[1]
    factor = min(1.0, math.sqrt(most / (width * height)))
    return _whole_cells(width * factor), _whole_cells(height * factor)


def _masked_size(request: Inpaint, native_size: tuple[int, int]) -> tuple[int, int]:
    mask, _ = request_mask(request)
    region = masked_region(mask, request.padding)
    if region is None:
        return _shrunk(*request.image.size, native_size)
    ratio = min(max(region.width / region.height, 1 / LONGEST_RATIO), LONGEST_RATIO)
    own = max(region.width**2 / ratio, region.height**2 * ratio)
    native = native_size[0] * native_size[1]
    area = min(max(own, native), MOST_AREAS * native)
    return _cells(math.sqrt(area * ratio)), _cells(math.sqrt(area / ratio))


def _cells(side: float) -> int:
    """The nearest side that can be painted."""
    return max(SMALLEST_SIDE, round(side / CELL) * CELL)


def _whole_cells(side: float) -> int:
    """The largest side that can be painted and is no longer, if there is one."""
    return max(SMALLEST_SIDE, int(side) // CELL * CELL)
