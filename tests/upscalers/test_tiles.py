from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.upscalers.driver import finish
from velatura.upscalers.tiles import enlarge_tiles, equal_tiles, joined_tiles, tile_grid

lengths = st.integers(1, 120)


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


def double(pixels: np.ndarray) -> np.ndarray:
    return pixels.repeat(2, 0).repeat(2, 1)


@given(lengths, lengths, st.integers(9, 60), st.integers(0, 4))
def test_tiles_cover_the_picture_and_share_at_least_the_overlap(
    width: int, height: int, tile: int, overlap: int
) -> None:
    grid = tile_grid(width, height, tile=tile, overlap=overlap)
    assert grid.width * grid.height <= tile**2
    for length, part, starts in (
        (width, grid.width, grid.lefts),
        (height, grid.height, grid.tops),
    ):
        assert starts[0] == 0
        assert starts[-1] + part == length
        gaps = [after - before for before, after in pairwise(starts)]
        assert all(0 < gap <= part - overlap for gap in gaps)


@given(lengths, lengths, st.integers(9, 60), st.integers(0, 4))
def test_what_looks_at_single_pixels_cannot_tell_tiles_from_the_whole(
    width: int, height: int, tile: int, overlap: int
) -> None:
    pixels = noise(width, height)
    grid = tile_grid(width, height, tile=tile, overlap=overlap)
    work = enlarge_tiles(pixels, grid, 2, double)
    np.testing.assert_array_equal(finish(work), double(pixels))


def test_a_picture_no_larger_than_a_tile_is_taken_in_one_whatever_its_shape() -> None:
    assert tile_grid(128, 208, tile=192, overlap=32).count == 1
    assert tile_grid(36, 1024, tile=192, overlap=32).count == 1
    assert tile_grid(193, 192, tile=192, overlap=32).count == 2
    assert tile_grid(5000, 5000, tile=0, overlap=32).count == 1


def test_tiles_lie_where_a1111_has_them_where_its_tiles_fit_exactly() -> None:
    grid = tile_grid(560, 376, tile=192, overlap=8)  # 192 + 2·184, 192 + 184
    assert (grid.width, grid.lefts) == (192, (0, 184, 368))
    assert (grid.height, grid.tops) == (192, (0, 184))


def test_the_later_tile_is_faded_in_by_a_ramp_of_eight_bits() -> None:
    shades = iter([0, 255])
    grid = tile_grid(28, 16, tile=18, overlap=8)
    assert grid.lefts == (0, 10)
    joined = finish(
        enlarge_tiles(
            np.zeros((16, 28, 3), np.uint8),
            grid,
            2,
            lambda part: np.full_like(double(part), next(shades)),
        )
    )
    ramp = [255 * index // 16 for index in range(16)]
    assert joined[0, :, 0].tolist() == [0] * 20 + ramp + [255] * 20


def test_rows_of_tiles_are_faded_in_too() -> None:
    shades = iter([200, 100])
    joined = finish(
        enlarge_tiles(
            np.zeros((28, 16, 3), np.uint8),
            tile_grid(16, 28, tile=18, overlap=8),
            1,
            lambda part: np.full_like(part, next(shades)),
        )
    )
    column = joined[:, 0, 0].astype(int)
    weights = np.arange(8) * 255 // 8
    assert (
        column.tolist()
        == [200] * 10
        + [round((100 * weight + 200 * (255 - weight)) / 255) for weight in weights]
        + [100] * 10
    )


def test_every_tile_but_the_last_is_announced() -> None:
    grid = tile_grid(60, 60, tile=30, overlap=4)
    assert len(list(enlarge_tiles(noise(60, 60), grid, 2, double))) == grid.count - 1


def test_leaving_early_asks_for_no_further_tile() -> None:
    asked = []

    def count(part: np.ndarray) -> np.ndarray:
        asked.append(part.shape)
        return double(part)

    work = enlarge_tiles(noise(60, 60), tile_grid(60, 60, tile=30, overlap=4), 2, count)
    next(work)
    work.close()
    assert len(asked) == 1


@pytest.mark.parametrize("overlap", [2, 6])
def test_what_is_wrong_at_the_edge_of_a_tile_is_hidden_by_the_ramp(overlap: int) -> None:
    """A blur over one pixel is wrong in a tile's outermost line alone.

    Of the later tile's first line nothing is seen, of the earlier tile's last one only what the
    ramp leaves of it: one part of as many as it has lines.
    """

    def blur(part: np.ndarray) -> np.ndarray:
        padded = np.pad(part.astype(int), ((1, 1), (1, 1), (0, 0)), mode="edge")
        rows, columns = part.shape[:2]
        windows = [padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
        return (sum(windows) // 9).astype(np.uint8)

    pixels = noise(70, 50)
    grid = tile_grid(70, 50, tile=24, overlap=overlap)
    joined = finish(enlarge_tiles(pixels, grid, 1, blur))
    errors = np.abs(joined.astype(int) - blur(pixels))
    lines = {start + grid.width - 1 for start in grid.lefts[:-1]}
    rows = {start + grid.height - 1 for start in grid.tops[:-1]}
    assert 0 < errors.max() <= 255 / overlap
    assert set(np.nonzero(errors)[1][~np.isin(np.nonzero(errors)[0], list(rows))]) <= lines


@pytest.mark.parametrize(
    ("length", "part", "overlap", "beginnings"),
    [
        (256, 64, 16, (0, 48, 96, 144, 192)),
        (100, 64, 16, (0, 36)),
        (64, 64, 16, (0,)),
        (130, 64, 0, (0, 33, 66)),
    ],
)
def test_equal_tiles_lie_where_a1111_has_them(
    length: int, part: int, overlap: int, beginnings: tuple[int, ...]
) -> None:
    grid = equal_tiles((length, part), (part, part), overlap)
    assert (grid.lefts, grid.tops) == (beginnings, (0,))


def test_tiles_of_a_picture_join_to_the_picture() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (90, 130, 3), dtype=np.uint8)
    grid = equal_tiles((130, 90), (64, 48), 16)
    tiles = [picture[window] for window in grid.windows]
    assert len(tiles) == grid.count == 9
    assert np.array_equal(joined_tiles(tiles, grid, (130, 90)), picture)


def test_joined_tiles_fade_into_one_another() -> None:
    grid = equal_tiles((48, 32), (32, 32), 16)
    black, white = np.zeros((32, 32, 3), np.uint8), np.full((32, 32, 3), 255, np.uint8)
    row = joined_tiles([black, white], grid, (48, 32))[0, :, 0]
    assert row[:16].tolist() == [0] * 16
    assert row[16:32].tolist() == [255 * step // 16 for step in range(16)]
    assert row[32:].tolist() == [255] * 16
