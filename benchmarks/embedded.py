"""How fast the checkpoint that comes with Velatura paints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.rows import Row
from benchmarks.trial import run_trial
from velatura.models.embedded import embedded_checkpoints

if TYPE_CHECKING:
    from benchmarks.options import Options


def embedded(options: Options) -> list[Row]:
    """A batch of four once loaded, and the first step and picture of a fresh process."""
    if not embedded_checkpoints():
        return []
    trials = [run_trial("embedded_painting") for _ in range(options.repeats)]

    def since_start(moment: str) -> list[float]:
        return [trial.figures[moment] - trial.began for trial in trials]

    return [
        Row(
            what="4 pictures of 128×208, 25 steps, once loaded",
            values=[trial.figures["batch"] for trial in trials],
            unit="s",
            bar=15,
        ),
        Row(what="Process start to first step", values=since_start("first step"), unit="s"),
        Row(
            what="Process start to first picture of one, 25 steps",
            values=since_start("first picture"),
            unit="s",
        ),
    ]
