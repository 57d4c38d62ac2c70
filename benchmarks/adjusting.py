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
        ours = [trial.figures[f"{name}, ours"] for trial in trials]
        theirs = [trial.figures[f"{name}, Pillow"] for trial in trials]
        bar = THREE_TIMES if name == "value" else None
        rows += [
            Row(what=what, values=ours, unit="s", bar=0.15),
            Row(what="... by Pillow, point after point", values=theirs, unit="s"),
            Row(what="... over Pillow", values=ratios(ours, theirs), unit="×", bar=bar),
        ]
    return rows
