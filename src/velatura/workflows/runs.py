"""Workflows carried out by the queue: a stage becomes a job once what it begins with is there.

What is kept of a run is what was asked; how far it is, its jobs tell. They are found by idempotency
keys made of the run and the stage, so that a stage becomes one job however often somebody looks,
and whoever is killed meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import insert, select, update

from velatura.errors import (
    DatabaseError,
    KeyTaken,
    OutputError,
    QueueFull,
    RequestError,
    UnknownRun,
    VelaturaError,
    WorkflowError,
    WrongStatus,
)
from velatura.jobs import Status
from velatura.jobs.job import FINAL
from velatura.metadata.request_json import request_from_dict, request_to_dict
from velatura.workflows.tables import runs
from velatura.workflows.workflow import Stage, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Row, Select

    from velatura.jobs import Job, Queue
    from velatura.records import Bitmap, Request

LOG = logging.getLogger(__name__)

RunStatus = Literal["running", "done", "failed", "cancelled"]

MOST_AT_ONCE = 100
"""Runs of one list."""

_LATER = (QueueFull, DatabaseError, OutputError)
"""What passes; a stage is tried again then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked of a run.

    Attributes:
        stages: Stages by name.
        images: Ids of the images from outside by their names.
        result: The stage whose pictures are the result.
        order: The stages that it needs, each after those it begins with.
        priority: Of the jobs.
        key: The idempotency key that it was submitted with; None without one.
    """

    stages: Mapping[str, Stage]
    images: Mapping[str, str]
    result: str
    order: tuple[str, ...]
    priority: int
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A workflow in the queue.

    Attributes:
        id: 32 hex digits.
        number: Counts up.
        plan: What was asked.
        submitted: When, in seconds since 1970.
        ended: When there was nothing more to do; None before.
        failure: Why a stage could not become a job, or empty.
        jobs: Those of its stages that have become jobs, by name.
    """

    id: str
    number: int
    plan: Plan
    submitted: float
    ended: float | None
    failure: str
    jobs: Mapping[str, Job]

    @property
    def status(self) -> RunStatus:
        """How it stands. A run whose job failed goes on if that is tried again."""
        states = {job.status for job in self.jobs.values()}
        result = self.jobs.get(self.plan.result)
        if result and result.status == Status.DONE:
            return "done"
        if self.failure or Status.FAILED in states:
            return "failed"
        return "cancelled" if self.ended or Status.CANCELLED in states else "running"


