"""Pausing the queue: no job is taken up as long as anybody has a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from velatura.jobs.job import Pause, Status
from velatura.jobs.rows import append_event
from velatura.jobs.tables import jobs, pauses

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from velatura.jobs.job import PauseCause


def read_pauses(connection: Connection) -> tuple[Pause, ...]:
    """Why no job is taken up; empty where jobs are."""
    rows = connection.execute(select(pauses).order_by(pauses.c.since, pauses.c.cause))
    return tuple(Pause(cause=row.cause, since=row.since, reason=row.reason) for row in rows)


def pause(connection: Connection, at: float, cause: PauseCause, reason: str) -> bool:
    """Take up no more jobs; False where they are paused for this cause already."""
    if any(each.cause == cause for each in read_pauses(connection)):
        return False
    connection.execute(insert(pauses).values(cause=cause, since=at, reason=reason))
    append_event(connection, at, "paused", None, {"cause": cause, "reason": reason})
    return True


def resume(connection: Connection, at: float, cause: PauseCause) -> bool:
    """Go on, as far as this cause is concerned; False where it was none."""
    gone = connection.execute(delete(pauses).where(pauses.c.cause == cause))
    if not gone.rowcount:
        return False
    append_event(connection, at, "resumed", None, {"cause": cause})
    return True


def park_running(connection: Connection) -> None:
    """Ask all running jobs to make way after the step in hand."""
    asked = (jobs.c.status == Status.RUNNING) & (jobs.c.wish == "")
    connection.execute(update(jobs).where(asked).values(wish="park"))
