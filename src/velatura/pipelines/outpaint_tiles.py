"""Outpainting tile by tile: all tiles that hold something new are painted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from velatura.pipelines.margins import frame_mask, grown_margins, part_request
from velatura.pipelines.seeds import later_seed
from velatura.upscalers.tiles import equal_tiles, joined_tiles

if TYPE_CHECKING:
    from collections.abc import Generator

    from velatura.pipelines.margins import Pixels8
    from velatura.pipelines.parts import Parts
    from velatura.records import Outpaint, Step
    from velatura.upscalers.tiles import Grid

CELL = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """The new picture before anything is painted.

    Attributes:
        canvas: The old picture on black, (h, w, 3).
        mask: White where it is new, and so far into the old as the mask is blurred, (h, w).
        latent: The same for the latents, which reaches less far.
        old: Rows and columns of the old picture.
        grid: The tiles.
    """

    canvas: Pixels8
    mask: Pixels8
    latent: Pixels8
    old: tuple[slice, slice]
    grid: Grid

    def is_new(self, window: tuple[slice, slice]) -> bool:
        """Whether a tile holds anything beyond the old picture."""
        sides = zip(window, self.old, strict=True)
        return any(tile.start < old.start or tile.stop > old.stop for tile, old in sides)


def paint_tiles(request: Outpaint, pixels: Pixels8, parts: Parts) -> Generator[Step, None, Pixels8]:
    """The grown picture, (h, w, 3). The n-th tile that is painted has the seed n further on."""
    layout = _layout(request, pixels)
    blur = request.mask_blur * 2
    tiles: list[Pixels8] = []
    for window in layout.grid.windows:
        if not layout.is_new(window):
            tiles.append(layout.canvas[window])
            continue
        later = later_seed(request, len(parts.done))
        part = part_request(
            later, layout.canvas[window], layout.mask[window], layout.latent[window], (blur, blur)
        )
        tiles.append((yield from parts.paint(replace(part, content=request.content))))
    height, width = layout.mask.shape
    return joined_tiles(tiles, layout.grid, (width, height))


def count_tiles(request: Outpaint, pixels: Pixels8) -> int:
    """How many parts will be painted."""
    layout = _layout(request, pixels)
    return sum(layout.is_new(window) for window in layout.grid.windows)


def _layout(request: Outpaint, pixels: Pixels8) -> Layout:
    height, width = pixels.shape[:2]
    margins = grown_margins(request, width, height)
    size = width + margins.left + margins.right, height + margins.top + margins.bottom
    old = (
        slice(margins.top, margins.top + height),
        slice(margins.left, margins.left + width),
    )
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    canvas[old] = pixels

    def mask(inset: int) -> Pixels8:
        return frame_mask(
            size,
            margins.left + (inset if margins.left else 0),
            margins.top + (inset if margins.top else 0),
            size[0] - margins.right - (inset if margins.right else 0),
            size[1] - margins.bottom - (inset if margins.bottom else 0),
        )

    tile = _tile_side(request.width, size[0]), _tile_side(request.height, size[1])
    overlap = max(request.left, request.right, request.top, request.bottom)
    return Layout(
        canvas=canvas,
        mask=mask(int(request.mask_blur * 2)),
        latent=mask(int(request.mask_blur // 2)),
        old=old,
        grid=equal_tiles(size, tile, min(overlap, min(tile) - CELL)),
    )


def _tile_side(wanted: int, side: int) -> int:
    """A tile's side: no longer than the picture, and of whole cells."""
    return max(CELL, min(wanted, side // CELL * CELL))
