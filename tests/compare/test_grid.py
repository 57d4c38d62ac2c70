"""The cells of a grid: how many, with which requests and seeds, in which order."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.compare import Comparison, Grid, Label, plan_grid, read_axis
from velatura.errors import RequestError
from velatura.records import Bitmap, Hires, Txt2Img, Upscale, Variation

BASE = Txt2Img(prompt="a red cat", seed=100, width=64, height=64)


def plan(base=BASE, draw=None, **settings) -> Comparison:
    """A grid of the axes x, y and z as they are written."""
    axes = {name: read_axis(settings.pop(name), type(base)) for name in "xyz" if name in settings}
    draw = draw or count(1000).__next__
    return plan_grid(Grid(base=base, **axes, **settings), draw)


def cell_at(comparison: Comparison, column: int, row: int = 0, page: int = 0):
    (found,) = [
        cell
        for cell in comparison.cells
        if (cell.column, cell.row, cell.page) == (column, row, page)
    ]
    return found.request


def test_columns_are_x_rows_are_y_and_pages_are_z():
    comparison = plan(x="Steps: 5, 10", y="CFG Scale: 4, 7, 9", z="Sampler: Euler, DDIM")
    assert comparison.columns == ((Label("Steps: 5"),), (Label("Steps: 10"),))
    assert comparison.rows == tuple((Label(f"CFG Scale: {n}"),) for n in (4.0, 7.0, 9.0))
    assert comparison.pages == ((Label("Euler"),), (Label("DDIM"),))
    assert cell_at(comparison, 1, 2, 1) == replace(
        BASE, steps=10, guidance_scale=9.0, sampler="DDIM"
    )


def test_without_axes_there_is_one_cell_without_words():
    comparison = plan()
    assert [cell.request for cell in comparison.cells] == [BASE]
    assert comparison.columns == comparison.rows == comparison.pages == ((),)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=5),
    st.lists(st.integers(0, 40), min_size=1, max_size=4),
    st.lists(st.integers(1, 12), min_size=1, max_size=3),
)
def test_there_is_a_cell_for_each_choice_and_it_is_the_base_with_the_values_set(xs, ys, zs):
    comparison = plan(
        x=f"Steps: {','.join(map(str, xs))}",
        y=f"CFG Scale: {','.join(map(str, ys))}",
        z=f"Clip skip: {','.join(map(str, zs))}",
    )
    assert len(comparison.cells) == prod(map(len, (xs, ys, zs)))
    for cell in comparison.cells:
        assert cell.request == replace(
            BASE,
            steps=xs[cell.column],
            guidance_scale=float(ys[cell.row]),
            clip_skip=zs[cell.page],
        )


def test_values_are_set_from_x_to_z():
    comparison = plan(x="Prompt S/R: red, blue", y="Prompt S/R: cat, dog", z="Prompt order: a")
    assert cell_at(comparison, 1, 1).prompt == "a blue dog"
    later = plan(x="sampling.unipc_order: 5", y="UniPC Order: 2, 9")
    assert [cell.request.sampling.unipc_order for cell in later.cells] == [2, 9]
    with pytest.raises(RequestError) as caught:
        plan(x="Prompt S/R: red, blue", y="Prompt S/R: red, green")
    assert "'red': prompt: 'red', the first value" in str(caught.value)
    assert caught.value.field == "y"


@pytest.mark.parametrize(
    ("axes", "outermost_first"),
    [
        ({"x": "Steps: 1,2", "y": "CFG Scale: 1,2", "z": "Clip skip: 1,2"}, "zyx"),
        ({"x": "Checkpoint name: a,b", "y": "CFG Scale: 1,2", "z": "Clip skip: 1,2"}, "xzy"),
        ({"x": "Steps: 1,2", "y": "Checkpoint name: a,b", "z": "Clip skip: 1,2"}, "yzx"),
        ({"x": "VAE: auto,none", "y": "Checkpoint name: a,b", "z": "Clip skip: 1,2"}, "yxz"),
        ({"x": "VAE: auto,none", "y": "Steps: 1,2", "z": "Checkpoint name: a,b"}, "zxy"),
        ({"x": "UniPC Order: 1,2", "y": "VAE: auto,none"}, "yx"),
    ],
)
def test_the_dearest_axis_changes_least_often(axes, outermost_first):
    cells = plan(**axes).cells
    place = {"x": "column", "y": "row", "z": "page"}
    walked = [[getattr(cell, place[side]) for side in outermost_first] for cell in cells]
    assert walked == sorted(walked)


def test_all_cells_have_one_seed_that_is_drawn_once():
    comparison = plan(replace(BASE, seed=-1), x="Steps: 5, 6", y="CFG Scale: 1-3")
    assert {cell.request.seed for cell in comparison.cells} == {1000}


def test_a_variation_has_one_seed_too():
    comparison = plan(x="Var. strength: 0, 0.5, 1")
    variations = [cell.request.variation for cell in comparison.cells]
    assert variations == [Variation(seed=1000, strength=strength) for strength in (0.0, 0.5, 1.0)]
    given_seed = replace(BASE, variation=Variation(seed=7, strength=0.1))
    comparison = plan(given_seed, x="Var. strength: 0, 0.5")
    assert {cell.request.variation.seed for cell in comparison.cells} == {7}


def test_random_values_of_a_seed_axis_are_drawn_and_told():
    comparison = plan(x="Seed: -1, 5, -1")
    assert [cell.request.seed for cell in comparison.cells] == [1000, 5, 1001]
    assert comparison.columns[0] == (Label("Seed: 1000"),)
    assert dict(comparison.facts) == {
        "Script": "X/Y/Z plot",
        "X Type": "Seed",
        "X Values": "-1, 5, -1",
        "Fixed X Values": "1000, 5, 1001",
    }


def test_random_seeds_can_be_kept_random():
    comparison = plan(replace(BASE, seed=-1), keep_random=True, x="Var. seed: -1, 5")
    assert [cell.request.seed for cell in comparison.cells] == [-1, -1]
    assert [cell.request.variation.seed for cell in comparison.cells] == [-1, 5]
    assert "Fixed X Values" not in dict(comparison.facts)


@pytest.mark.parametrize(
    ("sides", "seed_of_the_last"),
    [
        ("", 100),
        ("x", 102),
        ("y", 101),
        ("z", 103),
        ("xy", 105),
        ("xz", 111),
        ("yz", 107),
        ("xyz", 123),
    ],
)
def test_seeds_move_on_along_the_sides_named(sides, seed_of_the_last):
    axes = {"x": "Steps: 1-3", "y": "CFG Scale: 1-2", "z": "Clip skip: 1-4"}
    comparison = plan(vary_seeds=frozenset(sides), **axes)
    assert cell_at(comparison, 2, 1, 3).seed == seed_of_the_last
    assert cell_at(comparison, 0, 0, 0).seed == 100
    if sides == "xyz":
        assert sorted(cell.request.seed for cell in comparison.cells) == list(range(100, 124))


def test_a_seed_axis_and_moving_seeds_add_up():
    comparison = plan(vary_seeds=frozenset("x"), x="Seed: 7, 20")
    assert [cell.request.seed for cell in comparison.cells] == [7, 21]


def test_a_seed_beyond_the_last_is_refused():
    with pytest.raises(RequestError, match="seed: must be from -1"):
        plan(replace(BASE, seed=2**64 - 1), vary_seeds=frozenset("x"), x="Steps: 1-2")


@pytest.mark.parametrize(
    ("base", "axes"),
    [
        (replace(BASE, width=8192, height=8192), {"x": "Steps: 1-3"}),
        (BASE, {"x": "Seed: 1-10000", "y": "Steps: 1-1000", "z": "clip_skip: 1-12"}),
        (BASE, {"x": "Size: 16384x16384, 64x64"}),
        (replace(BASE, hires=Hires(scale=8.0)), {"x": "Seed: 1-800"}),
        (Txt2Img(), {"x": "Seed: 1-800"}),
    ],
)
def test_too_many_pixels_are_refused(base, axes):
    with pytest.raises(RequestError, match="million pixels; it must be less than 200"):
        plan(base, **axes)


def test_a_cell_is_one_picture():
    with pytest.raises(RequestError, match="batch_size: a cell holds one picture"):
        plan(replace(BASE, batch_size=4))
    with pytest.raises(RequestError, match="batch_count: a cell holds one picture"):
        plan(x="batch_count: 1, 2")


def test_requests_that_do_not_paint_can_be_varied():
    image = Bitmap(np.zeros((16, 16, 3), np.uint8))
    comparison = plan(Upscale(image=image), x="factor: 2-4 (+1)", y="upscaler: Lanczos, Nearest")
    assert [cell.request.factor for cell in comparison.cells] == [2.0, 3.0, 4.0] * 2
