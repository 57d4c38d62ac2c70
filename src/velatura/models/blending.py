"""What a network makes of overlapping tiles, blended into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from velatura.upscalers.tiles import Grid


def blended(grid: Grid, factor: int, make: Callable[[slice, slice], Tensor]) -> Tensor:
    """The tiles' results, each faded in and out by linear ramps where neighbours overlap.

    Args:
        grid: Where the tiles lie; one alone is given as it is made.
        factor: Values of the result for each of the grid's cells, along a side.
        make: Rows and columns of a tile to its result, (c, h·factor, w·factor).

    Returns:
        (c, H·factor, W·factor), of the whole.
    """
    if grid.count == 1:
        return make(*grid.windows[0])
    width, height = grid.size
    total, weights = torch.zeros(()), torch.zeros(height * factor, width * factor)
    for rows, columns in grid.windows:
        tile = make(rows, columns)
        if not total.dim():
            total = tile.new_zeros(len(tile), *weights.shape)
            weights = weights.to(tile)
        down = _ramps(rows, height, grid.overlap, factor).to(tile)
        across = _ramps(columns, width, grid.overlap, factor).to(tile)
        weight = down[:, None] * across
        place = magnified(rows, factor), magnified(columns, factor)
        total[:, *place] += tile * weight
        weights[place] += weight
    return total.div_(weights)


def _ramps(part: slice, length: int, overlap: int, factor: int) -> Tensor:
    """Weights of a tile along one side: less than 1 towards its neighbours, never 0."""
    places = torch.arange((part.stop - part.start) * factor) + 0.5
    steps = overlap * factor
    rising = places if part.start else torch.full_like(places, steps)
    falling = places.flip(0) if part.stop < length else torch.full_like(places, steps)
    return torch.minimum(rising, falling).clamp(max=steps) / steps


def magnified(part: slice, factor: int) -> slice:
    """A part of a side, counted in ``factor`` times as small units."""
    return slice(part.start * factor, part.stop * factor)
