"""Pages of jobs. A page costs the same wherever it lies: it begins where the last one ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from velatura.errors import RequestError
from velatura.jobs.job import Page, Status
from velatura.jobs.rows import SELECT_JOBS, read_jobs
from velatura.jobs.tables import jobs, pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import ColumnElement, Connection

    from velatura.jobs.job import Job

LONGEST_PAGE = 500
"""Jobs."""


def newest(
    connection: Connection,
    *,
    owner: str | None,
    statuses: Collection[Status],
    limit: int,
    cursor: str,
) -> Page:
    """Jobs, the latest submitted first.

    Args:
        connection: Where to look.
        owner: Whose; None is everybody's.
        statuses: Only those in one of these; empty is all.
        limit: How many.
        cursor: ``Page.next`` of the page before; empty begins.

    Raises:
        RequestError: the limit is out of range, or the cursor none of ours.
    """
    query = SELECT_JOBS.order_by(jobs.c.number.desc())
    if owner is not None:
        query = query.where(jobs.c.owner == owner)
    if statuses:
        query = query.where(jobs.c.status.in_(statuses))
    if cursor:
        (number,) = _numbers(cursor, 1)
        query = query.where(jobs.c.number < number)
    found = read_jobs(connection, query.limit(_checked(limit) + 1))
    return _page(found, limit, lambda job: f"{job.number}")


def in_turn(connection: Connection, *, owner: str | None, limit: int, cursor: str) -> Page:
    """The waiting jobs, the next one first; arguments and errors as with :func:`newest`."""
    order = (jobs.c.priority.desc(), jobs.c.place, jobs.c.number)
    numbers = select(jobs.c.number).where(jobs.c.status == Status.QUEUED)
    if owner is not None:
        numbers = numbers.where(jobs.c.owner == owner)
    if cursor:
        numbers = numbers.where(_after(cursor))
    # What is put in order is the index alone, not the jobs with all that is in them.
    few = numbers.order_by(*order).limit(_checked(limit) + 1).subquery()
    query = SELECT_JOBS.join(few, few.c.number == jobs.c.number).order_by(*order)
    found = read_jobs(connection, query)
    return _page(found, limit, lambda job: f"{job.priority}:{job.place}:{job.number}")


def counts(connection: Connection) -> dict[Status, int]:
    """How many jobs are in each status; those with none are left out."""
    query = select(jobs.c.status, func.count()).group_by(jobs.c.status)
    return {Status(status): count for status, count in connection.execute(query)}


def of_keys(connection: Connection, owner: str, keys: Collection[str]) -> dict[str, Job]:
    """A client's jobs by the idempotency keys they were submitted with."""
    query = SELECT_JOBS.where((jobs.c.owner == owner) & jobs.c.key.in_(sorted(keys)))
    return {job.key: job for job in read_jobs(connection, query) if job.key}


def made_by(connection: Connection, picture_id: str, owner: str | None) -> Job | None:
    """The newest job that made a picture, as far as it still stands in the queue."""
    query = SELECT_JOBS.where(
        jobs.c.number.in_(select(pictures.c.job).where(pictures.c.id == picture_id))
    )
    if owner is not None:
        query = query.where(jobs.c.owner == owner)
    found = read_jobs(connection, query.order_by(jobs.c.number.desc()).limit(1))
    return found[0] if found else None


def _after(cursor: str) -> ColumnElement[bool]:
    """Whether a job's turn comes after the one of the cursor."""
    priority, place, number = _numbers(cursor, 3)
    is_same = jobs.c.priority == priority
    return or_(
        jobs.c.priority < priority,
        and_(is_same, jobs.c.place > place),
        and_(is_same, jobs.c.place == place, jobs.c.number > number),
    )


def _page(found: tuple[Job, ...], limit: int, cursor: Callable[[Job], str]) -> Page:
    """The page, of which one job more was read to see whether it is the last one."""
    shown = found[:limit]
    return Page(jobs=shown, next=cursor(shown[-1]) if len(found) > limit else "")


def _checked(limit: int) -> int:
    if not 1 <= limit <= LONGEST_PAGE:
        raise RequestError(f"limit: must be from 1 to {LONGEST_PAGE}, got {limit}", field="limit")
    return limit


def _numbers(cursor: str, count: int) -> list[int]:
    """The numbers that a cursor consists of."""
    parts = cursor.split(":")
    if len(parts) != count or not all(re.fullmatch("-?[0-9]{1,18}", part) for part in parts):
        raise RequestError(
            f"cursor: {cursor[:80]!r} is none of ours; take it from the page before",
            field="cursor",
        )
    return [int(part) for part in parts]
