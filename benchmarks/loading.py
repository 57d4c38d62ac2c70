"""What loading a large checkpoint takes: seconds, and memory beside the weights themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.rows import Row, megabytes
from benchmarks.trial import Trial, run_trial

if TYPE_CHECKING:
    from benchmarks.options import Options

TWICE = 1.1
"""Peak memory over file size beyond which part of a file must have been held twice."""


def loading(options: Options) -> list[Row]:
    """Load the large checkpoint in fresh processes."""
    trials = [run_trial("loading", str(options.checkpoint)) for _ in range(options.repeats)]
    size = options.checkpoint.stat().st_size

    def all_of(name: str) -> list[float]:
        return [trial.figures[name] for trial in trials]

    return [
        Row(what="Checkpoint file", values=megabytes([size]), unit="MB"),
        Row(
            what="Loading: peak resident memory over file size",
            values=[_resident(trial) / size for trial in trials],
            unit="×",
            bar=TWICE,
        ),
        Row(
            what="Loading: peak anonymous memory over file size",
            values=[_anonymous(trial) / size for trial in trials],
            unit="×",
        ),
        Row(
            what="... what the process held before",
            values=megabytes(all_of("resident before")),
            unit="MB",
            note="resident; not counted in the ratios",
        ),
        Row(what="Loading: read and build", values=all_of("loading"), unit="s"),
        Row(what="Loading: SHA-256, at first meeting", values=all_of("hashing"), unit="s"),
    ]


def _resident(trial: Trial) -> float:
    """Growth to the peak of all pages, those of mapped files included."""
    return trial.figures["resident peak"] - trial.figures["resident before"]


def _anonymous(trial: Trial) -> float:
    """Growth to the most that was seen of the process's own memory."""
    peak = max(trial.peak_anonymous, trial.figures["anonymous after"])
    return peak - trial.figures["anonymous before"]
