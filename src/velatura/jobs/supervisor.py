"""Keeps worker processes alive, and the queue free of what dead ones left behind.

It never imports torch: a network that takes the worker's process down leaves this one, and the
server around it, as they were.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.errors import DatabaseError, OutputError
from velatura.jobs.orphans import Orphans
from velatura.jobs.pauses import read_pauses, resume
from velatura.library.files import save_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from velatura.database import Database
    from velatura.jobs.config import WorkerConfig
    from velatura.jobs.folder import Folder
    from velatura.jobs.journal import Bell, Journal

LOG = logging.getLogger(__name__)

TICK_S = 1.0
"""How often the queue is looked after."""

LONGEST_PAUSE_S = 30.0
"""A worker that dies before it takes a job up is started again ever more slowly, up to this."""

RESERVE_BYTES = 32 * 2**20
"""There is space again when so much can be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a worker is.

    Attributes:
        name: What it is called.
        process: Its process id; None while there is none.
        starts: How often it was started.
        last_end: How it ended last; empty if it never did.
    """

    name: str
    process: int | None
    starts: int
    last_end: str


class Keeper:
    """Keeps one worker running.

    Args:
        config: What the worker is told.
        orphans: Releases its jobs when it dies.
        bell: Rung when the worker says that something happened.
    """

    def __init__(self, config: WorkerConfig, orphans: Orphans, bell: Bell) -> None:
        self._config = config
        self._orphans = orphans
        self._bell = bell
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._last_end = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"keeper of {config.name}")

    @property
    def health(self) -> Health:
        """How the worker is."""
        process = self._process
        is_alive = process is not None and process.poll() is None
        return Health(
            name=self._config.name,
            process=process.pid if process and is_alive else None,
            starts=self._starts,
            last_end=self._last_end,
        )

    def start(self) -> None:
        """Start the worker, and keep it running from now on."""
        self._thread.start()

    def wake(self) -> None:
        """Tell the worker that there may be something to do."""
        if (process := self._process) and process.stdin:
            with suppress(OSError, ValueError):  # it is dying, or has not read what came before
                os.write(process.stdin.fileno(), b"wake\n")

    def ask_to_stop(self) -> None:
        """Ask the worker to park its job and end."""
        self._stop.set()
        if (process := self._process) and process.stdin:
            with suppress(OSError):
                process.stdin.close()

    def wait(self, until: float) -> None:
        """Wait for the worker to end; when the time comes, end it.

        Args:
            until: A moment of the monotonic clock.
        """
        self._thread.join(max(0.0, until - time.monotonic()))
        if self._thread.is_alive() and self._process:
            LOG.warning("worker %s does not end; its job resumes later", self._config.name)
            self._process.kill()
        self._thread.join()

    def _keep(self) -> None:
        pause_s = 0.0
        while not self._stop.wait(pause_s):
            was_of_use = self._run()
            pause_s = 0.0 if was_of_use else min(LONGEST_PAUSE_S, max(0.1, 2 * pause_s))

    def _run(self) -> bool:
        """One worker's life; whether it took up a job."""
        was_of_use = False
        process = subprocess.Popen(
            [sys.executable, "-m", "velatura.jobs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C at the terminal is for us; we pass it on
            bufsize=0,
        )
        self._starts += 1
        self._process = process
        if process.stdin is None or process.stdout is None:
            raise AssertionError("a process with pipes has none")
        with process:
            with suppress(OSError):  # it died already
                process.stdin.write(self._config.to_json().encode() + b"\n")
                os.set_blocking(process.stdin.fileno(), False)
            if self._stop.is_set():
                process.stdin.close()
            for _ in process.stdout:
                was_of_use = True
                self._bell.ring()
        self._last_end = how_it_ended(process.returncode)
        LOG.log(
            logging.INFO if process.returncode == 0 else logging.WARNING,
            "worker %s %s",
            self._config.name,
            self._last_end,
        )
        self._release(is_death=process.returncode != 0 and not self._stop.is_set())
        return was_of_use

    def _release(self, *, is_death: bool) -> None:
        try:
            self._orphans.release(self._config.name, self._last_end, is_death=is_death)
        except DatabaseError as error:  # the worker's next start does it
            LOG.warning("cannot release the jobs of %s: %s", self._config.name, error)
        self._bell.ring()


class Supervisor:
    """Runs workers, and looks after the queue.

    Args:
        configs: One for each worker.
        database: Where the queue is.
        folder: Where its files are.
        journal: What happened.
        bell: Rung when something did.
        reserve_bytes: There is space on the disk again when so much can be written.
    """

    def __init__(
        self,
        configs: Sequence[WorkerConfig],
        database: Database,
        folder: Folder,
        *,
        journal: Journal,
        bell: Bell,
        reserve_bytes: int = RESERVE_BYTES,
    ) -> None:
        most_deaths = min((config.most_deaths for config in configs), default=1)
        self._orphans = Orphans(database, time.time, most_deaths)
        self._keepers = [Keeper(config, self._orphans, bell) for config in configs]
        self._names = [config.name for config in configs]
        self._database = database
        self._folder = folder
        self._journal = journal
        self._bell = bell
        self._reserve_bytes = reserve_bytes
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._wake_workers, name="waker"),
            threading.Thread(target=self._look_after, name="queue"),
        ]

    @property
    def health(self) -> tuple[Health, ...]:
        """How each worker is."""
        return tuple(keeper.health for keeper in self._keepers)

    def start(self) -> None:
        """Start the workers."""
        for part in (*self._keepers, *self._threads):
            part.start()

    def stop(self, patience_s: float = 30.0) -> None:
        """Have the workers park their jobs and end.

        Args:
            patience_s: A worker that takes longer is killed; its job goes on from its last
                snapshot.
        """
        self._stop.set()
        self._bell.ring()
        for keeper in self._keepers:
            keeper.ask_to_stop()
        until = time.monotonic() + patience_s
        for keeper in self._keepers:
            keeper.wait(until)
        for thread in self._threads:
            thread.join()

    def _wake_workers(self) -> None:
        heard = self._bell.rings
        while not self._stop.is_set():
            now = self._bell.wait(heard, TICK_S)
            if now != heard:
                for keeper in self._keepers:
                    keeper.wake()
            heard = now

    def _look_after(self) -> None:
        while not self._stop.wait(TICK_S):
            try:
                if self._orphans.release_silent(self._names):
                    self._bell.ring()
                self._go_on_with_space()
                self._journal.forget()
            except DatabaseError as error:
                LOG.warning("cannot look after the queue: %s", error)

    def _go_on_with_space(self) -> None:
        """Let the queue go on that a full disk has paused, if it is full no more."""
        with self._database.reading() as connection:
            if not any(each.cause == "disk" for each in read_pauses(connection)):
                return
        if shutil.disk_usage(self._folder.root).free < self._reserve_bytes:
            return
        probe = self._folder.root / ".velatura-space"
        try:  # there may be a limit for this user
            save_over(bytes(self._reserve_bytes), probe)
        except OutputError:
            return
        finally:
            probe.unlink(missing_ok=True)
        with self._database.writing() as connection:
            resume(connection, time.time(), "disk")
        LOG.info("there is space on the disk again: the queue goes on")
        self._bell.ring()


def how_it_ended(returncode: int) -> str:
    """A process's end, in words."""
    if returncode == 0:
        return "ended as it was told"
    if returncode > 0:
        return f"failed with exit code {returncode}"
    name = signal.Signals(-returncode).name
    hint = "; was there enough memory?" if name == "SIGKILL" else ""
    return f"was killed by {name}{hint}"
