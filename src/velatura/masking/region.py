"""The rectangle around a mask that is painted by itself, enlarged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle of pixels; right and bottom lie just outside.

    Attributes:
        left: First column.
        top: First row.
        right: One after the last column.
        bottom: One after the last row.
    """

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns, to index pixels with."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def masked_region(mask: NDArray[np.uint8], padding: int) -> Region | None:
    """The smallest rectangle around all that is not black, and so many pixels more on each side.

    It stays within the picture. None where all is black.

    Args:
        mask: (h, w).
        padding: Pixels.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    height, width = mask.shape
    return Region(
        left=max(int(columns[0]) - padding, 0),
        top=max(int(rows[0]) - padding, 0),
        right=min(int(columns[-1]) + 1 + padding, width),
        bottom=min(int(rows[-1]) + 1 + padding, height),
    )


def widened(region: Region, painted_size: tuple[int, int], picture_size: tuple[int, int]) -> Region:
    """The region, grown towards the ratio of sides it will be painted in.

    It grows to both sides alike, is pushed back where it leaves the picture, and cut where it is
    larger than that; so it may fall short of the ratio.

    Args:
        region: What has to be in it.
        painted_size: Width and height of the painting.
        picture_size: Width and height of the picture.
    """
    ratio = painted_size[0] / painted_size[1]
    if region.width / region.height > ratio:
        more = int(region.width / ratio - region.height)
        top, bottom = _grown(region.top, region.bottom, more, picture_size[1])
        return Region(left=region.left, top=top, right=region.right, bottom=bottom)
    more = int(region.height * ratio - region.width)
    left, right = _grown(region.left, region.right, more, picture_size[0])
    return Region(left=left, top=region.top, right=right, bottom=region.bottom)


def _grown(start: int, end: int, more: int, limit: int) -> tuple[int, int]:
    start, end = start - more // 2, end + more - more // 2
    if end > limit:
        start, end = start - (end - limit), limit
    if start < 0:
        start, end = 0, end - start
    return start, min(end, limit)
