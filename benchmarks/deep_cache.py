"""What it saves to use the network's inner features again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.rows import Row, ratios
from benchmarks.trial import run_trial

if TYPE_CHECKING:
    from benchmarks.options import Options


def deep_cache(options: Options) -> list[Row]:
    """A step that begins with kept features, against a whole one, for each shape."""
    rows: list[Row] = []
    for shape in options.shapes:
        told = {"size": (shape.width, shape.height), "rounds": options.repeats}
        figures = run_trial("deep_cache", json.dumps(told)).figures
        whole, kept = (
            [figures[f"{name}, {turn}"] for turn in range(options.repeats)]
            for name in ("whole", "kept")
        )
        rows += [
            Row(what=f"A step of {shape.width}×{shape.height}", values=whole, unit="s"),
            Row(what="... with inner features kept, over it", values=ratios(kept, whole), unit="×"),
        ]
    return rows
