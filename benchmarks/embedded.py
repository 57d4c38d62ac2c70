"""How fast the checkpoint that comes with Velatura paints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.rows import Row
from benchmarks.trial import Trial, run_trial
from velatura.models.embedded import embedded_checkpoints

if TYPE_CHECKING:
    from benchmarks.options import Options


def embedded(options: Options) -> list[Row]:
    """A batch of four once loaded, and the first step and picture of fresh processes."""
    if not embedded_checkpoints():
        return []
    tall, square = (_trials(shape, options.repeats) for shape in ("tall", "square"))
    return [
        Row(
            what="4 pictures of 128×208, 25 steps, once loaded",
            values=[trial.figures["batch"] for trial in tall],
            unit="s",
            bar=15,
        ),
        Row(
            what="Process start to first step",
            values=_since_start(tall, "first step"),
            unit="s",
            bar=5,
        ),
        Row(
            what="Process start to first picture of one, 25 steps",
            values=_since_start(tall, "first picture"),
            unit="s",
        ),
        Row(
            what="Process start to first picture of 128×128, 20 steps",
            values=_since_start(square, "first picture"),
            unit="s",
            bar=8,
        ),
        Row(
            what="A picture of 128×128, 20 steps, once loaded",
            values=[trial.figures["batch"] for trial in square],
            unit="s",
            bar=3,
        ),
    ]


def _trials(shape: str, repeats: int) -> list[Trial]:
    return [run_trial("embedded_painting", shape) for _ in range(repeats)]


def _since_start(trials: list[Trial], moment: str) -> list[float]:
    return [trial.figures[moment] - trial.began for trial in trials]
