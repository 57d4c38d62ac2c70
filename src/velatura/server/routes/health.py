"""``/api/health`` and ``/metrics``: how the server is."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from velatura.errors import DatabaseError
from velatura.jobs import Status
from velatura.server.studio import Studio, StudioDep
from velatura.version import __version__

router = APIRouter(tags=["health"])

TEXT = "text/plain; version=0.0.4; charset=utf-8"
"""The Prometheus text format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerView:
    """A worker: whether its process lives, how often it was started, how it ended last."""

    name: str
    alive: bool
    starts: int
    last_end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthView:
    """``ok`` where jobs are taken and done; else ``degraded``, with the reasons."""

    status: str
    version: str
    problems: list[str]
    workers: list[WorkerView]


@router.get("/api/health")
def health(studio: StudioDep, response: Response) -> HealthView:
    """How the server is; status 503 where it can take no jobs."""
    problems: list[str] = []
    try:
        problems += [f"the queue is paused: {it.reason or it.cause}" for it in studio.queue.pauses]
    except DatabaseError as error:
        problems.append(str(error))
        response.status_code = 503
    workers = [
        WorkerView(
            name=each.name,
            alive=each.process is not None,
            starts=each.starts,
            last_end=each.last_end,
        )
        for each in (studio.supervisor.health if studio.supervisor else ())
    ]
    problems += [f"worker {each.name} is not running" for each in workers if not each.alive]
    status = "degraded" if problems else "ok"
    return HealthView(status=status, version=__version__, problems=problems, workers=workers)


@router.get("/metrics", response_class=Response)
async def metrics(studio: StudioDep) -> Response:
    """Figures for Prometheus."""
    listeners = studio.hub.listeners
    return Response(await run_in_threadpool(_metrics, studio, listeners), media_type=TEXT)


def _metrics(studio: Studio, listeners: int) -> str:
    counts = studio.queue.counts()
    workers = studio.supervisor.health if studio.supervisor else ()
    lines = ["# HELP velatura_jobs Jobs by status.", "# TYPE velatura_jobs gauge"]
    lines += [f'velatura_jobs{{status="{it}"}} {counts.get(it, 0)}' for it in Status]
    lines += [
        "# HELP velatura_workers Worker processes that live.",
        "# TYPE velatura_workers gauge",
    ]
    lines.append(f"velatura_workers {sum(each.process is not None for each in workers)}")
    lines += [
        "# HELP velatura_worker_starts_total How often workers were started.",
        "# TYPE velatura_worker_starts_total counter",
        f"velatura_worker_starts_total {sum(each.starts for each in workers)}",
        "# HELP velatura_listeners Open streams of events.",
        "# TYPE velatura_listeners gauge",
        f"velatura_listeners {listeners}",
    ]
    return "\n".join(lines) + "\n"
