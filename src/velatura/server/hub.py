"""News for all who listen: one reader of the journal, many listeners.

However many streams are open, the database is asked once for each bit of news, and it is put into
words once.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from velatura.errors import DatabaseError
from velatura.jobs import Event, Job, Status
from velatura.server.news import News, news_of, progress_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Generator

    from velatura.jobs import Queue

LOG = logging.getLogger(__name__)

PAUSE_S = 0.1
"""Least time between two looks at the journal."""

SIGHT_S = 0.5
"""Time between two looks at how far running jobs are, where somebody listens."""

PATIENCE_S = 1.0
"""After which the journal is looked at unasked: another process may have written it."""

BACKLOG = 5000
"""News that a listener may be behind before it is cut off; it can resume where it was."""


class Hub:
    """Tells listeners what happens. Its methods belong to the event loop's thread.

    Args:
        queue: Whose journal is read.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._rung = asyncio.Event()
        self._listeners: set[asyncio.Queue[News | None]] = set()
        self._last = 0
        self._next_sight = 0.0

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def run(self) -> None:
        """Read and tell, until cancelled."""
        loop = asyncio.get_running_loop()
        with suppress(DatabaseError):  # the first look below says what is wrong
            self._last = (await asyncio.to_thread(self._queue.journal.bounds))[1]

        def ring() -> None:
            loop.call_soon_threadsafe(self._rung.set)

        end = self._queue.bell.listen(ring)
        try:
            while True:
                # Not wait_for: it loses a cancellation that comes together with what it waits for.
                with suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE_S):
                        await self._rung.wait()
                self._rung.clear()
                await self._look()
                await asyncio.sleep(PAUSE_S)
        finally:
            end()

    @contextmanager
    def listening(self) -> Generator[asyncio.Queue[News | None]]:
        """News from here on; None where the listener was too slow and is cut off."""
        mine: asyncio.Queue[News | None] = asyncio.Queue()
        self._listeners.add(mine)
        try:
            yield mine
        finally:
            self._listeners.discard(mine)

    def dismiss(self) -> None:
        """Cut all listeners off, who can resume at the next start."""
        for listener in list(self._listeners):
            listener.put_nowait(None)

    async def follow(self, job_ids: Collection[str]) -> AsyncIterator[Job]:
        """Each of the jobs once it has come to its end, in the order in which they do."""
        waiting = set(job_ids)
        while waiting:
            with self.listening() as news:
                for job_id in sorted(waiting):
                    job = await asyncio.to_thread(self._queue.get, job_id)
                    if is_final(job):
                        waiting.discard(job_id)
                        yield job
                while waiting and (item := await news.get()) is not None:
                    event = item.event
                    if event and event.job in waiting and event.kind in ENDS:
                        waiting.discard(event.job)
                        yield await asyncio.to_thread(self._queue.get, event.job)

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        is_sight_due = bool(self._listeners) and now >= self._next_sight
        try:
            events, running = await asyncio.to_thread(self._read, is_sight_due=is_sight_due)
        except DatabaseError as error:
            LOG.warning("the journal cannot be read: %s", error)
            return
        for event in events:
            self._last = event.id
            self._tell(news_of(event))
        if is_sight_due:
            self._next_sight = now + SIGHT_S
        for job in running:
            self._tell(progress_of(job))

    def _read(self, *, is_sight_due: bool) -> tuple[tuple[Event, ...], tuple[Job, ...]]:
        events = self._queue.events_after(self._last)
        if not is_sight_due:
            return events, ()
        return events, self._queue.newest(statuses=(Status.RUNNING,)).jobs

    def _tell(self, news: News) -> None:
        for listener in list(self._listeners):
            if listener.qsize() < BACKLOG:
                listener.put_nowait(news)
            else:
                self._listeners.discard(listener)
                listener.put_nowait(None)


ENDS = frozenset({"done", "failed", "cancelled"})
"""Kinds of event after which a job waits for nothing."""


def is_final(job: Job) -> bool:
    """Whether a job is at its end."""
    return job.status in (Status.DONE, Status.FAILED, Status.CANCELLED)
