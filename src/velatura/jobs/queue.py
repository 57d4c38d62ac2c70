"""The queue, whole: what the server and everybody else uses.

    queue = Queue(Path("studio"))
    supervisor = queue.supervise([queue.worker("cpu", local_recipe(models_dirs))])
    supervisor.start()
    job = queue.submit(Txt2Img(prompt="an apple"))

It may be used from several threads and several processes at once. What takes an ``owner`` sees that
client's jobs only; None sees everybody's.
"""

from __future__ import annotations

import logging
import socket
import time
from typing import TYPE_CHECKING

from velatura.database import migrate, open_database, sqlite_url
from velatura.errors import RequestError
from velatura.jobs.complete import completed
from velatura.jobs.config import WorkerConfig
from velatura.jobs.folder import Folder
from velatura.jobs.inputs import (
    has_bitmap,
    keep_bitmap,
    keep_origin,
    load_bitmap,
    pack,
    remembered,
    unpack,
)
from velatura.jobs.journal import Bell, Journal
from velatura.jobs.listing import counts, in_turn, made_by, newest, of_keys
from velatura.jobs.orphans import read_workers
from velatura.jobs.pauses import park_running, pause, read_pauses, resume
from velatura.jobs.store import Store, Submission, digest_of
from velatura.jobs.supervisor import RESERVE_BYTES, Supervisor
from velatura.metadata import request_to_json
from velatura.records import Painting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from velatura.jobs.config import Recipe
    from velatura.jobs.job import Event, Job, Page, Pause, Status, WorkerState
    from velatura.records import Bitmap, Request

LOG = logging.getLogger(__name__)

MOST_WAITING = 2000
"""Jobs that one client may have waiting."""

LONGEST_OWNER = 100
LONGEST_KEY = 200
LARGEST_PRIORITY = 1_000_000


