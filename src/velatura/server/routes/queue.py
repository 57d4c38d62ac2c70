"""``/api/queue``: the queue as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from velatura.jobs import Status
from velatura.server.bodies import Body, no_more, take
from velatura.server.routes.jobs import json_body
from velatura.server.studio import Studio, StudioDep

router = APIRouter(prefix="/api/queue", tags=["jobs"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseView:
    """Why no job is taken up: who paused the queue, since when, and the reason in a sentence."""

    cause: str
    since: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """How the queue is: jobs by status, and its pauses; empty where jobs are taken up."""

    counts: dict[Status, int]
    pauses: list[PauseView]


PAUSE = {
    "reason": {"type": "string", "maxLength": 200},
    "now": {"type": "boolean", "description": "Have running jobs make way, to go on later."},
}


@router.get("")
def show(studio: StudioDep) -> QueueView:
    """How many jobs there are, and whether they are taken up."""
    return _view(studio)


@router.post("/pause", openapi_extra=json_body(PAUSE, []))
def pause(body: Body, studio: StudioDep) -> QueueView:
    """Take up no more jobs."""
    reason: str = take(body, "reason", str, "")
    now: bool = take(body, "now", bool, False)
    no_more(body)
    studio.queue.pause(reason[:200], now=now)
    return _view(studio)


@router.post("/resume")
def resume(studio: StudioDep) -> QueueView:
    """Take jobs up again."""
    studio.queue.resume()
    return _view(studio)


def _view(studio: Studio) -> QueueView:
    pauses = studio.queue.pauses
    return QueueView(
        counts=studio.queue.counts(),
        pauses=[PauseView(cause=it.cause, since=it.since, reason=it.reason) for it in pauses],
    )
