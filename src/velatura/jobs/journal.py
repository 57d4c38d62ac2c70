"""The journal of what happened to jobs; whoever listens can go on from the last thing it saw."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from velatura.jobs.rows import event_of
from velatura.jobs.tables import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.database import Database
    from velatura.jobs.job import Event

KEPT = 100_000
"""Events that are remembered; what is older is forgotten now and then."""

LONGEST_BATCH = 1000
"""Events given at once."""


class Journal:
    """What happened, in order.

    Args:
        database: Where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(
        self, last_id: int, *, owner: str | None = None, limit: int = LONGEST_BATCH
    ) -> tuple[Event, ...]:
        """What happened after an event, oldest first.

        Args:
            last_id: The last event that was seen; 0 is before the first.
            owner: Whose jobs; those of the whole queue are told to everybody. None is all.
            limit: How many at once.
        """
        query = select(events).where(events.c.id > last_id).order_by(events.c.id).limit(limit)
        if owner is not None:
            query = query.where(or_(events.c.owner == owner, events.c.job == ""))
        with self._database.reading() as connection:
            return tuple(event_of(row) for row in connection.execute(query))

    def bounds(self) -> tuple[int, int]:
        """Ids of the oldest and the newest event remembered; (0, 0) where there is none.

        A listener whose last event is older than the oldest has missed some, and should look at
        the jobs themselves.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(func.min(events.c.id), func.max(events.c.id))).one()
        return row[0] or 0, row[1] or 0

    def forget(self, kept: int = KEPT) -> None:
        """Forget all but the newest events, once there are a tenth more."""
        oldest, newest = self.bounds()
        if newest - oldest >= kept * 1.1:
            with self._database.writing() as connection:
                connection.execute(delete(events).where(events.c.id <= newest - kept))


class Bell:
    """Rings when something may have happened, for listeners in this process.

    It says nothing about what; look into the journal. Nothing is lost by a ring that nobody heard.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0
        self._listeners: dict[object, Callable[[], None]] = {}

    @property
    def rings(self) -> int:
        """How often it rang."""
        return self._rings

    def ring(self) -> None:
        """Wake all who wait, and call all who listen."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()
            listeners = list(self._listeners.values())
        for listener in listeners:
            listener()

    def wait(self, heard: int, timeout_s: float) -> int:
        """Wait for a ring beyond those heard, or for the time to pass; how often it rang."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, timeout_s)
            return self._rings

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a function called at each ring, in whatever thread rings.

        Args:
            listener: Returns at once and raises nothing.

        Returns:
            What ends it.
        """
        token = object()
        with self._condition:
            self._listeners[token] = listener

        def end() -> None:
            with self._condition:
                self._listeners.pop(token, None)

        return end
