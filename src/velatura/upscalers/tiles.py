"""Enlarging a picture tile by tile, so that memory is bounded by the tile.

The tiles and how they are joined are those of A1111: neighbours overlap, and the later one is
faded in over the overlap by a linear ramp of eight bits. Different from there, on purpose:

- tiles are no larger than they need to be, rather than moved together until they overlap further;
- a picture no larger than a tile's area is one tile, whatever its shape;
- a side shorter than the tile is not filled up with black.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from numpy.typing import NDArray

BLEND_LINES = 64
"""Lines that are blended at once: bounds the memory of their products."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the tiles of a picture lie, in its pixels.

    Attributes:
        width: Width of each tile.
        height: Height of each tile.
        lefts: Left edges, one a column; the last column ends with the picture.
        tops: Top edges, one a row.
        overlap: So many pixels are shared with the tile before, at least.
    """

    width: int
    height: int
    lefts: tuple[int, ...]
    tops: tuple[int, ...]
    overlap: int

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return len(self.lefts) * len(self.tops)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.lefts[-1] + self.width, self.tops[-1] + self.height

    @property
    def windows(self) -> list[tuple[slice, slice]]:
        """Rows and columns of each tile, line by line."""
        return [
            (slice(top, top + self.height), slice(left, left + self.width))
            for top in self.tops
            for left in self.lefts
        ]


def tile_grid(width: int, height: int, *, tile: int, overlap: int) -> Grid:
    """The tiles of a picture of width x height.

    Args:
        width: Pixels.
        height: Pixels.
        tile: Longest side of a tile; 0 takes the picture in one.
        overlap: Pixels that neighbours share, less than ``tile``.
    """
    if tile == 0 or width * height <= tile**2:
        return Grid(width=width, height=height, lefts=(0,), tops=(0,), overlap=overlap)
    tile_width, lefts = _cut(width, tile, overlap)
    tile_height, tops = _cut(height, tile, overlap)
    return Grid(width=tile_width, height=tile_height, lefts=lefts, tops=tops, overlap=overlap)


def equal_tiles(size: tuple[int, int], tile: tuple[int, int], overlap: int) -> Grid:
    """The tiles of a picture, all of the same given size, evenly placed.

    Args:
        size: Width and height of the picture, not less than those of a tile.
        tile: Width and height of a tile.
        overlap: Pixels that neighbours share at least, less than the sides of a tile.
    """
    lefts, tops = (_beginnings(size[axis], tile[axis], overlap) for axis in (0, 1))
    return Grid(width=tile[0], height=tile[1], lefts=lefts, tops=tops, overlap=overlap)


def joined_tiles(
    tiles: Sequence[NDArray[np.uint8]], grid: Grid, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """A picture out of its tiles.

    Args:
        tiles: (h, w, 3) each, line by line.
        grid: Where they lie.
        size: Width and height of the picture.
    """
    width, height = size
    picture = np.empty((height, width, 3), np.uint8)
    strip = np.empty((grid.height, width, 3), np.uint8)
    for index, tile in enumerate(tiles):
        top, left = grid.tops[index // len(grid.lefts)], grid.lefts[index % len(grid.lefts)]
        columns = strip.swapaxes(0, 1)[left : left + grid.width]
        _lay(tile.swapaxes(0, 1), columns, grid.overlap if left else 0)
        if left == grid.lefts[-1]:
            _lay(strip, picture[top : top + grid.height], grid.overlap if top else 0)
    return picture


def enlarge_tiles(
    pixels: NDArray[np.uint8],
    grid: Grid,
    scale: int,
    enlarge: Callable[[NDArray[np.uint8]], NDArray[np.uint8]],
) -> Generator[None, None, NDArray[np.uint8]]:
    """Enlarge each tile and join them; every tile but the last is announced when it is done.

    Held are the picture, the result, one row of tiles and one tile.

    Args:
        pixels: (h, w, 3).
        grid: The tiles.
        scale: Factor of ``enlarge``.
        enlarge: Makes (h·scale, w·scale, 3) of (h, w, 3).

    Returns:
        (h·scale, w·scale, 3).
    """
    height, width = pixels.shape[:2]
    if grid.count == 1:
        yield from ()
        return enlarge(pixels)
    large = np.empty((height * scale, width * scale, 3), np.uint8)
    strip = np.empty((grid.height * scale, width * scale, 3), np.uint8)
    left_to_do = grid.count
    for top in grid.tops:
        for left in grid.lefts:
            tile = pixels[top : top + grid.height, left : left + grid.width]
            columns = strip.swapaxes(0, 1)[left * scale : (left + grid.width) * scale]
            _lay(enlarge(tile).swapaxes(0, 1), columns, grid.overlap * scale if left else 0)
            left_to_do -= 1
            if left_to_do:
                yield
        rows = large[top * scale : (top + grid.height) * scale]
        _lay(strip, rows, grid.overlap * scale if top else 0)
    return large


def _cut(length: int, tile: int, overlap: int) -> tuple[int, tuple[int, ...]]:
    """Length and beginnings of the parts that cover ``length``, evenly placed."""
    count = max(1, math.ceil((length - overlap) / (tile - overlap)))
    part = min(length, math.ceil((length + (count - 1) * overlap) / count))
    gaps = max(1, count - 1)
    return part, tuple(index * (length - part) // gaps for index in range(count))


def _beginnings(length: int, part: int, overlap: int) -> tuple[int, ...]:
    """Where parts of a given length begin that cover ``length``, evenly placed."""
    count = max(1, math.ceil((length - overlap) / (part - overlap)))
    if count == 1:
        return (0,)
    gap = (length - part) / (count - 1)
    return tuple(min(int(index * gap), length - part) for index in range(count))


def _lay(new: NDArray[np.uint8], over: NDArray[np.uint8], ramp: int) -> None:
    """Put ``new`` over what is there, (n, m, 3) both; its first ``ramp`` lines are faded in.

    Line i of the ramp has the weight trunc(255·i/ramp) of 255.
    """
    over[ramp:] = new[ramp:]
    weights = (np.arange(ramp) * 255 // max(1, ramp)).astype(np.uint16)[:, None, None]
    for start in range(0, ramp, BLEND_LINES):
        band = slice(start, min(start + BLEND_LINES, ramp))
        weight = weights[band]
        mixed = new[band] * weight + over[band] * (255 - weight)
        over[band] = (mixed + 127) // 255
