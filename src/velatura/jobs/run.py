"""One job, carried out: pictures into files, steps into reports, whatever comes in between.

A picture's file is written before the database speaks of it, and recorded there before a snapshot
counts it as made. The last pictures are recorded by the transaction that brings the job to its end.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.engines.memory import forget_peak
from velatura.errors import (
    DatabaseError,
    DatabaseFull,
    DiskFull,
    EngineError,
    RequestError,
    VelaturaError,
)
from velatura.jobs.claims import Lost
from velatura.jobs.inputs import unpack
from velatura.jobs.job import Failure
from velatura.jobs.progress import Gauge
from velatura.jobs.snapshots import Standing, load_standing, save_standing
from velatura.jobs.writing import Writer
from velatura.library.files import save_over
from velatura.metadata.raster import encode_raster
from velatura.records import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from velatura.engines.base import Engine
    from velatura.jobs.claims import Claims
    from velatura.jobs.config import WorkerConfig
    from velatura.jobs.folder import Folder
    from velatura.jobs.job import Job, JobPicture, Wish
    from velatura.records import Request, Step

LOG = logging.getLogger(__name__)

SNAPSHOT_SHARE = 0.02
"""Most of the time that snapshots may take."""

PATIENCE_S = 0.5
"""Between two attempts to write to a database that takes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a worker works with.

    Attributes:
        config: What it was told.
        folder: Where files go.
        claims: The queue.
        engine: What carries requests out.
        is_stopping: Whether the worker is to end.
        changed: Tells other processes that something happened.
    """

    config: WorkerConfig
    folder: Folder
    claims: Claims
    engine: Engine
    is_stopping: Callable[[], bool]
    changed: Callable[[], None]


class Stopped(Exception):
    """The job is to be left after the step in hand."""

    def __init__(self, wish: Wish) -> None:
        super().__init__(wish)
        self.wish = wish


def carry_out(job: Job, inputs: str, desk: Desk) -> None:
    """Carry a job out that was taken up, to its end or until it is to be left.

    Args:
        job: The job.
        inputs: What its request begins with, as JSON.
        desk: What to work with.

    Raises:
        DatabaseError: the job's end could not be written; it is still this run's.
    """
    run = Run(job, desk)
    forget_peak()
    try:
        _carry_out(run, inputs, desk)
    except Lost:
        LOG.warning("job %s was given to another worker, or ended", job.id)
    finally:
        desk.changed()


def _carry_out(run: Run, inputs: str, desk: Desk) -> None:
    job, claims = run.job, desk.claims
    try:
        run.paint(inputs)
        claims.finish(job, run.unrecorded)
        LOG.info("job %s is done", job.id)
    except Stopped as stopped:
        LOG.info("job %s is left: %s", job.id, stopped.wish)
        if stopped.wish == "park":
            claims.park(job, run.unrecorded)
            return
        claims.cancel(job, run.unrecorded)
    except (DiskFull, DatabaseFull) as error:
        LOG.error("job %s is parked: %s", job.id, error)
        reason = str(error)
        _until_written(lambda: claims.park(job, run.unrecorded, disk_full=reason), desk)
        return
    except (DatabaseError, Lost):
        raise
    except VelaturaError as error:
        LOG.info("job %s failed: %s", job.id, error)
        failure = Failure(kind=type(error).__name__, message=str(error), field=error.field)
        claims.fail(job, failure, run.unrecorded)
    except Exception as error:
        LOG.exception("job %s failed by a defect", job.id)
        message = f"a defect in Velatura stopped it ({type(error).__name__}: {error}); report it"
        failure = Failure(kind=EngineError.__name__, message=message)
        claims.fail(job, failure, run.unrecorded)
    desk.folder.forget(job.id)


def _until_written(write: Callable[[], None], desk: Desk) -> None:
    """Try again as long as the disk is full; a worker that ends leaves it to the next one."""
    while True:
        try:
            write()
        except DatabaseFull:
            if desk.is_stopping():
                raise
            time.sleep(PATIENCE_S)
        else:
            return


class Run:
    """A job in this worker's hands.

    Attributes:
        job: The job, as it was taken up.
        unrecorded: Pictures that are written, but not yet in the database.
    """

    def __init__(self, job: Job, desk: Desk) -> None:
        self.job = job
        self.unrecorded: list[JobPicture] = []
        self._desk = desk
        self._place = 0
        self._recorded = {each.place for each in job.pictures}
        self._has_died = job.deaths > 0
        self._writer = Writer(job, desk.folder, desk.config)
        self._due = {"report": 0.0, "preview": 0.0, "snapshot": 0.0}

    def paint(self, inputs: str) -> None:
        """Make the pictures that are not made yet.

        Raises:
            Stopped: it is to be left; where it stands is on the disk.
            VelaturaError: it cannot be carried out, or not now.
        """
        request = unpack(self.job.request_json, inputs, self._desk.folder)
        gauge = Gauge(request, time.monotonic)
        self._due["snapshot"] = time.monotonic() + self._desk.config.snapshot_s
        events = self._events(request)
        with closing(self._writer):
            try:
                for event in events:
                    if isinstance(event, Picture):
                        self._keep(event)
                    else:
                        self._step(event, gauge)
            finally:
                if close := getattr(events, "close", None):
                    close()
                self._gather(wait=True)

    def _events(self, request: Request) -> Iterator[Step | Picture]:
        """The engine's events, from where the job stands."""
        engine = self._desk.engine
        standing = load_standing(self._desk.folder.snapshot(self.job.id))
        if standing is not None:
            try:
                events = engine.run(request, resume=standing.snapshot)
            except RequestError as error:  # if it is the request's fault, it shows again
                LOG.warning("job %s begins anew: %s", self.job.id, error)
            else:
                self._place = standing.pictures
                return events
        return engine.run(request)

    def _step(self, step: Step, gauge: Gauge) -> None:
        """Say how far the job is, and whether it goes on."""
        desk = self._desk
        self._record()
        wish: Wish = "park" if desk.is_stopping() else desk.claims.wish(self.job)
        progress = gauge.read(step, self._place)
        if self._is_due("report", desk.config.report_s) or wish == "park":
            desk.claims.report(self.job, progress)
            desk.changed()
        if step.denoised is not None and wish != "cancel":
            if wish == "park" or time.monotonic() >= self._due["snapshot"]:
                self._save(step, progress.share)
            if desk.config.preview_s and self._is_due("preview", desk.config.preview_s):
                self._show(step)
        if wish:
            raise Stopped(wish)

    def _is_due(self, what: str, every_s: float) -> bool:
        now = time.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + every_s
        return True

    def _save(self, step: Step, share: float) -> None:
        """Write where the job stands; the next time so late that it costs next to nothing."""
        self._record(wait=True)
        began = time.monotonic()
        standing = Standing(pictures=self._place, snapshot=step.snapshot())
        save_standing(standing, self._desk.folder.snapshot(self.job.id))
        if self._has_died and share > self.job.progress.share:
            self._desk.claims.got_on(self.job)
            self._has_died = False
        now = time.monotonic()
        pause_s = max(self._desk.config.snapshot_s, (now - began) / SNAPSHOT_SHARE)
        self._due["snapshot"] = now + pause_s

    def _show(self, step: Step) -> None:
        """Write what the pictures look like so far."""
        pixels = step.preview(self._desk.config.preview)
        if pixels is not None:
            place = self._desk.folder.preview(self.job.id)
            save_over(encode_raster(pixels, "png", {}), place)

    def _keep(self, picture: Picture) -> None:
        """Have a finished picture written, unless an earlier run did."""
        if self._place not in self._recorded:
            self._writer.add(picture, self._place)
        self._place += 1

    def _record(self, *, wait: bool = False) -> None:
        """Tell the database of the pictures that are written by now; of all, after a wait."""
        self._gather(wait=wait)
        if self.unrecorded:
            self._desk.claims.record(self.job, self.unrecorded)
            self._recorded |= {each.place for each in self.unrecorded}
            self.unrecorded = []
            self._desk.changed()

    def _gather(self, *, wait: bool = False) -> None:
        """Take note of the pictures that are written by now; of all of them, after a wait."""
        for made in self._writer.written(wait=wait):
            self.unrecorded.append(made)
