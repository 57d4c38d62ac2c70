"""A grid: one request with up to three settings varied, each along an axis of its own.

Columns are the values of x, rows those of y, pages those of z. A cell's request is the base with
its values of x, y and z set, in this order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Literal

from velatura.compare.axis import Axis
from velatura.compare.comparison import Cell, Comparison, Label, check_area, picture_area
from velatura.errors import RequestError, concerning
from velatura.pipelines.seeds import complete_seeds
from velatura.records import Painting, Variation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from velatura.compare.axis import Value
    from velatura.compare.comparison import Heading
    from velatura.records import Request

Side = Literal["x", "y", "z"]
Axes = dict[Side, Axis | None]
Numbers = dict[Side, int]
Facts = tuple[tuple[str, str], ...]

SIDES: tuple[Side, ...] = ("x", "y", "z")
SEEDS = ("seed", "variation.seed")
"""Fields whose -1 stands for a random number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What to vary.

    Attributes:
        base: The request that is varied; it makes one picture.
        x: Varied from column to column; None leaves one column.
        y: Varied from row to row.
        z: Varied from page to page.
        vary_seeds: Sides along which each step also takes the next seed, so that no two cells have
            the same where all sides are named.
        keep_random: A seed of -1 is drawn anew for each cell, rather than once for all.
    """

    base: Request
    x: Axis | None = None
    y: Axis | None = None
    z: Axis | None = None
    vary_seeds: frozenset[Side] = frozenset()
    keep_random: bool = False


def plan_grid(grid: Grid, draw_seed: Callable[[], int]) -> Comparison:
    """The cells of a grid, in an order in which the dearest axis changes least often.

    Args:
        grid: What to vary.
        draw_seed: Gives a random seed; each that is needed is drawn once.

    Raises:
        RequestError: a value cannot be set in the request, or the grid is too large.
    """
    axes: Axes = {side: getattr(grid, side) for side in SIDES}
    if not grid.keep_random:
        axes = {side: _with_drawn_seeds(axis, draw_seed) for side, axis in axes.items()}
    base = _settled(grid, [axis for axis in axes.values() if axis], draw_seed)
    counts: Numbers = {side: len(axis.values) if axis else 1 for side, axis in axes.items()}
    check_area(prod(counts.values()) * picture_area(base))
    cells = tuple(
        Cell(
            column=place["x"],
            row=place["y"],
            page=place["z"],
            request=_reseeded(_applied(base, axes, place), grid, place, counts),
        )
        for place in _places(axes, counts)
    )
    given = {side: _facts(side, grid, axes[side]) for side in SIDES}
    return Comparison(
        columns=_headings(axes["x"]),
        rows=_headings(axes["y"]),
        pages=_headings(axes["z"]),
        cells=cells,
        facts=(("Script", "X/Y/Z plot"), *given["x"], *given["y"]),
        page_facts=given["z"],
    )


def _with_drawn_seeds(axis: Axis | None, draw_seed: Callable[[], int]) -> Axis | None:
    if axis is None or axis.field not in SEEDS:
        return axis
    values = tuple(draw_seed() if value == -1 else value for value in axis.values)
    return replace(axis, values=values)


def _settled(grid: Grid, axes: list[Axis], draw_seed: Callable[[], int]) -> Request:
    """The base with one seed for all cells, and with a variation where an axis varies that."""
    base = grid.base
    if not isinstance(base, Painting):
        return base
    if base.variation is None and any(axis.field.startswith("variation.") for axis in axes):
        base = replace(base, variation=Variation())
    return base if grid.keep_random else complete_seeds(base, draw_seed)


def _places(axes: Axes, counts: Numbers) -> Iterator[Numbers]:
    """Every place, as its number along each side. Of equally dear axes z is outermost, then y."""

    def cost(side: Side) -> float:
        axis = axes[side]
        return axis.type.cost if axis else 0.0

    outermost_first: tuple[Side, ...] = ("z", "y", "x")
    order = sorted(outermost_first, key=cost, reverse=True)
    for numbers in product(*(range(counts[side]) for side in order)):
        yield dict(zip(order, numbers, strict=True))


def _applied(base: Request, axes: Axes, place: Numbers) -> Request:
    request = base
    for side, axis in axes.items():
        if axis is not None:
            value = axis.values[place[side]]
            request = _with_value(request, axis, value, side)
    return request


def _with_value(request: Request, axis: Axis, value: Value, side: Side) -> Request:
    """The request with a value, or an error that tells which and along which side."""
    try:
        return axis.apply(request, value)
    except RequestError as error:
        error.args = (f"{axis.label(value)!r}: {error}",)
        error.field = side
        raise


def _reseeded(request: Request, grid: Grid, place: Numbers, counts: Numbers) -> Request:
    """The request with its seed moved on along the sides where seeds are varied."""
    if not grid.vary_seeds or not isinstance(request, Painting) or request.seed == -1:
        return request
    moved, stride = 0, 1
    for side in SIDES:
        if side in grid.vary_seeds:
            moved += place[side] * stride
            stride *= counts[side]
    with concerning("vary_seeds"):
        return replace(request, seed=request.seed + moved)


def _headings(axis: Axis | None) -> tuple[Heading, ...]:
    if axis is None:
        return ((),)
    return tuple((Label(axis.label(value)),) for value in axis.values)


def _facts(side: Side, grid: Grid, used: Axis | None) -> Facts:
    """What an infotext tells of an axis; the seeds that were drawn for it, too."""
    if used is None:
        return ()
    name = side.upper()
    told = ((f"{name} Type", used.type.label), (f"{name} Values", used.text))
    if used.field not in SEEDS or grid.keep_random:
        return told
    return (*told, (f"Fixed {name} Values", ", ".join(map(str, used.values))))
