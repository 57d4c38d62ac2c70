"""The queue as its clients use it: jobs are put in, looked at, moved, stopped and tried again.

A job is in the database when :meth:`Store.submit` returns. Every change is one transaction that
writes into the journal, too.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from velatura.errors import KeyTaken, QueueFull, WrongStatus
from velatura.jobs.job import FINAL, Status
from velatura.jobs.places import place_before, place_last
from velatura.jobs.rows import SELECT_JOBS, append_event, job_of, read_job, read_jobs
from velatura.jobs.tables import jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

    from velatura.database import Database
    from velatura.jobs.job import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A job to be.

    Attributes:
        owner: The client.
        key: Its idempotency key: a second submission with it is the first one.
        digest: Of the request as it was asked, to tell whether a key means the same request.
        kind: The request's kind.
        request: As JSON, complete.
        inputs: What it begins with, as JSON.
        models: Alike for jobs that share a checkpoint; empty where it does not matter.
        priority: Higher ones go first.
    """

    owner: str
    key: str | None
    digest: str
    kind: str
    request: str
    inputs: str
    models: str
    priority: int


class Store:
    """The queue, from its clients' side.

    Args:
        database: Where it is.
        clock: Seconds since 1970.
        most_waiting: Jobs that one client may have in the queue.
    """

    def __init__(self, database: Database, clock: Callable[[], float], most_waiting: int) -> None:
        self._database = database
        self._clock = clock
        self._most_waiting = most_waiting

    def submit(self, all_asked: Iterable[Submission]) -> list[Job]:
        """The jobs, in the queue: all of them, or none.

        Where a key was used before, it is the job of that time.

        Raises:
            KeyTaken: a key was used for another request.
            QueueFull: the client has too many jobs waiting.
            DatabaseError: they could not be written.
        """
        with self._database.writing() as connection:
            return [self._submit(connection, asked) for asked in all_asked]

    def _submit(self, connection: Connection, asked: Submission) -> Job:
        if earlier := _of_key(connection, asked):
            return earlier
        self._check_room(connection, asked.owner)
        place = place_last(connection, asked.priority)
        row: dict[str, Any] = asdict(asked) | _FRESH
        row |= {"id": secrets.token_hex(16), "place": place, "submitted": self._clock()}
        row |= {"run": 0, "started": None, "worker": None}
        (number,) = connection.execute(insert(jobs).returning(jobs.c.number), row).one()
        job = job_of(row | {"number": number})
        told = {"kind": asked.kind, "priority": asked.priority}
        append_event(connection, self._clock(), "submitted", job, told)
        return job

    def get(self, job_id: str, owner: str | None = None) -> Job:
        """One job; see :func:`~velatura.jobs.rows.read_job`."""
        with self._database.reading() as connection:
            return read_job(connection, job_id, owner)

    def inputs(self, job_id: str) -> str:
        """What a job's request begins with, as JSON.

        Raises:
            UnknownJob: there is no such job.
        """
        with self._database.reading() as connection:
            read_job(connection, job_id)
            query = select(jobs.c.inputs).where(jobs.c.id == job_id)
            return connection.execute(query).scalar_one()

    def cancel(self, job_id: str, owner: str | None = None) -> Job:
        """Give a job up: at once if it waits, after the step in hand if it runs.

        Raises:
            UnknownJob: there is no such job.
            WrongStatus: it is at its end already, or being cancelled.
        """
        with self._database.writing() as connection:
            job = read_job(connection, job_id, owner)
            if job.status in FINAL:
                raise WrongStatus(f"job {job_id} is {job.status} already; nothing was changed")
            if job.wish == "cancel":
                raise WrongStatus(f"job {job_id} is being cancelled; wait for the step in hand")
            if job.status == Status.QUEUED:
                end = {"status": Status.CANCELLED, "finished": self._clock()}
                _change(connection, job, **end)
                append_event(connection, self._clock(), "cancelled", job)
            else:
                _change(connection, job, wish="cancel")
                append_event(connection, self._clock(), "stopping", job, {"wish": "cancel"})
            return read_job(connection, job_id)

    def retry(self, job_id: str, owner: str | None = None) -> Job:
        """Put a job that failed or was cancelled at the end of the queue again.

        Raises:
            UnknownJob: there is no such job.
            WrongStatus: it waits, runs or is done.
            QueueFull: the client has too many jobs waiting.
        """
        with self._database.writing() as connection:
            job = read_job(connection, job_id, owner)
            if job.status not in (Status.FAILED, Status.CANCELLED):
                advice = "submit its request again" if job.status == Status.DONE else "wait for it"
                raise WrongStatus(
                    f"job {job_id} is {job.status}; only failed and cancelled jobs can be tried "
                    f"again; {advice}"
                )
            self._check_room(connection, job.owner)
            _change(connection, job, place=place_last(connection, job.priority), **_FRESH)
            append_event(connection, self._clock(), "retried", job)
            return read_job(connection, job_id)

    def prioritise(self, job_id: str, priority: int, owner: str | None = None) -> Job:
        """Put a waiting job behind the others of this priority.

        Raises:
            UnknownJob: there is no such job.
            WrongStatus: it does not wait.
        """
        with self._database.writing() as connection:
            job = _waiting(connection, job_id, owner)
            place = place_last(connection, priority)
            return self._moved(connection, job, priority, place)

    def move_before(self, job_id: str, other_id: str, owner: str | None = None) -> Job:
        """Put a waiting job right before another one, whose priority it takes.

        Raises:
            UnknownJob: there is no such job, or no such other one.
            WrongStatus: one of them does not wait.
        """
        with self._database.writing() as connection:
            job = _waiting(connection, job_id, owner)
            other = _waiting(connection, other_id, owner)
            if job.id == other.id:
                return job
            place = place_before(connection, other)
            return self._moved(connection, job, other.priority, place)

    def _moved(self, connection: Connection, job: Job, priority: int, place: int) -> Job:
        _change(connection, job, priority=priority, place=place, passed=0)
        append_event(connection, self._clock(), "moved", job, {"priority": priority})
        return read_job(connection, job.id)

    def _check_room(self, connection: Connection, owner: str) -> None:
        count = connection.execute(_WAITING, {"owner": owner}).scalar_one()
        if count >= self._most_waiting:
            raise QueueFull(
                f"{count} jobs wait already, of at most {self._most_waiting} for one client; "
                "wait for some to end, or cancel some"
            )


