"""What it costs to run a workflow again after a change to its last stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.rows import Row
from benchmarks.trial import run_trial
from velatura.models.embedded import embedded_checkpoints

if TYPE_CHECKING:
    from benchmarks.options import Options


def rerunning(options: Options) -> list[Row]:
    """Six stages with the embedded checkpoint: four pictures, repainted, repaired, enlarged."""
    if not embedded_checkpoints():
        return []
    trials = [run_trial("rerunning").figures for _ in range(options.repeats)]
    over = [(each["again"] - each["last"]) / each["full"] * 100 for each in trials]
    return [
        Row(what="Workflow of six stages, in full", values=_of(trials, "full"), unit="s"),
        Row(what="... again, last stage changed", values=_of(trials, "again"), unit="s"),
        Row(what="... of which that stage", values=_of(trials, "last"), unit="s"),
        Row(what="... all else, of the full time", values=over, unit="%", bar=2),
        Row(what="... stages made again", values=_of(trials, "made"), unit="", bar=1),
    ]


def _of(trials: list[dict[str, float]], name: str) -> list[float]:
    return [figures[name] for figures in trials]
