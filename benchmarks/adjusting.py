"""How fast levels and curves go over a picture of 24 megapixels, and against Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.rows import Row, ratios
from benchmarks.trial import run_trial

if TYPE_CHECKING:
    from benchmarks.options import Options

NAMES = {
    "value": "Levels and curves, 24 megapixels",
    "channel": "Levels of red and curves, 24 megapixels",
}

THREE_TIMES = 0.333
"""Our time over another's, where we are three times as fast."""


def adjusting(options: Options) -> list[Row]:
    """Two adjustments folded into one look-up, and the same as two of Pillow's points."""
    trials = [run_trial("adjusting") for _ in range(options.repeats)]
    rows: list[Row] = []
    for name, what in NAMES.items():

        def all_of(which: str, name: str = name) -> list[float]:
            return [trial.figures[f"{name}, {which}"] for trial in trials]

        ours, theirs = all_of("ours"), all_of("Pillow")
        spent = all_of("ours, processor"), all_of("Pillow, processor")
        bar = THREE_TIMES if name == "value" else None
        rows += [
            Row(what=what, values=ours, unit="s", bar=0.15),
            Row(what="... in processor time, of two cores", values=spent[0], unit="s"),
            Row(what="... by Pillow, point after point", values=theirs, unit="s"),
            Row(what="... over Pillow", values=ratios(ours, theirs), unit="×", bar=bar),
            Row(what="... in processor time", values=ratios(*spent), unit="×"),
        ]
    return rows
