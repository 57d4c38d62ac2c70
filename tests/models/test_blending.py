"""Tiles blended into a whole."""

from __future__ import annotations

import pytest
import torch

from velatura.models.blending import blended
from velatura.upscalers.tiles import tile_grid

SIZES = [(40, 40), (64, 20), (33, 71), (20, 200)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_tiles_of_a_picture_give_the_picture(width: int, height: int) -> None:
    picture = torch.rand(3, height, width)
    grid = tile_grid(width, height, tile=16, overlap=6)
    assert grid.count > 1
    made = blended(grid, 1, lambda rows, columns: picture[:, rows, columns])
    torch.testing.assert_close(made, picture)


def test_a_tile_fades_in_over_what_it_shares_with_the_one_before() -> None:
    grid = tile_grid(26, 16, tile=16, overlap=6)
    made = blended(grid, 2, lambda _, columns: torch.full((1, 32, 32), float(columns.start > 0)))
    line = made[0, 0]
    assert line.shape == (52,)
    assert (line[:20] == 0).all()
    assert (line[32:] == 1).all()
    assert (line[20:32].diff() > 0).all()
    torch.testing.assert_close(line, 1 - line.flip(0))


def test_one_tile_is_given_as_it_is_made() -> None:
    made = torch.rand(3, 8, 8)
    assert blended(tile_grid(8, 8, tile=0, overlap=4), 1, lambda *_: made) is made
