"""Rows of the tables as records, and the journal's rows: the queue's common reading and writing."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from velatura.errors import UnknownJob
from velatura.jobs.job import Event, Failure, Job, JobPicture, Progress, Status
from velatura.jobs.tables import events, jobs, pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, CursorResult, Row, Select

    from velatura.jobs.job import EventKind


SELECT_JOBS: Select[Any] = select(
    *(column for column in jobs.c if column.name not in ("inputs", "digest"))
)
"""What :func:`read_jobs` needs; what a request begins with may be large. Put together once, because
that takes as long as to carry it out."""


def read_jobs(connection: Connection, query: Select[Any]) -> tuple[Job, ...]:
    """The jobs of a query that :data:`SELECT_JOBS` began, with their pictures."""
    rows = list(_dictionaries(connection.execute(query)))
    made = _pictures(connection, [row["number"] for row in rows])
    return tuple(job_of(row, made[row["number"]]) for row in rows)


def read_job(connection: Connection, job_id: str, owner: str | None = None) -> Job:
    """One job.

    Args:
        connection: Where to look.
        job_id: Which.
        owner: Who asks; None may see everybody's.

    Raises:
        UnknownJob: there is none of that id, or it belongs to somebody else.
    """
    found = read_jobs(connection, SELECT_JOBS.where(jobs.c.id == job_id))
    if not found or owner not in (None, found[0].owner):
        raise UnknownJob(f"there is no job {job_id!r}; list the jobs to see which there are")
    return found[0]


def append_event(
    connection: Connection,
    at: float,
    kind: EventKind,
    job: Job | None = None,
    told: Mapping[str, object] | None = None,
) -> None:
    """Write into the journal, within the transaction that does what it tells of."""
    row = {
        "at": at,
        "kind": kind,
        "job": job.id if job else "",
        "owner": job.owner if job else "",
        "told": json.dumps(told or {}),
    }
    connection.execute(insert(events), row)


def event_of(row: Row[Any]) -> Event:
    """The event of a row."""
    return Event(
        id=row.id,
        at=row.at,
        kind=row.kind,
        job=row.job,
        owner=row.owner,
        told=json.loads(row.told),
    )


def _pictures(connection: Connection, numbers: Iterable[int]) -> dict[int, list[JobPicture]]:
    made: dict[int, list[JobPicture]] = defaultdict(list)
    query = select(pictures).where(pictures.c.job.in_(numbers)).order_by(pictures.c.place)
    for row in _dictionaries(connection.execute(query)):
        job, remarks = row.pop("job"), tuple(json.loads(row.pop("remarks")))
        made[job].append(JobPicture(**row, remarks=remarks))
    return made


def _dictionaries(result: CursorResult[Any]) -> Iterator[dict[str, Any]]:
    """Plain ones: a row of SQLAlchemy's takes ten times as long to look something up."""
    names = tuple(result.keys())
    for row in result:
        yield dict(zip(names, row, strict=True))


def job_of(row: Mapping[str, Any], made: Iterable[JobPicture] = ()) -> Job:
    """The job of a row, with its pictures."""
    failure = Failure(kind=row["error_kind"], message=row["error"], field=row["error_field"])
    return Job(
        id=row["id"],
        number=row["number"],
        owner=row["owner"],
        key=row["key"],
        request_json=row["request"],
        kind=row["kind"],
        status=Status(row["status"]),
        wish=row["wish"],
        priority=row["priority"],
        place=row["place"],
        progress=Progress(
            phase=row["phase"],
            step=row["step"],
            steps=row["steps"],
            share=row["share"],
            left_s=row["left_s"],
        ),
        pictures=tuple(made),
        submitted=row["submitted"],
        started=row["started"],
        finished=row["finished"],
        worker=row["worker"],
        run=row["run"],
        deaths=row["deaths"],
        failure=failure if row["error_kind"] else None,
        seconds=row["seconds"],
        peak_bytes=row["peak_bytes"],
    )
