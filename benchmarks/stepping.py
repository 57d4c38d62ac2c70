"""A step of a network of full size: against diffusers, and against the machine's own limit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.options import Shape
from benchmarks.plot import Point, draw
from benchmarks.rivals import RIVALS
from benchmarks.rows import Row, megabytes, ratios
from benchmarks.trial import run_trial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.options import Options

DIFFUSERS, OURS = "diffusers", "Velatura"

AGAINST = ("channels-last", "compiled", "openvino")
"""Who can take part beside diffusers, in this order."""

FASTER = 1 / 1.1
"""Of the seconds that diffusers takes."""

OF_LIMIT = 1 / 0.75
"""Of the seconds that the step's operations take at the speed of a matrix product."""

GROWTH = ((128, 1), (192, 1), (256, 1), (384, 1), (512, 1), (128, 4), (256, 4), (128, 8))
"""Side of the square picture, and how many at once, of the plot."""

PLOT = Path(__file__).with_name("growth.svg")


def stepping(options: Options) -> list[Row]:
    """Steps of each shape, all contestants in turn in one process for each shape."""
    others = [RIVALS[key].label for key in AGAINST if key in options.against]
    names = [DIFFUSERS, OURS, *others]
    rows: list[Row] = []
    for shape in options.shapes:
        figures = _trial(names, shape, options.repeats)
        rows += step_rows(figures, names, str(shape), options.repeats)
    return rows


def growth(options: Options) -> list[Row]:
    """How Velatura's seconds grow with a picture's size and with their number; draws the plot."""
    points: list[Point] = []
    for side, batch in GROWTH:
        figures = _trial([OURS], Shape(width=side, height=side, batch=batch), options.repeats)
        seconds = min(figures[f"{OURS}, {turn}"] for turn in range(options.repeats))
        points.append(Point(side=side, batch=batch, seconds=seconds))
    PLOT.write_text(draw(points), encoding="utf-8")
    return [
        Row(
            what=f"A step of {point.batch} of {point.side}×{point.side}",
            values=[point.seconds],
            unit="s",
        )
        for point in points
    ]


def _trial(names: Sequence[str], shape: Shape, rounds: int) -> dict[str, float]:
    told = {
        "names": names,
        "size": (shape.width, shape.height),
        "batch": shape.batch,
        "rounds": rounds,
    }
    return run_trial("stepping", json.dumps(told)).figures


def step_rows(
    figures: Mapping[str, float], names: Sequence[str], shape: str, rounds: int
) -> list[Row]:
    """Everyone's seconds, and what those of Velatura mean.

    Args:
        figures: What the trial measured.
        names: Who took part.
        shape: What was painted, as it is written.
        rounds: How many turns everyone took.
    """
    seconds = {n: [figures[f"{n}, {turn}"] for turn in range(rounds)] for n in names}
    worked = {n: [figures[f"{n}, {turn}, processor"] for turn in range(rounds)] for n in names}
    ours = seconds[OURS]
    limit = [figures["operations"] / figures[f"product, {turn}"] for turn in range(rounds)]
    rows = [
        Row(what=f"A step of {shape}, {name}", values=seconds[name], unit="s") for name in names
    ]
    for name in names:
        if name == OURS:
            continue
        bar = FASTER if name == DIFFUSERS else None
        what = f"... Velatura over {name}"
        rows.append(Row(what=what, values=ratios(ours, seconds[name]), unit="×", bar=bar))
        over = ratios(worked[OURS], worked[name])
        rows.append(Row(what="... in processor time", values=over, unit="×"))
    over = ratios(ours, limit)
    rows.append(Row(what="... over a matrix product's time", values=over, unit="×", bar=OF_LIMIT))
    for name in names:
        first, more = [figures[f"{name}, first"]], [figures[f"{name}, memory"]]
        rows.append(Row(what=f"The first step, {name}", values=first, unit="s"))
        rows.append(Row(what="... memory it took beside", values=megabytes(more), unit="MB"))
    return rows
