"""The life of jobs as a state machine: clients and workers in any order, against a plain model."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.jobs.conftest import make_bench
from velatura.errors import WrongStatus
from velatura.jobs.claims import Lost
from velatura.jobs.job import FINAL, Failure, JobPicture, Status
from velatura.jobs.journal import Journal
from velatura.jobs.listing import in_turn

LEGAL = {
    None: {"submitted": Status.QUEUED},
    Status.QUEUED: {
        "started": Status.RUNNING,
        "cancelled": Status.CANCELLED,
        "moved": Status.QUEUED,
    },
    Status.RUNNING: {
        "done": Status.DONE,
        "failed": Status.FAILED,
        "cancelled": Status.CANCELLED,
        "parked": Status.QUEUED,
        "orphaned": Status.QUEUED,
        "stopping": Status.RUNNING,
        "picture": Status.RUNNING,
    },
    Status.FAILED: {"retried": Status.QUEUED},
    Status.CANCELLED: {"retried": Status.QUEUED},
    Status.DONE: {},
}
"""What may happen to a job in each status, and where it stands then."""


class Lifecycle(RuleBasedStateMachine):
    """Jobs are submitted, moved, cancelled, claimed, finished, lost; the model only remembers."""

    jobs = Bundle("jobs")
    runs = Bundle("runs")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.bench = make_bench(f"sqlite:///{Path(self.folder.name) / 'a.db'}")
        self.status = {}
        self.order = []

    def teardown(self):
        self.bench.database.close()
        self.folder.cleanup()

    @rule(target=jobs, priority=st.integers(-1, 1))
    def submit(self, priority):
        job = self.bench.submit(priority=priority)
        self.status[job.id] = Status.QUEUED
        self.enqueue(job.id, priority)
        return job.id

    def enqueue(self, job_id, priority):
        """Behind the last of its priority."""
        place = sum(1 for _, other in self.order if other >= priority)
        self.order.insert(place, (job_id, priority))

    def leave(self, job_id):
        self.order = [entry for entry in self.order if entry[0] != job_id]

    def check(self, job_id, act, allowed):
        """Do it if its status allows it; otherwise it must be refused."""
        if self.status[job_id] in allowed:
            return act() or True
        with pytest.raises(WrongStatus):
            act()
        return False

    @rule(job_id=jobs)
    def cancel(self, job_id):
        is_asked = self.bench.store.get(job_id).wish == "cancel"
        allowed = () if is_asked else (Status.QUEUED, Status.RUNNING)
        was_waiting = self.status[job_id] == Status.QUEUED
        if self.check(job_id, lambda: self.bench.store.cancel(job_id), allowed) and was_waiting:
            self.status[job_id] = Status.CANCELLED
            self.leave(job_id)

    @rule(job_id=jobs)
    def retry(self, job_id):
        allowed = (Status.FAILED, Status.CANCELLED)
        if self.check(job_id, lambda: self.bench.store.retry(job_id), allowed):
            self.status[job_id] = Status.QUEUED
            self.enqueue(job_id, self.bench.store.get(job_id).priority)

    @rule(job_id=jobs, priority=st.integers(-1, 1))
    def prioritise(self, job_id, priority):
        act = lambda: self.bench.store.prioritise(job_id, priority)  # noqa: E731
        if self.check(job_id, act, (Status.QUEUED,)):
            self.leave(job_id)
            self.enqueue(job_id, priority)

    @rule(target=runs)
    def claim(self):
        job = self.bench.claims.claim("")
        waiting = [entry for entry in self.order if self.status[entry[0]] == Status.QUEUED]
        assert (job and job.id) == (waiting[0][0] if waiting else None)
        if job:
            self.status[job.id] = Status.RUNNING
        return job

    @rule(
        job=consumes(runs),
        end=st.sampled_from(["finish", "fail", "cancel", "park"]),
        place=st.integers(0, 2),
    )
    def end(self, job, end, place):
        if job is None:
            return
        is_held = self.status[job.id] == Status.RUNNING
        is_held = is_held and self.bench.store.get(job.id).run == job.run
        made = [JobPicture(place=place, id="a" * 64, path="p", width=1, height=1)]
        claims = self.bench.claims
        acts = {
            "finish": (lambda: claims.finish(job, made), Status.DONE),
            "fail": (lambda: claims.fail(job, Failure(kind="E", message="m")), Status.FAILED),
            "cancel": (lambda: claims.cancel(job), Status.CANCELLED),
            "park": (lambda: claims.park(job), Status.QUEUED),
        }
        act, after = acts[end]
        if not is_held:
            with pytest.raises(Lost):
                act()
            return
        act()
        self.status[job.id] = after
        if after != Status.QUEUED:
            self.leave(job.id)

    @rule()
    def worker_dies(self):
        for job in self.bench.orphans.release("worker", "killed"):
            self.status[job.id] = self.bench.store.get(job.id).status
            assert self.status[job.id] in (Status.QUEUED, Status.FAILED, Status.CANCELLED)
            if self.status[job.id] != Status.QUEUED:
                self.leave(job.id)

    @invariant()
    def every_job_is_where_the_model_has_it(self):
        found = {job_id: self.bench.store.get(job_id) for job_id in self.status}
        assert {job_id: job.status for job_id, job in found.items()} == self.status
        for job in found.values():
            assert (job.finished is not None) == (job.status in FINAL)
            assert (job.failure is not None) == (job.status == Status.FAILED)

    @invariant()
    def they_wait_in_the_models_order(self):
        with self.bench.database.reading() as connection:
            page = in_turn(connection, owner=None, limit=500, cursor="")
        waiting = [each for each, _ in self.order if self.status[each] == Status.QUEUED]
        assert [job.id for job in page.jobs] == waiting

    @invariant()
    def the_journal_tells_a_life_that_can_be(self):
        told = {}
        for event in Journal(self.bench.database).after(0):
            told[event.job] = LEGAL[told.get(event.job)][event.kind]
        assert told == self.status


Lifecycle.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
test_jobs_live_as_the_model_says = Lifecycle.TestCase
