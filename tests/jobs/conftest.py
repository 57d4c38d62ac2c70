"""A queue on each database, with a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from velatura.database import Database, migrate, open_database
from velatura.jobs.claims import Claims
from velatura.jobs.orphans import Orphans
from velatura.jobs.store import Store, Submission


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    """Both sides of a queue."""

    database: Database
    clock: Clock
    store: Store
    claims: Claims
    orphans: Orphans

    def submit(self, **changes):
        values = {
            "owner": "anna",
            "key": None,
            "digest": "0" * 64,
            "kind": "txt2img",
            "request": '{"kind": "txt2img"}',
            "inputs": "[]",
            "models": "",
            "priority": 0,
        }
        (job,) = self.store.submit([Submission(**(values | changes))])
        return job

    def worker(self, name):
        return Claims(self.database, self.clock, name)


def make_bench(url, most_waiting=100):
    database = open_database(url)
    migrate(database)
    clock = Clock()
    return Bench(
        database=database,
        clock=clock,
        store=Store(database, clock, most_waiting),
        claims=Claims(database, clock, "worker"),
        orphans=Orphans(database, clock, most_deaths=3),
    )


@pytest.fixture
def bench(database_url):
    made = make_bench(database_url)
    yield made
    made.database.close()


@pytest.fixture
def lite(tmp_path):
    """The same on SQLite alone, for what is not the database's business."""
    made = make_bench(f"sqlite:///{tmp_path / 'lite.db'}")
    yield made
    made.database.close()