_WAITING = select(func.count()).where(
    (jobs.c.owner == bindparam("owner")) & (jobs.c.status == Status.QUEUED)
)
"""How many jobs of an owner wait."""

_FRESH: dict[str, Any] = {
    "status": Status.QUEUED,
    "wish": "",
    "passed": 0,
    "deaths": 0,
    "finished": None,
    "seconds": 0.0,
    "peak_bytes": None,
    "phase": "",
    "step": 0,
    "steps": 0,
    "share": 0.0,
    "left_s": None,
    "error": "",
    "error_kind": "",
    "error_field": "",
}
"""A job that nothing has happened to yet."""


def digest_of(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _change(connection: Connection, job: Job, **values: object) -> None:
    connection.execute(update(jobs).where(jobs.c.number == job.number).values(**values))


def _of_key(connection: Connection, asked: Submission) -> Job | None:
    if asked.key is None:
        return None
    query = SELECT_JOBS.where((jobs.c.owner == asked.owner) & (jobs.c.key == asked.key))
    if not (found := read_jobs(connection, query)):
        return None
    is_same = select(jobs.c.digest).where(jobs.c.number == found[0].number)
    if connection.execute(is_same).scalar_one() != asked.digest:
        raise KeyTaken(
            f"the key {asked.key!r} was used for another request, job {found[0].id}; "
            "take a new key for a new request"
        )
    return found[0]


def _waiting(connection: Connection, job_id: str, owner: str | None) -> Job:
    job = read_job(connection, job_id, owner)
    if job.status != Status.QUEUED:
        raise WrongStatus(f"job {job_id} is {job.status}; only waiting jobs can be moved")
    return job
