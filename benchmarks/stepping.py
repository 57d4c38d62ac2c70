"""A step of a network of full size: against diffusers, and against the machine's own limit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.plot import Point, draw
from benchmarks.rows import Row, ratios
from benchmarks.trial import run_trial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.options import Options

RIVALS = ("diffusers", "diffusers, channels last")
COMPILED = "diffusers, compiled"

SIZES = ((512, 512), (512, 832))

FASTER = 1 / 1.1
"""Of the seconds that diffusers takes."""

OF_LIMIT = 1 / 0.75
"""Of the seconds that the step's operations take at the speed of a matrix product."""

GROWTH = ((128, 1), (192, 1), (256, 1), (384, 1), (512, 1), (128, 4), (256, 4), (128, 8))
"""Side of the square picture, and how many at once, of the plot."""

PLOT = Path(__file__).with_name("growth.svg")


def stepping(options: Options) -> list[Row]:
    """Steps at two sizes, all contestants in turn in one process for each size."""
    names = [RIVALS[0], "Velatura", *RIVALS[1:], *([COMPILED] if options.compiled else [])]
    rows: list[Row] = []
    for size in SIZES:
        told = {"names": names, "size": size, "rounds": options.repeats}
        figures = run_trial("stepping", json.dumps(told)).figures
        rows += step_rows(figures, names, f"{size[0]}×{size[1]}", options.repeats)
    return rows


def growth(options: Options) -> list[Row]:
    """How Velatura's seconds grow with a picture's size and with their number; draws the plot."""
    points: list[Point] = []
    for side, batch in GROWTH:
        told = {
            "names": ["Velatura"],
            "size": (side, side),
            "batch": batch,
            "rounds": options.repeats,
        }
        figures = run_trial("stepping", json.dumps(told)).figures
        seconds = min(figures[f"Velatura, {turn}"] for turn in range(options.repeats))
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


def step_rows(
    figures: Mapping[str, float], names: Sequence[str], size: str, rounds: int
) -> list[Row]:
    """Everyone's seconds, and what those of Velatura mean.

    Args:
        figures: What the trial measured.
        names: Who took part.
        size: Of the picture, as it is written.
        rounds: How many turns everyone took.
    """
    seconds = {n: [figures[f"{n}, {turn}"] for turn in range(rounds)] for n in names}
    worked = {n: [figures[f"{n}, {turn}, processor"] for turn in range(rounds)] for n in names}
    ours = seconds["Velatura"]
    limit = [figures["operations"] / figures[f"product, {turn}"] for turn in range(rounds)]
    rows = [Row(what=f"A step of {size}, {name}", values=seconds[name], unit="s") for name in names]
    for name in names:
        if name == "Velatura":
            continue
        bar = FASTER if name == RIVALS[0] else None
        what = f"... Velatura over {name}"
        rows.append(Row(what=what, values=ratios(ours, seconds[name]), unit="×", bar=bar))
        over = ratios(worked["Velatura"], worked[name])
        rows.append(Row(what="... in processor time", values=over, unit="×"))
    over = ratios(ours, limit)
    rows.append(Row(what="... over a matrix product's time", values=over, unit="×", bar=OF_LIMIT))
    first = [figures["Velatura, first"]]
    rows.append(Row(what="... the first, weights rearranged", values=first, unit="s"))
    return rows
