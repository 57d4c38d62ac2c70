"""How long the laps of a run took."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from velatura.records import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from velatura.forecast.laps import Lap
    from velatura.records import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A lap that was run.

    Attributes:
        lap: The lap.
        seconds: What it took.
        peak_bytes: The most memory that the process had in the run that the lap ended; None where
            nobody counts, and for other laps.
    """

    lap: Lap
    seconds: float
    peak_bytes: int | None = None


@dataclass(slots=True)
class Run:
    """A run that is being timed. What its caller does between two events does not count.

    Attributes:
        clock: Seconds from any moment on.
        peak_bytes: The most memory that the process has had.
    """

    clock: Callable[[], float]
    peak_bytes: Callable[[], int | None]
    _steps: dict[str, list[float]] = field(default_factory=dict[str, list[float]], init=False)
    _pictures: list[float] = field(default_factory=list[float], init=False)

    def follow(self, events: Iterator[Step | Picture]) -> Generator[Step | Picture]:
        """The same events, timed; who leaves these has left those."""
        try:
            while (event := self._next(events)) is not None:
                yield event
        finally:
            if close := getattr(events, "close", None):  # a generator has something to put away
                close()

    def _next(self, events: Iterator[Step | Picture]) -> Step | Picture | None:
        began = self.clock()
        event = next(events, None)
        took = self.clock() - began
        if isinstance(event, Picture):
            self._pictures.append(took)
        elif event is not None:
            self._steps.setdefault(event.phase, []).append(took)
        return event

    def laps(self, laps: tuple[Lap, ...]) -> list[Timed]:
        """The laps of the request that was run to its end, each with what it took."""
        peak = self.peak_bytes()
        if len(laps) == 1:
            return [Timed(lap=laps[0], seconds=self._whole(), peak_bytes=peak)]
        found: list[Timed] = []
        passes = zip(laps[:-1:2], laps[1:-1:2], strict=True)
        for (opening, sampling), steps in zip(passes, self._steps.values(), strict=False):
            usual = median(steps)  # the first one has the opening in it
            found.append(Timed(lap=opening, seconds=max(0.0, steps[0] - usual)))
            found.append(Timed(lap=sampling, seconds=usual * len(steps)))
        finished = Timed(lap=laps[-1], seconds=sum(self._pictures), peak_bytes=peak)
        return [*found, finished]

    def _whole(self) -> float:
        return sum(self._pictures) + sum(sum(steps) for steps in self._steps.values())
