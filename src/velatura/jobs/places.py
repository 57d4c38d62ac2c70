"""Places in the queue: whole numbers with room between them.

Jobs of one priority go in the order of their places. A job that is moved takes the middle of the
gap; where there is none left, all places of that priority are laid out anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, func, select, update

from velatura.jobs.job import Status
from velatura.jobs.tables import jobs

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Connection

    from velatura.jobs.job import Job

GAP = 2**20
"""Between two jobs that came one after the other."""


def place_last(connection: Connection, priority: int) -> int:
    """Behind all jobs of a priority, those that run and may come back included."""
    return (connection.execute(_LAST, {"priority": priority}).scalar() or 0) + GAP


def place_before(connection: Connection, other: Job) -> int:
    """Right before another job."""
    place = _gap_before(connection, other)
    if place is None:
        _lay_out(connection, other.priority)
        place = _gap_before(connection, other)
    if place is None:
        raise AssertionError("places just laid out leave no gap")
    return place


def _gap_before(connection: Connection, other: Job) -> int | None:
    is_other = jobs.c.number == other.number
    mine = connection.execute(select(jobs.c.place).where(is_other)).scalar_one()
    before = _unfinished(other.priority) & (jobs.c.place <= mine) & ~is_other
    last = connection.execute(select(func.max(jobs.c.place)).where(before)).scalar()
    if last is None:
        return mine - GAP
    middle = (last + mine) // 2
    return middle if last < middle < mine else None


def _lay_out(connection: Connection, priority: int) -> None:
    query = select(jobs.c.number).where(_unfinished(priority)).order_by(jobs.c.place, jobs.c.number)
    for index, number in enumerate(connection.execute(query).scalars().all()):
        place = (index + 1) * GAP
        connection.execute(update(jobs).where(jobs.c.number == number).values(place=place))


def _unfinished(priority: int | BindParameter[int]) -> ColumnElement[bool]:
    waits_or_runs = jobs.c.status.in_((Status.QUEUED, Status.RUNNING))
    return waits_or_runs & (jobs.c.priority == priority)


_LAST = select(func.max(jobs.c.place)).where(_unfinished(bindparam("priority", type_=Integer)))
"""The last place of a priority."""
