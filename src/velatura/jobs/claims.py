"""The queue as its workers use it: a job is taken up, reported on, and brought to its end.

Who takes a job up learns the number of that run; once the job was given to somebody else, or ended,
the number is no longer true and nothing that is reported under it counts. So a worker that was
believed dead cannot spoil the work of the one after it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from velatura.engines.memory import peak_bytes
from velatura.jobs.job import Progress, Status, Wish
from velatura.jobs.pauses import pause, read_pauses
from velatura.jobs.rows import SELECT_JOBS, append_event, read_job, read_jobs
from velatura.jobs.tables import jobs, pictures
from velatura.library.index.shelve import shelve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from velatura.database import Database
    from velatura.jobs.job import Failure, Job, JobPicture

_RECORDED = ("place", "id", "path", "width", "height", "seam", "remarks")
"""What of a job's picture stands in the queue's tables, and in the journal."""

MOST_PASSED = 8
"""How many jobs may go before the first one because their checkpoint is loaded already."""


class Lost(Exception):
    """The job is no longer this run's."""


class Claims:
    """The queue, from a worker's side.

    Args:
        database: Where it is.
        clock: Seconds since 1970.
        worker: The worker's name.
    """

    def __init__(self, database: Database, clock: Callable[[], float], worker: str) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker

    def claim(self, models: str) -> Job | None:
        """Take up the next job; None where none waits, or the queue is paused.

        Of the jobs of the highest priority the first one is next, or the first one of those that
        need the models that are loaded; but only :data:`MOST_PASSED` go before the first one.

        Args:
            models: What the worker has loaded, as ``Submission.models`` calls it.
        """
        with self._database.reading() as connection:  # a worker that waits does not write
            if _first(connection) is None or read_pauses(connection):
                return None
        with self._database.writing() as connection:
            first = _first(connection)
            if first is None or read_pauses(connection):
                return None
            number = first.number
            if models and first.models not in (models, "") and first.passed < MOST_PASSED:
                mate = _first(connection, models, first.priority)
                if mate is not None:
                    number = mate.number
                    passed = update(jobs).where(jobs.c.number == first.number)
                    connection.execute(passed.values(passed=first.passed + 1))
            return self._take(connection, number)

    def _take(self, connection: Connection, number: int) -> Job:
        mine = jobs.c.number == number
        connection.execute(
            update(jobs)
            .where(mine)
            .values(
                status=Status.RUNNING,
                worker=self._worker,
                run=jobs.c.run + 1,
                started=self._clock(),
                passed=0,
                left_s=None,
            )
        )
        (job,) = read_jobs(connection, SELECT_JOBS.where(mine))
        append_event(connection, self._clock(), "started", job, {"worker": self._worker})
        return job

    def models_of(self, job: Job) -> str:
        """What a job needs loaded."""
        with self._database.reading() as connection:
            query = select(jobs.c.models).where(jobs.c.number == job.number)
            return connection.execute(query).scalar_one()

    def wish(self, job: Job) -> Wish:
        """What the job is asked to do.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.reading() as connection:
            found = connection.execute(select(jobs.c.wish).where(_held(job))).scalar()
        if found is None:
            raise Lost
        return found

    def report(self, job: Job, progress: Progress) -> None:
        """Say how far the job is.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.writing() as connection:
            _change(connection, job, **asdict(progress))

    def record(self, job: Job, made: Sequence[JobPicture]) -> None:
        """Note pictures whose files are written. The job got on: earlier deaths do not count.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.writing() as connection:
            _change(connection, job, deaths=0)
            self._add(connection, job, made)

    def got_on(self, job: Job) -> None:
        """Note that the job got further than before: earlier deaths of workers do not count.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.writing() as connection:
            _change(connection, job, deaths=0)

    def finish(self, job: Job, made: Sequence[JobPicture]) -> None:
        """Bring the job to its end, with its last pictures, in one transaction.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.writing() as connection:
            whole = {"step": jobs.c.steps, "share": 1.0, "left_s": None}
            self._end(connection, job, Status.DONE, **whole)
            self._add(connection, job, made)
            append_event(connection, self._clock(), "done", job)

    def fail(self, job: Job, failure: Failure, made: Sequence[JobPicture] = ()) -> None:
        """Bring the job to its end: it cannot be carried out.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.writing() as connection:
            self._end(connection, job, Status.FAILED, **_told(failure))
            self._add(connection, job, made)
            told = {"kind": failure.kind, "message": failure.message}
            append_event(connection, self._clock(), "failed", job, told)

    def cancel(self, job: Job, made: Sequence[JobPicture] = ()) -> None:
        """Bring the job to its end: its owner gave it up. Its pictures stay.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.writing() as connection:
            self._end(connection, job, Status.CANCELLED, left_s=None)
            self._add(connection, job, made)
            append_event(connection, self._clock(), "cancelled", job)

    def park(self, job: Job, made: Sequence[JobPicture] = (), *, disk_full: str = "") -> None:
        """Put the job back into the queue, at its place, to go on later.

        Args:
            job: Which.
            made: Pictures not yet recorded.
            disk_full: What could not be written; the queue is paused then.

        Raises:
            Lost: it is no longer this run's.
        """
        with self._database.writing() as connection:
            self._leave(connection, job, Status.QUEUED, left_s=None)
            self._add(connection, job, made)
            append_event(connection, self._clock(), "parked", job)
            if disk_full:
                pause(connection, self._clock(), "disk", disk_full)

    def _end(self, connection: Connection, job: Job, status: Status, **values: object) -> None:
        self._leave(connection, job, status, finished=self._clock(), **values)

    def _leave(self, connection: Connection, job: Job, status: Status, **values: object) -> None:
        spent_s = jobs.c.seconds + self._clock() - jobs.c.started
        values |= {"seconds": spent_s, "peak_bytes": peak_bytes()}
        _change(connection, job, status=status, wish="", **values)

    def _add(self, connection: Connection, job: Job, made: Sequence[JobPicture]) -> None:
        """Note each picture once, however often it was made; in the library, too."""
        known = {each.place for each in read_job(connection, job.id).pictures}
        new = [each for each in made if each.place not in known]
        for each in new:
            told = {name: getattr(each, name) for name in _RECORDED}
            row = told | {"job": job.number, "remarks": json.dumps(each.remarks)}
            connection.execute(insert(pictures), row)
            append_event(connection, self._clock(), "picture", job, told)
        shelve(connection, [each.find for each in new if each.find], self._clock())


def _told(failure: Failure) -> dict[str, Any]:
    """A failure as the table has it."""
    return {
        "error": failure.message,
        "error_kind": failure.kind,
        "error_field": failure.field,
        "left_s": None,
    }


def _held(job: Job) -> ColumnElement[bool]:
    """Whether the job is still the run's that took it up."""
    mine = (jobs.c.number == job.number) & (jobs.c.run == job.run)
    return mine & (jobs.c.status == Status.RUNNING)


def _change(connection: Connection, job: Job, **values: object) -> None:
    changed = connection.execute(update(jobs).where(_held(job)).values(**values))
    if changed.rowcount != 1:
        raise Lost


def _first(connection: Connection, models: str = "", priority: int | None = None) -> Any:  # noqa: ANN401
    """Number, models, priority and times passed of the job whose turn it is; None without any."""
    query = select(jobs.c.number, jobs.c.models, jobs.c.priority, jobs.c.passed)
    query = query.where(jobs.c.status == Status.QUEUED)
    if models:
        query = query.where((jobs.c.models == models) & (jobs.c.priority == priority))
    order = (jobs.c.priority.desc(), jobs.c.place, jobs.c.number)
    return connection.execute(query.order_by(*order).limit(1)).first()
