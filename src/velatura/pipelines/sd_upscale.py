"""A picture enlarged and painted over tile by tile, so that it gains detail of its new size."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from velatura.pipelines.canvas import flattened
from velatura.pipelines.parts import begin_parts
from velatura.pipelines.seeds import later_seed
from velatura.records import Bitmap, Img2Img
from velatura.upscalers import upscale
from velatura.upscalers.tiles import equal_tiles, joined_tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from velatura.pipelines.kit import Kit
    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import Picture, SdUpscale, Step

CELL = 8
NONE = "None"

IMG2IMG = [entry.name for entry in fields(Img2Img) if entry.name not in ("kind", "image")]
"""What a tile takes over from the request."""


def sd_upscale(
    request: SdUpscale, kit: Kit, resume: Snapshot | None = None
) -> Iterator[Step | Picture]:
    """A step after each sampling step of each tile, and a picture for each seed.

    Args:
        request: The complete request.
        kit: What to enlarge and paint with.
        resume: Where to carry on; what was finished before it is not made again.
    """
    large = enlarged(request, kit)
    height, width = large.shape[:2]
    size = _tile_side(request.width, width), _tile_side(request.height, height)
    grid = equal_tiles((width, height), size, min(request.overlap, min(size) - CELL))
    for batch in range(request.batch_size * request.batch_count):
        if resume is not None and batch < resume.batch:
            continue
        single = later_seed(replace(request, batch_size=1, batch_count=1), batch)
        parts = begin_parts(request, kit, batch, grid.count, resume)
        for index, (rows, columns) in enumerate(grid.windows):
            tile = _tile(later_seed(single, index), large[rows, columns])
            yield from parts.paint(tile)
        yield parts.picture(joined_tiles(parts.done, grid, (width, height)), single)


def enlarged(request: SdUpscale, kit: Kit) -> NDArray[np.uint8]:
    """The request's picture at the size of the result, (h, w, 3)."""
    pixels = flattened(request.image, request.background)
    if request.upscaler in ("", NONE):
        return pixels
    return upscale(pixels, request.factor, kit.upscalers[request.upscaler])


def _tile(single: SdUpscale, pixels: NDArray[np.uint8]) -> Img2Img:
    height, width = pixels.shape[:2]
    settings = {name: getattr(single, name) for name in IMG2IMG}
    settings |= {"width": width, "height": height, "resize_mode": "stretch", "upscaler": ""}
    return Img2Img(**settings, image=Bitmap(pixels))


def _tile_side(wanted: int, side: int) -> int:
    """A tile's side: no longer than the picture, and of whole cells."""
    return max(CELL, min(wanted, side // CELL * CELL))
