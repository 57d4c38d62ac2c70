"""A1111's blocking calls on our queue: jobs submitted, waited for, interrupted, told how far.

Every call goes through the same queue as all else; the picture it gives is the one its jobs made.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura import errors
from velatura.jobs import Status
from velatura.library import open_picture
from velatura.records import Picture
from velatura.server.routes.pictures import picture_bytes

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from velatura.jobs import Failure, Job
    from velatura.records import Request
    from velatura.server.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished picture.

    Attributes:
        data: Its file.
        picture: Its pixels, its complete request, its models.
        infotext: What its file tells in A1111's words.
        submitted: When its job was acknowledged, seconds since 1970.
    """

    data: bytes
    picture: Picture
    infotext: str
    submitted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a call is.

    Attributes:
        share: From 0 to 1.
        left_s: Seconds it will probably take from here.
        jobs: How many jobs it has.
        done: How many of them are at their end.
        step: Steps done in the running job's phase.
        steps: Steps of that phase.
        running: Id of the running job, or empty.
    """

    share: float
    left_s: float
    jobs: int
    done: int
    step: int
    steps: int
    running: str


class Call:
    """One blocking call, and the jobs that it has put into the queue.

    Args:
        studio: The server's parts.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._began = time.monotonic()
        self._jobs: list[str] = []
        self._planned = 0
        self.is_interrupted = False

    async def paint(self, requests: Sequence[Request]) -> list[list[Made]]:
        """The pictures of each request; none where the call was interrupted before.

        Raises:
            VelaturaError: a request is refused, or its job failed.
        """
        painted = await self.paint_each(requests)
        for made in painted:
            if isinstance(made, errors.VelaturaError):
                raise made
        return [made for made in painted if not isinstance(made, errors.VelaturaError)]

    async def paint_each(
        self, requests: Sequence[Request]
    ) -> list[list[Made] | errors.VelaturaError]:
        """The pictures of each request, or why its job failed.

        The jobs are submitted together: all of them, or none. Should the server be stopped while
        they are waited for, they stay in the queue.

        Raises:
            VelaturaError: a request is refused; nothing is painted.
        """
        for request in requests:
            await asyncio.to_thread(self._studio.check, request)
        self._planned = max(self._planned, len(self._jobs) + len(requests))
        if self.is_interrupted:
            return []
        jobs = await asyncio.to_thread(self._studio.queue.submit_all, requests)
        self._jobs += [job.id for job in jobs]
        ended = {job.id: job async for job in self._studio.hub.follow({job.id for job in jobs})}
        return await asyncio.to_thread(lambda: [self._outcome(ended[job.id]) for job in jobs])

    def plan(self, jobs: int) -> None:
        """Say how many jobs there will be, where they come one after another."""
        self._planned = jobs

    def interrupt(self) -> None:
        """Give up what is not done; finished pictures are still given."""
        self.is_interrupted = True
        for job_id in self._jobs:
            with suppress(errors.JobError):  # it is at its end
                self._studio.queue.cancel(job_id)

    def standing(self) -> Standing:
        """How far it is."""
        jobs = [self._studio.queue.get(job_id) for job_id in self._jobs]
        done = sum(job.finished is not None for job in jobs)
        running = next((job for job in jobs if job.status == Status.RUNNING), None)
        total = max(self._planned, len(jobs), 1)
        share = (done + (running.progress.share if running else 0.0)) / total
        passed = time.monotonic() - self._began
        return Standing(
            share=min(1.0, share),
            left_s=passed / share - passed if share else 0.0,
            jobs=total,
            done=done,
            step=running.progress.step if running else 0,
            steps=running.progress.steps if running else 0,
            running=running.id if running else "",
        )

    def _outcome(self, job: Job) -> list[Made] | errors.VelaturaError:
        if job.failure:
            return error_of(job.failure)
        return [made_of(self._studio, job, index) for index in range(len(job.pictures))]


class Calls:
    """The calls that are waited for; the oldest one is the one that clients ask about."""

    def __init__(self) -> None:
        self._active: list[Call] = []

    @property
    def current(self) -> Call | None:
        """The call in hand."""
        return self._active[0] if self._active else None

    @contextmanager
    def begun(self, studio: Studio) -> Generator[Call]:
        """A new call, known as long as it lasts."""
        call = Call(studio)
        self._active.append(call)
        try:
            yield call
        finally:
            self._active.remove(call)


def made_of(studio: Studio, job: Job, index: int) -> Made:
    """A finished picture of a job."""
    data = picture_bytes(studio, job, job.pictures[index])
    opened = open_picture(data)
    origin = opened.bitmap.origin
    request = origin.request if origin else job.request
    return Made(
        data=data,
        picture=Picture(
            pixels=opened.bitmap.array,
            request=request,
            models=origin.models if origin else (),
            remarks=opened.story.remarks,
            profile=opened.bitmap.profile,
        ),
        infotext=opened.story.text,
        submitted=job.submitted,
    )


def error_of(failure: Failure) -> errors.VelaturaError:
    """The error that a job ended with; those that know a position are told without it."""
    kind = getattr(errors, failure.kind, errors.EngineError)
    if issubclass(kind, errors.TextError):
        kind = errors.RequestError
    return kind(failure.message, field=failure.field)