class Runs:
    """The workflows of a queue.

    Args:
        queue: Where stages become jobs.
        find: The bitmap of an id, with all that is known of it; None where there is none.
        check: Refuses a request that cannot be carried out here.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        queue: Queue,
        find: Callable[[str], Bitmap | None],
        check: Callable[[Request], None],
        clock: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._find = find
        self._check = check
        self._clock = clock
        self._lock = threading.Lock()  # a run that is cancelled gets no further job

    def submit(self, workflow: Workflow, *, key: str | None = None, priority: int = 0) -> Run:
        """Put a workflow into the queue: when this returns, it is on the disk.

        Args:
            workflow: What to carry out.
            key: Its idempotency key: submitting with it again gives the run of the first time.
            priority: Of its jobs.

        Raises:
            RequestError: a stage that cannot be carried out; its field begins with its name.
            ModelError: it names a model that does not exist.
            KeyTaken: the key was used for another workflow.
            DatabaseError: the database does not take it.
        """
        self.check(workflow)
        for bitmap in workflow.images.values():
            if bitmap.pixels is not None:
                self._queue.keep_bitmap(bitmap)
        run_id = secrets.token_hex(16) if key is None else _id_of(key)
        plan = _plan_of(workflow, priority, key)
        with self._queue.database.writing() as connection:
            if kept := connection.execute(_of_id(run_id)).first():
                _check_same(_from_plain(json.loads(kept.stages)), plan)
            else:
                values = {"stages": json.dumps(_to_plain(plan)), "submitted": self._clock()}
                connection.execute(insert(runs), values | {"id": run_id, "failure": ""})
        self.advance()
        return self.get(run_id)

    def check(self, workflow: Workflow) -> None:
        """Refuse a workflow with a stage that cannot be carried out here.

        Raises:
            VelaturaError: its field and its message begin with the stage's name.
        """
        for name in workflow.order:
            try:
                self._check(workflow.stages[name].request)
            except VelaturaError as error:
                error.field = f"stages.{name}.{error.field}".rstrip(".")
                error.args = (f"stages.{name}: {error}",)
                raise

    def get(self, run_id: str) -> Run:
        """One run.

        Raises:
            UnknownRun: there is none of that id.
        """
        with self._queue.database.reading() as connection:
            row = connection.execute(_of_id(run_id)).first()
        if row is None:
            raise UnknownRun(f"there is no workflow {run_id!r}; list them to see which there are")
        return self._run(row)

    def newest(self, *, before: int | None = None, limit: int = 20) -> tuple[Run, ...]:
        """Runs, the latest first.

        Args:
            before: Only those of smaller numbers.
            limit: How many at most.
        """
        if not 1 <= limit <= MOST_AT_ONCE:
            raise RequestError(f"limit: must be from 1 to {MOST_AT_ONCE}", field="limit")
        query = select(runs).order_by(runs.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(runs.c.number < before)
        with self._queue.database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(self._run(row) for row in rows)

    def cancel(self, run_id: str) -> Run:
        """Give a run up: its jobs are cancelled, and no more are submitted.

        Raises:
            UnknownRun: there is none of that id.
            WrongStatus: it is at its end already.
        """
        with self._lock:
            run = self.get(run_id)
            if run.ended is not None or run.status == "done":
                raise WrongStatus(f"workflow {run_id} is {run.status}; it cannot be cancelled")
            self._end(run)
            for job in run.jobs.values():
                if job.status not in FINAL:
                    with suppress(WrongStatus):  # it came to its end meanwhile
                        self._queue.cancel(job.id)
        return self.get(run_id)

    def advance(self) -> None:
        """Submit the stages that can begin.

        Raises:
            DatabaseError: the database cannot be used.
        """
        with self._lock:
            with self._queue.database.reading() as connection:
                query = select(runs).where(runs.c.ended.is_(None)).order_by(runs.c.number)
                rows = connection.execute(query).all()
            for row in rows:
                self._advance(self._run(row))

    def _advance(self, run: Run) -> None:
        if run.status == "done":
            self._end(run)
            return
        made = dict(run.plan.images)
        for name in run.plan.order:
            stage, job = run.plan.stages[name], run.jobs.get(name)
            if job is not None and job.status == Status.DONE:
                made[name] = job.pictures[stage.pick - 1].id
            if job is None and all(each in made for each in stage.inputs.values()):
                try:
                    self._submit(run, name, made)
                except _LATER as error:
                    LOG.warning("workflow %s waits with stage %s: %s", run.id, name, error)
                except VelaturaError as error:
                    LOG.info("workflow %s ends at stage %s: %s", run.id, name, error)
                    self._end(run, f"stages.{name}: {error}")
                    return

    def _submit(self, run: Run, name: str, made: Mapping[str, str]) -> None:
        stage = run.plan.stages[name]
        given: dict[str, Bitmap] = {}
        for source in stage.inputs.values():
            bitmap = self._find(made[source])
            if bitmap is None:
                raise WorkflowError(f"the picture of {source} is gone; submit the workflow again")
            given[source] = bitmap
        request = stage.request_with(given)
        self._check(request)
        self._queue.submit(request, key=_key(run.id, name), priority=run.plan.priority)

    def _end(self, run: Run, failure: str = "") -> None:
        with self._queue.database.writing() as connection:
            mine = (runs.c.number == run.number) & runs.c.ended.is_(None)
            values = {"ended": self._clock(), "failure": failure}
            connection.execute(update(runs).where(mine).values(**values))

    def _run(self, row: Row[Any]) -> Run:
        plan = _from_plain(json.loads(row.stages))
        keys = {_key(row.id, name): name for name in plan.order}
        found = self._queue.of_keys(keys)
        return Run(
            id=row.id,
            number=row.number,
            plan=plan,
            submitted=row.submitted,
            ended=row.ended,
            failure=row.failure,
            jobs={name: found[key] for key, name in keys.items() if key in found},
        )


def _key(run_id: str, name: str) -> str:
    return f"workflow {run_id} {name}"


def _id_of(key: str) -> str:
    """The id of the run that was submitted with a key: one key, one run."""
    return hashlib.sha256(f"workflow {key}".encode()).hexdigest()[:32]


def _of_id(run_id: str) -> Select[Any]:
    return select(runs).where(runs.c.id == run_id)


def _check_same(kept: Plan, asked: Plan) -> None:
    if replace(kept, priority=0) != replace(asked, priority=0):
        raise KeyTaken(
            f"the key {asked.key!r} was used for another workflow; "
            "take a new key for a new workflow"
        )


def _plan_of(workflow: Workflow, priority: int, key: str | None) -> Plan:
    return Plan(
        stages=dict(workflow.stages),
        images={name: bitmap.id for name, bitmap in workflow.images.items()},
        result=workflow.last,
        order=tuple(workflow.order),
        priority=priority,
        key=key,
    )


def _to_plain(plan: Plan) -> dict[str, Any]:
    return {
        "stages": {
            name: {"request": request_to_dict(stage.request), "pick": stage.pick}
            for name, stage in plan.stages.items()
        },
        "images": dict(plan.images),
        "result": plan.result,
        "order": plan.order,
        "priority": plan.priority,
        "key": plan.key,
    }


def _from_plain(values: dict[str, Any]) -> Plan:
    stages = {
        name: Stage(request=request_from_dict(each["request"]), pick=each["pick"])
        for name, each in values["stages"].items()
    }
    return Plan(
        stages=stages,
        images=values["images"],
        result=values["result"],
        order=tuple(values["order"]),
        priority=values["priority"],
        key=values.get("key"),  # not there in what earlier versions wrote
    )
