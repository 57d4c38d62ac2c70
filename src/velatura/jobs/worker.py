"""A worker: a process of its own, with the models, for one device.

Started by the supervisor as ``python -m velatura.jobs.worker``. Its standard input brings the
configuration, then a line whenever there may be something to do; where it ends, the supervisor is
gone, and the worker parks its job and ends too. It writes a line to its standard output whenever
something happened.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from sqlalchemy import delete, insert

from velatura.database import open_database
from velatura.errors import DatabaseError, UnknownJob, VelaturaError
from velatura.jobs.claims import Claims
from velatura.jobs.config import WorkerConfig
from velatura.jobs.folder import Folder
from velatura.jobs.job import FINAL
from velatura.jobs.logs import log_lines
from velatura.jobs.orphans import Orphans
from velatura.jobs.run import Desk, carry_out
from velatura.jobs.store import Store
from velatura.jobs.tables import workers

if TYPE_CHECKING:
    from velatura.database import Database
    from velatura.engines.base import Engine
    from velatura.jobs.job import Job

LOG = logging.getLogger(__name__)

BEAT_S = 5.0
"""How often a worker says that it lives."""

NICENESS = 10
"""Of the worker's process: a picture may take every core that nobody else wants, no more."""

PATIENCE_S = 1.0
"""Before another attempt, where the database cannot be used."""


class Worker:
    """Takes jobs up, one after another.

    Args:
        config: What it was told.
        database: Where the queue is.
    """

    def __init__(self, config: WorkerConfig, database: Database) -> None:
        self._config = config
        self._database = database
        self._folder = Folder(config.root)
        self._store = Store(database, time.time, 0)
        self._claims = Claims(database, time.time, config.name)
        self._orphans = Orphans(database, time.time, config.most_deaths)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._is_loading = False
        self._started = time.time()
        self._job_id = ""
        self._output = os.dup(1)
        os.dup2(2, 1)  # what libraries print is no message of ours

    def stop(self) -> None:
        """Park the job in hand, and end; at once where the engine is still being made."""
        self._stop.set()
        self._wake.set()
        if self._is_loading:  # no job is in hand, and imports of many seconds look at no event
            os._exit(0)

    def listen(self) -> None:
        """Follow the standard input until it ends."""
        for _ in sys.stdin:
            self._wake.set()
        self.stop()

    def serve(self) -> None:
        """Work until told to stop.

        Raises:
            VelaturaError: the engine cannot be made, or the database not be used at all.
        """
        lock = FileLock(self._folder.lock(self._config.name))
        if not self._locked(lock):
            return
        try:
            self._orphans.release(self._config.name, "it ended without a word")
            self._clear()
            engine = self._engine()
            if engine is None:
                return
            desk = Desk(
                config=self._config,
                folder=self._folder,
                claims=self._claims,
                engine=engine,
                is_stopping=self._stop.is_set,
                changed=self._changed,
            )
            threading.Thread(target=self._beat, daemon=True).start()
            self._work(desk)
        finally:
            lock.release()

    def _engine(self) -> Engine | None:
        """The engine; None where the worker was told to stop before it was begun."""
        self._is_loading = True
        try:
            return None if self._stop.is_set() else self._config.recipe.make()
        finally:
            self._is_loading = False

    def _locked(self, lock: FileLock) -> bool:
        """Whether this is the only worker of its name; waits for the one before to end."""
        while not self._stop.is_set():
            try:
                lock.acquire(timeout=PATIENCE_S)
            except Timeout:
                LOG.info("waiting for an earlier worker %s to end", self._config.name)
            else:
                return True
        return False

    def _work(self, desk: Desk) -> None:
        models = ""
        while not self._stop.is_set():
            self._wake.clear()
            try:
                job = self._claims.claim(models)
                if job is None:
                    self._wake.wait(self._config.poll_s)
                    continue
                models = self._claims.models_of(job) or models
                self._carry_out(job, desk)
            except DatabaseError as error:
                LOG.warning("the queue cannot be used: %s", error)
                self._wake.wait(PATIENCE_S)
                self._put_back()

    def _carry_out(self, job: Job, desk: Desk) -> None:
        LOG.info("job %s is taken up, run %d", job.id, job.run)
        self._job_id = job.id
        self._changed()
        try:
            carry_out(job, self._store.inputs(job.id), desk)
        finally:
            self._job_id = ""

    def _put_back(self) -> None:
        """Give the job back whose end could not be written."""
        try:
            self._orphans.release(
                self._config.name, "the database could not be used", is_death=False
            )
        except DatabaseError as error:
            LOG.warning("it still cannot be used: %s", error)

    def _clear(self) -> None:
        """Remove what jobs left behind that are at their end, and half-written files."""
        self._folder.clear()
        for path in (self._folder.root / "snapshots").iterdir():
            try:
                is_over = self._store.get(path.name).status in FINAL
            except UnknownJob:
                is_over = not path.name.startswith(".")
            if is_over:
                self._folder.forget(path.name)

    def _beat(self) -> None:
        """Say from time to time that this worker lives, and what it is at."""
        while not self._stop.is_set():
            row = {
                "name": self._config.name,
                "process": os.getpid(),
                "started": self._started,
                "seen": time.time(),
                "job": self._job_id,
            }
            try:
                with self._database.writing() as connection:
                    connection.execute(delete(workers).where(workers.c.name == row["name"]))
                    connection.execute(insert(workers), row)
            except DatabaseError as error:
                LOG.warning("cannot say that it lives: %s", error)
            self._stop.wait(BEAT_S)

    def _changed(self) -> None:
        try:
            os.write(self._output, b"changed\n")
        except OSError:  # the supervisor is gone: the standard input tells, too
            self.stop()


def main() -> int:
    """Serve as the standard input says; the exit code."""
    config = WorkerConfig.from_json(sys.stdin.readline())
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    log_lines(lambda: {"worker": config.name, "process": os.getpid()})
    database = open_database(config.url)
    worker = Worker(config, database)

    def stop(_number: int, _frame: object) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=worker.listen, daemon=True).start()
    try:
        worker.serve()
    except VelaturaError as error:
        LOG.error("%s", error)
        return error.exit_code
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
