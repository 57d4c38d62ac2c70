"""Jobs whose worker died: back into the queue, or to their end if workers keep dying of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from velatura.jobs.job import Status, WorkerState
from velatura.jobs.rows import SELECT_JOBS, append_event, read_jobs
from velatura.jobs.tables import jobs, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection

    from velatura.database import Database
    from velatura.jobs.job import Job

MOST_DEATHS = 5
"""Workers that may die at a job, one after another, without its getting further."""

LEASE_S = 30.0
"""A worker that was not heard of for so long is dead, wherever it runs."""


class Orphans:
    """Finds jobs that nobody is at any more.

    Args:
        database: Where the queue is.
        clock: Seconds since 1970.
        most_deaths: See :data:`MOST_DEATHS`.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float], most_deaths: int = MOST_DEATHS
    ) -> None:
        self._database = database
        self._clock = clock
        self._most_deaths = most_deaths

    def release(self, worker: str, how: str, *, is_death: bool = True) -> list[Job]:
        """Release the jobs of a worker that no longer lives.

        Args:
            worker: Its name.
            how: What became of it, for the journal.
            is_death: Whether the job may be to blame.

        Returns:
            The jobs, as they were.
        """
        with self._database.writing() as connection:
            found = _running(connection, worker)
            for job in found:
                self._release(connection, job, how, is_death=is_death)
            connection.execute(delete(workers).where(workers.c.name == worker))
            return found

    def release_silent(self, living: Collection[str]) -> list[Job]:
        """Release the jobs of workers that were not heard of for too long.

        Args:
            living: Workers that are known to live.
        """
        limit = self._clock() - LEASE_S
        with self._database.reading() as connection:
            silent = [each.name for each in read_workers(connection) if each.seen < limit]
        found: list[Job] = []
        for name in set(silent) - set(living):
            found += self.release(name, f"it was not heard of for {LEASE_S:g} seconds")
        return found

    def _release(self, connection: Connection, job: Job, how: str, *, is_death: bool) -> None:
        deaths = job.deaths + is_death
        values: dict[str, object] = {"deaths": deaths, "wish": "", "left_s": None}
        now = self._clock()
        if job.wish == "cancel":
            values |= {"status": Status.CANCELLED, "finished": now}
            append_event(connection, now, "cancelled", job)
        elif deaths >= self._most_deaths:
            message = _verdict(job, deaths, how)
            values |= {"status": Status.FAILED, "finished": now}
            values |= {"error": message, "error_kind": "EngineError"}
            told = {"kind": "EngineError", "message": message}
            append_event(connection, now, "failed", job, told)
        else:
            values |= {"status": Status.QUEUED}
            append_event(connection, now, "orphaned", job, {"how": how})
        connection.execute(update(jobs).where(jobs.c.number == job.number).values(**values))


def read_workers(connection: Connection) -> tuple[WorkerState, ...]:
    """The workers that were heard of."""
    rows = connection.execute(select(workers).order_by(workers.c.name))
    return tuple(
        WorkerState(
            name=row.name, process=row.process, started=row.started, seen=row.seen, job=row.job
        )
        for row in rows
    )


def _running(connection: Connection, worker: str) -> list[Job]:
    query = SELECT_JOBS.where((jobs.c.status == Status.RUNNING) & (jobs.c.worker == worker))
    return list(read_jobs(connection, query))


def _verdict(job: Job, deaths: int, how: str) -> str:
    at = job.progress
    where = f"step {at.step} of {at.steps}" if at.steps else "its first step"
    return (
        f"the worker died {deaths} times at this job without getting further than {where} "
        f"(last: {how}); ask for a smaller size or batch, or look into the worker's log, then "
        "try again"
    )
