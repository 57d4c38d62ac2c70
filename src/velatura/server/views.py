"""What clients see of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from velatura.jobs import Job, JobPicture, Page, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """How far a job is: ``share`` of the whole from 0 to 1; ``left_s`` is a guess, or null."""

    phase: str
    step: int
    steps: int
    share: float
    left_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A finished picture; its file is at ``/api/pictures/{id}/file``.

    ``seam`` tells how much the colours of what was painted differ from those around it (mean CIE
    1976 difference along the mask's edge; below 2 no eye sees it), or null without such an edge.
    """

    id: str
    place: int
    width: int
    height: int
    seam: float | None
    remarks: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    """Why a job failed: the kind of error, what to do about it, and the field to blame."""

    kind: str
    message: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job. Times are seconds since 1970, UTC; ``wish`` is what a running one is asked to do.

    ``seconds`` workers spent on it so far, and ``peak_bytes`` of memory the last one had at most:
    both are told when it ends or is left for a while.
    """

    id: str
    number: int
    kind: str
    status: Status
    wish: str
    priority: int
    key: str | None
    request: dict[str, Any]
    progress: ProgressView
    pictures: list[PictureView]
    submitted: float
    started: float | None
    finished: float | None
    failure: FailureView | None
    seconds: float
    peak_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """Some of many jobs; ask with ``next`` as the cursor for those that follow."""

    jobs: list[JobView]
    next: str


def view_job(job: Job) -> JobView:
    """A job as clients see it."""
    why = job.failure
    return JobView(
        id=job.id,
        number=job.number,
        kind=job.kind,
        status=job.status,
        wish=job.wish,
        priority=job.priority,
        key=job.key,
        request=from_json(job.request_json),
        progress=view_progress(job),
        pictures=[view_picture(each) for each in job.pictures],
        submitted=job.submitted,
        started=job.started,
        finished=job.finished,
        failure=FailureView(kind=why.kind, message=why.message, field=why.field) if why else None,
        seconds=job.seconds,
        peak_bytes=job.peak_bytes,
    )


def view_progress(job: Job) -> ProgressView:
    """How far a job is."""
    at = job.progress
    return ProgressView(
        phase=at.phase, step=at.step, steps=at.steps, share=at.share, left_s=at.left_s
    )


def view_picture(made: JobPicture) -> PictureView:
    """A picture of a job."""
    return PictureView(
        id=made.id,
        place=made.place,
        width=made.width,
        height=made.height,
        seam=made.seam,
        remarks=list(made.remarks),
    )


def view_page(page: Page) -> PageView:
    """A page of jobs."""
    return PageView(jobs=[view_job(job) for job in page.jobs], next=page.next)