class Queue:
    """A queue of jobs in a data folder; both are made where they are missing.

    Args:
        root: The data folder; see :mod:`velatura.jobs.folder`.
        url: The database; empty is a SQLite file in the folder.
        most_waiting: Jobs that one client may have waiting.

    Raises:
        DatabaseError: the database cannot be used.
        OutputError: the folder cannot be made.
    """

    def __init__(self, root: Path, *, url: str = "", most_waiting: int = MOST_WAITING) -> None:
        self.folder = Folder(root.absolute())
        self.folder.prepare()
        self._url = url or sqlite_url(self.folder.database)
        self.database = open_database(self._url)
        migrate(self.database)
        self.journal = Journal(self.database)
        self.bell = Bell()
        self._store = Store(self.database, time.time, most_waiting)

    def close(self) -> None:
        """Let go of the database; the jobs stay."""
        self.database.close()

    def submit(
        self, request: Request, *, owner: str = "", key: str | None = None, priority: int = 0
    ) -> Job:
        """Put a request into the queue: when this returns, it is on the disk.

        Random seeds are drawn here and wildcards filled in, so that the job's pictures are the same
        however often it is begun. Prompts and samplers are looked at; whether models of the names
        asked for exist is seen when the job's turn comes.

        Args:
            request: What to make. Bitmaps without pixels must have been kept before, see
                :meth:`keep_bitmap`.
            owner: The client.
            key: Its idempotency key: submitting with it again gives the job of the first time.
            priority: Higher ones go first.

        Raises:
            RequestError: the request cannot be carried out, or an argument is out of range.
            KeyTaken: the key was used for another request.
            QueueFull: the client has too many jobs waiting.
            OutputError: the disk does not take the request's bitmaps.
            DatabaseError: the database does not take it.
        """
        (job,) = self._submit([request], owner=owner, key=key, priority=priority)
        return job

    def submit_all(
        self, requests: Iterable[Request], *, owner: str = "", priority: int = 0
    ) -> list[Job]:
        """Put many requests into the queue at once: all of them, or none.

        This takes much less time than one after another; all else is as with :meth:`submit`.
        """
        return self._submit(requests, owner=owner, key=None, priority=priority)

    def _submit(
        self, requests: Iterable[Request], *, owner: str, key: str | None, priority: int
    ) -> list[Job]:
        _check_text("owner", owner, LONGEST_OWNER)
        _check_priority(priority)
        if key is not None:
            _check_text("key", key, LONGEST_KEY)
        asked: list[Submission] = []
        for request in requests:
            complete = completed(request, self.folder.wildcards)
            packed, inputs = pack(complete, self.folder)
            paints = isinstance(complete, Painting)
            asked.append(
                Submission(
                    owner=owner,
                    key=key,
                    digest=digest_of(request_to_json(request)),
                    kind=request.kind,
                    request=packed,
                    inputs=inputs,
                    models=digest_of(complete.checkpoint) if paints else "",
                    priority=priority,
                )
            )
        jobs = self._store.submit(asked)
        for job in jobs:
            LOG.info("job %s is in the queue", job.id)
        self.bell.ring()
        return jobs

    def get(self, job_id: str, owner: str | None = None) -> Job:
        """One job.

        Raises:
            UnknownJob: there is none of that id, or it belongs to somebody else.
        """
        return self._store.get(job_id, owner)

    def request(self, job_id: str, owner: str | None = None) -> Request:
        """A job's request, with the pixels it begins with.

        Raises:
            UnknownJob: there is no such job.
            RequestError: its pixels are gone or damaged.
        """
        job = self._store.get(job_id, owner)
        return unpack(job.request_json, self._store.inputs(job_id), self.folder)

    def newest(
        self,
        *,
        owner: str | None = None,
        statuses: Collection[Status] = (),
        limit: int = 50,
        cursor: str = "",
    ) -> Page:
        """Jobs, the latest submitted first; see :func:`velatura.jobs.listing.newest`."""
        with self.database.reading() as connection:
            return newest(connection, owner=owner, statuses=statuses, limit=limit, cursor=cursor)

    def in_turn(self, *, owner: str | None = None, limit: int = 50, cursor: str = "") -> Page:
        """The waiting jobs, the next one first."""
        with self.database.reading() as connection:
            return in_turn(connection, owner=owner, limit=limit, cursor=cursor)

    def counts(self) -> dict[Status, int]:
        """How many jobs are in each status; those with none are left out."""
        with self.database.reading() as connection:
            return counts(connection)

    def made_by(self, picture_id: str, owner: str | None = None) -> Job | None:
        """The newest job that made a picture of this id; None where there is none."""
        with self.database.reading() as connection:
            return made_by(connection, picture_id, owner)

    def of_keys(self, keys: Collection[str], owner: str = "") -> dict[str, Job]:
        """A client's jobs by the idempotency keys they were submitted with."""
        with self.database.reading() as connection:
            return of_keys(connection, owner, keys)

    def cancel(self, job_id: str, owner: str | None = None) -> Job:
        """Give a job up: at once if it waits, after the sampling step in hand if it runs.

        Raises:
            UnknownJob: there is no such job.
            WrongStatus: it is at its end already, or being cancelled.
        """
        job = self._store.cancel(job_id, owner)
        self.folder.forget(job_id)
        return self._rung(job)

    def retry(self, job_id: str, owner: str | None = None) -> Job:
        """Put a job that failed or was cancelled at the end of the queue again.

        Raises:
            UnknownJob: there is no such job.
            WrongStatus: it waits, runs or is done.
            QueueFull: the client has too many jobs waiting.
        """
        return self._rung(self._store.retry(job_id, owner))

    def prioritise(self, job_id: str, priority: int, owner: str | None = None) -> Job:
        """Put a waiting job behind the others of a priority.

        Raises:
            UnknownJob: there is no such job.
            WrongStatus: it does not wait.
            RequestError: the priority is out of range.
        """
        _check_priority(priority)
        return self._rung(self._store.prioritise(job_id, priority, owner))

    def move_before(self, job_id: str, other_id: str, owner: str | None = None) -> Job:
        """Put a waiting job right before another one, whose priority it takes.

        Raises:
            UnknownJob: there is no such job, or no such other one.
            WrongStatus: one of them does not wait.
        """
        return self._rung(self._store.move_before(job_id, other_id, owner))

    def pause(self, reason: str = "", *, now: bool = False) -> None:
        """Take up no more jobs.

        Args:
            reason: Why, for people.
            now: Have running jobs make way, too, to go on later; otherwise they run to their end.
        """
        with self.database.writing() as connection:
            pause(connection, time.time(), "user", reason)
            if now:
                park_running(connection)
        self.bell.ring()

    def resume(self) -> None:
        """Go on after a :meth:`pause`; a queue that a full disk paused waits for space."""
        with self.database.writing() as connection:
            resume(connection, time.time(), "user")
        self.bell.ring()

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """Why no job is taken up; empty where jobs are."""
        with self.database.reading() as connection:
            return read_pauses(connection)

    @property
    def workers(self) -> tuple[WorkerState, ...]:
        """The workers, as they were last heard of."""
        with self.database.reading() as connection:
            return read_workers(connection)

    def events_after(
        self, last_id: int, *, owner: str | None = None, limit: int = 1000
    ) -> tuple[Event, ...]:
        """What happened after an event; see :meth:`velatura.jobs.journal.Journal.after`."""
        return self.journal.after(last_id, owner=owner, limit=limit)

    def keep_bitmap(self, bitmap: Bitmap) -> str:
        """Keep pixels for requests to come, and how they were made; the id to speak of them with.

        Raises:
            OutputError: the disk does not take them.
        """
        keep_bitmap(bitmap, self.folder)
        keep_origin(bitmap, self.folder)
        return bitmap.id

    def remembered(self, bitmap_id: str) -> Bitmap:
        """A bitmap that was kept, without its pixels, but with what is known of its making.

        Raises:
            RequestError: it is no id of a bitmap.
        """
        return remembered(bitmap_id, self.folder)

    def bitmap(self, bitmap_id: str) -> Bitmap:
        """A bitmap that was kept.

        Raises:
            RequestError: none is kept under that id, or its file is damaged.
        """
        return load_bitmap(bitmap_id, self.folder)

    def has_bitmap(self, bitmap_id: str) -> bool:
        """Whether a bitmap is kept under this id.

        Raises:
            RequestError: it is no id of a bitmap.
        """
        return has_bitmap(bitmap_id, self.folder)

    def preview(self, job_id: str, owner: str | None = None) -> bytes | None:
        """What a running job looks like, as a PNG of one pixel a latent cell; None before that.

        Raises:
            UnknownJob: there is no such job.
        """
        self._store.get(job_id, owner)
        try:
            return self.folder.preview(job_id).read_bytes()
        except FileNotFoundError:
            return None

    def worker(self, name: str, recipe: Recipe) -> WorkerConfig:
        """What a worker of this queue on this machine is told; use ``replace`` for the rest.

        Args:
            name: What it is called among this machine's workers, such as "cuda:0".
            recipe: How it makes its engine.
        """
        return WorkerConfig(
            name=f"{socket.gethostname()}/{name}",
            url=self._url,
            root=self.folder.root,
            recipe=recipe,
        )

    def supervise(
        self, configs: Sequence[WorkerConfig], *, reserve_bytes: int = RESERVE_BYTES
    ) -> Supervisor:
        """What runs the workers of this queue; start it and stop it."""
        return Supervisor(
            configs,
            self.database,
            self.folder,
            journal=self.journal,
            bell=self.bell,
            reserve_bytes=reserve_bytes,
        )

    def _rung(self, job: Job) -> Job:
        self.bell.ring()
        return job


def _check_text(name: str, text: str, longest: int) -> None:
    if len(text) > longest or not text.isprintable() or not text.isascii():
        raise RequestError(
            f"{name}: expected at most {longest} printable ASCII characters, got {text[:40]!r}",
            field=name,
        )


def _check_priority(priority: int) -> None:
    if abs(priority) > LARGEST_PRIORITY:
        raise RequestError(
            f"priority: must be from {-LARGEST_PRIORITY} to {LARGEST_PRIORITY}, got {priority}",
            field="priority",
        )
