"""A picture's new margins, and the parts in which they are painted."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from velatura.records import Bitmap, Img2Img, Inpaint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Outpaint

    Pixels8 = NDArray[np.uint8]

BLOCK = 64
"""New widths and heights are multiples of this."""

IMG2IMG = [entry.name for entry in fields(Img2Img) if entry.name not in ("kind", "image")]
"""What a part takes over from the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Pixels added to each side."""

    left: int
    right: int
    top: int
    bottom: int


def grown_margins(request: Outpaint, width: int, height: int) -> Margins:
    """The margins of a request, enlarged so that sides that grow become multiples of 64.

    What is added goes to both sides in proportion.
    """
    left, right = _enlarged(request.left, request.right, width)
    top, bottom = _enlarged(request.top, request.bottom, height)
    return Margins(left=left, right=right, top=top, bottom=bottom)


def _enlarged(before: int, after: int, length: int) -> tuple[int, int]:
    if not before + after:
        return 0, 0
    more = blocks(length + before + after) - length
    first = before * more // (before + after)
    return (first, more - first) if after else (more, 0)


def blocks(length: int) -> int:
    """The next multiple of 64."""
    return math.ceil(length / BLOCK) * BLOCK


def frame_mask(size: tuple[int, int], left: int, top: int, right: int, bottom: int) -> Pixels8:
    """White with a black rectangle, whose right column and bottom row belong to it, (h, w).

    Args:
        size: Width and height.
        left: First black column.
        top: First black row.
        right: Last black column.
        bottom: Last black row.
    """
    mask = np.full((size[1], size[0]), 255, np.uint8)
    mask[top : max(bottom + 1, top), left : max(right + 1, left)] = 0
    return mask


def part_request(
    request: Outpaint, pixels: Pixels8, mask: Pixels8, latent: Pixels8, blur: tuple[float, float]
) -> Inpaint:
    """The request that paints a part of the new picture.

    Args:
        request: The whole.
        pixels: The part, (h, w, 3); sides in multiples of 8.
        mask: Where it is new, (h, w).
        latent: The same for the latents.
        blur: Of the mask, along rows and columns.
    """
    height, width = mask.shape
    settings = {name: getattr(request, name) for name in IMG2IMG}
    settings |= {"width": width, "height": height, "resize_mode": "stretch", "upscaler": ""}
    return Inpaint(
        **settings,
        image=Bitmap(pixels),
        mask=Bitmap(mask),
        latent_mask=Bitmap(latent),
        mask_blur=blur[0],
        mask_blur_y=blur[1],
        empty_mask="keep",
    )
