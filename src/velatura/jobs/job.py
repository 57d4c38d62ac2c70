"""What the queue holds and tells: jobs, how far they are, events, pauses, workers.

Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from velatura.metadata import request_from_json

if TYPE_CHECKING:
    from velatura.library.index.entry import Find
    from velatura.records import Request


class Status(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    """It waits for its turn; perhaps it was begun before and goes on from there."""

    RUNNING = "running"
    """A worker is at it."""

    DONE = "done"
    """All its pictures are written."""

    FAILED = "failed"
    """It cannot be carried out, or killed its worker again and again; it may be tried again."""

    CANCELLED = "cancelled"
    """Its owner gave it up; pictures finished before stay. It may be tried again."""


FINAL = frozenset({Status.DONE, Status.FAILED, Status.CANCELLED})
"""A job in one of these waits for nothing."""

Wish = Literal["", "cancel", "park"]
"""What a running job is asked to do after the step in hand; a parked one goes on later."""

EventKind = Literal[
    "submitted",  # told: kind, priority
    "moved",  # told: priority
    "started",  # told: worker
    "picture",  # told: place, id, path, width, height, seam, remarks
    "stopping",  # a running job is asked to; told: wish
    "parked",  # back in the queue, to go on later
    "orphaned",  # back in the queue, as its worker died; told: how
    "done",
    "failed",  # told: kind, message
    "cancelled",
    "retried",
    "paused",  # the queue, not a job; told: cause, reason
    "resumed",  # the queue, not a job; told: cause
]

PauseCause = Literal["user", "disk"]
"""Who paused the queue; it goes on when nobody does any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is.

    Attributes:
        phase: Which part of the work, as in :class:`~velatura.records.Step`; empty before it.
        step: Steps done in this part.
        steps: Steps this part takes.
        share: Of the whole job, from 0 to 1.
        left_s: Seconds it will probably take from here; None where nothing can be said yet.
    """

    phase: str = ""
    step: int = 0
    steps: int = 0
    share: float = 0.0
    left_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPicture:
    """A picture that a job made.

    Attributes:
        place: Which of the job's pictures, from 0.
        id: SHA-256 of its size and pixels, in hex.
        path: Its file, relative to the folder of pictures, with forward slashes.
        width: In pixels.
        height: In pixels.
        seam: How well what was painted fits, see :class:`~velatura.records.Picture`.
        remarks: What its maker should know, a sentence each.
        find: What the library is told when it is recorded; None where it was recorded before.
    """

    place: int
    id: str
    path: str
    width: int
    height: int
    seam: float | None = None
    remarks: tuple[str, ...] = ()
    find: Find | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job failed.

    Attributes:
        kind: Name of the error's class in :mod:`velatura.errors`.
        message: What was wrong, what was expected, what to do.
        field: The request's field that is to blame, or empty.
    """

    kind: str
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request in the queue, as it stood when it was read.

    Attributes:
        id: 32 hex digits, drawn at random.
        number: Counts up as jobs are submitted; the newest has the largest.
        owner: The client it belongs to.
        key: The client's idempotency key; None where it gave none.
        request_json: What to make, complete but for the models' names.
        kind: The request's kind.
        status: Where it stands.
        wish: What it was asked to do while running.
        priority: Higher ones go first.
        place: Among those of its priority; lower ones go first.
        progress: How far it is.
        pictures: What it has made so far.
        submitted: When it was acknowledged.
        started: When it was last taken up.
        finished: When it reached its end.
        worker: Who runs it, or did last.
        run: How often it was taken up.
        deaths: Workers that died at it since it last got on.
        failure: Why it failed.
        seconds: That workers spent on it, once it was left or ended.
        peak_bytes: The most memory that its last worker had meanwhile; None where unknown.
    """

    id: str
    number: int
    owner: str
    key: str | None
    request_json: str
    kind: str
    status: Status
    wish: Wish
    priority: int
    place: int
    progress: Progress
    pictures: tuple[JobPicture, ...]
    submitted: float
    started: float | None
    finished: float | None
    worker: str | None
    run: int
    deaths: int
    failure: Failure | None
    seconds: float = 0.0
    peak_bytes: int | None = None

    @property
    def request(self) -> Request:
        """What to make; its bitmaps are only remembered."""
        return request_from_json(self.request_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of many jobs.

    Attributes:
        jobs: In the order asked for.
        next: Ask with this for those that follow; empty at the end.
    """

    jobs: tuple[Job, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, as the journal keeps it.

    Attributes:
        id: Counts up; who has seen this one has seen all before it.
        at: When.
        kind: What.
        job: Id of the job; empty where the whole queue is concerned.
        owner: Whose job; empty likewise.
        told: More about it.
    """

    id: int
    at: float
    kind: str
    job: str
    owner: str
    told: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why no job is taken up.

    Attributes:
        cause: Who paused the queue.
        since: When.
        reason: In a sentence.
    """

    cause: PauseCause
    since: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """A worker, as it was last heard of.

    Attributes:
        name: What it is called.
        process: Its process id.
        started: When.
        seen: When it last said that it lives.
        job: Id of the job it is at, or empty.
    """

    name: str
    process: int
    started: float
    seen: float
    job: str
