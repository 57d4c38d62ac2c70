"""How far a job is, and how long it will still take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.jobs.job import Progress
from velatura.records import Painting, hires_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.records import Request, Step


class Gauge:
    """Follows a request's steps.

    The share is that of the steps: those of a larger second pass count as much as the others, as
    in A1111. The time left is what the share done since this run began took, carried forward.

    Args:
        request: What is made.
        clock: Seconds from any moment on.
    """

    def __init__(self, request: Request, clock: Callable[[], float]) -> None:
        self._request = request
        self._clock = clock
        self._began: tuple[float, float] | None = None

    def read(self, step: Step, pictures: int) -> Progress:
        """How far the job is after a step.

        Args:
            step: The step.
            pictures: Pictures finished before it.
        """
        share = min(1.0, self._share(step, pictures))
        return Progress(
            phase=step.phase,
            step=step.index,
            steps=step.total,
            share=share,
            left_s=self._left_s(share),
        )

    def _share(self, step: Step, pictures: int) -> float:
        done = step.index / max(1, step.total)
        if not isinstance(self._request, Painting):
            return done
        hires = hires_of(self._request)
        if hires:
            second = hires.steps or self._request.steps
            first = self._request.steps / (self._request.steps + second)
            done = first + (1 - first) * done if step.phase == "hires" else first * done
        together = 1 if step.denoised is None else step.denoised.shape[0]
        total = self._request.batch_size * self._request.batch_count
        return (pictures + together * done) / total

    def _left_s(self, share: float) -> float | None:
        now = self._clock()
        if self._began is None or share < self._began[1]:
            self._began = now, share
        began, before = self._began
        if share <= before:
            return None
        return (now - began) / (share - before) * (1 - share)
