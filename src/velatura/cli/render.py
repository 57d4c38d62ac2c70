"""How running work looks at a terminal: a progress bar on stderr, results on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from velatura.cli.terminal import terminal
from velatura.records import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.progress import Task

    from velatura.records import Phase

T = TypeVar("T")

PHASES: dict[Phase, str] = {
    "first": "sampling",
    "hires": "hires pass",
    "upscale": "enlarging",
    "faces": "faces",
}
"""Phases of the work in words."""


class SecondsPerStep(ProgressColumn):
    """Seconds one step takes, over the last steps."""

    def render(self, task: Task) -> Text:
        """The figure, or dashes while there is none."""
        speed = task.finished_speed or task.speed
        return Text(f"{1 / speed:.2f} s/step" if speed else "-.-- s/step", style="cyan")


def with_progress(events: Iterable[Step | T], *, unit: str = "batch") -> Iterator[T]:
    """The pictures among the events, as they are finished; the steps move a bar on stderr.

    The bar starts afresh for each batch and each pass. It is taken away while a picture is handed
    over, so that the caller has standard output to itself; where standard error is no terminal
    there is none.

    Args:
        events: Steps, and results of any kind.
        unit: What is numbered beside the bar.
    """
    console = terminal(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        SecondsPerStep(),
        TextColumn("ETA"),
        TimeRemainingColumn(compact=True),
    )
    is_hidden = not console.is_terminal
    progress = Progress(*columns, console=console, transient=True, disable=is_hidden)
    with progress:
        bar = progress.add_task("loading", total=None)
        current = None
        for event in events:
            if not isinstance(event, Step):
                progress.stop()
                yield event
                progress.start()
                continue
            if (event.batch, event.phase) != current:
                current = (event.batch, event.phase)
                place = f"{unit} {event.batch + 1} · {PHASES[event.phase]}"
                progress.reset(bar, total=event.total, description=place)
            progress.update(bar, completed=event.index, total=event.total)
