"""What tiles and rounding cost beside the network's own time, and how much memory they bound."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from benchmarks.rows import Row, megabytes, ratios
from benchmarks.trial import run_trial

if TYPE_CHECKING:
    from benchmarks.options import Options

NETWORKS = ("R-ESRGAN 4x+", "R-ESRGAN 4x+ Anime6B")

LARGE = (
    ("R-ESRGAN 4x+", "4", "4096×4096 to 16384×16384 by R-ESRGAN 4x+, two tiles of 676 real: peak"),
    ("R-ESRGAN 4x+", "3.5", "... to 14336×14336, with a last Lanczos pass: peak"),
    ("Lanczos", "4", "4096×4096 to 16384×16384 by Lanczos: peak"),
)
"""Upscaler, factor, and what it is."""


def upscaling(options: Options) -> list[Row]:
    """A portrait by each network, both ways in turn; then a large picture's memory."""
    rows: list[Row] = []
    for label in NETWORKS:
        threads = str(os.cpu_count() or 1)
        runs = [run_trial("upscaling", label, threads).figures for _ in range(options.repeats)]
        both = [[run[name] for run in runs] for name in ("ours", "plain")]
        processor = [[run[f"{name}, processor"] for run in runs] for name in ("ours", "plain")]
        rows += [
            Row(
                what=f"128×208 to 512×832 by {label}",
                values=[seconds / 2 for seconds in both[0]],
                unit="s",
            ),
            Row(
                what="... over a plain call of the network",
                values=ratios(*both),
                unit="×",
                bar=1.05,
            ),
            Row(what="... in processor time", values=ratios(*processor), unit="×"),
        ]
    for label, factor, what in LARGE:
        peaks = [run_trial("enlarging", label, factor).figures["peak"]]
        rows.append(Row(what=what, values=megabytes(peaks), unit="MB", bar=3000))
    return rows
