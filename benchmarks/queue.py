"""How quickly jobs are queued, listed and taken up, on SQLite, each one durable on its own."""

from __future__ import annotations

from dataclasses import replace
from statistics import quantiles
from time import perf_counter, process_time, sleep
from typing import TYPE_CHECKING

from benchmarks.rows import Row
from velatura import Txt2Img
from velatura.jobs import Queue, fake_recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.options import Options

JOBS = 1000
ROUNDS = 4
PAGES = 300
TAKEN_UP = 20


def queue(options: Options) -> list[Row]:
    """Rows about the queue."""
    jobs = Queue(options.folder / "queue", most_waiting=JOBS * ROUNDS)
    submit_s: list[float] = []
    processor_s: list[float] = []
    for _ in range(ROUNDS):
        before = process_time()
        submit_s.append(_timed(lambda: _submit(jobs)))
        processor_s.append(process_time() - before)
    newest_ms = [1e3 * _timed(jobs.newest) for _ in range(PAGES)]
    turn_ms = [1e3 * _timed(jobs.in_turn) for _ in range(PAGES)]
    events_ms = [1e3 * _timed(lambda: jobs.events_after(100, limit=50)) for _ in range(PAGES)]
    jobs.close()
    return [
        Row(what=f"{JOBS:,} jobs queued, one by one", values=submit_s, unit="s", bar=5.0),
        Row(what="... in processor time", values=processor_s, unit="s"),
        Row(
            what=f"The newest 50 of {JOBS * ROUNDS:,} jobs, p99",
            values=[_p99(newest_ms)],
            unit="ms",
            bar=20.0,
        ),
        Row(what="... the next 50 in turn, p99", values=[_p99(turn_ms)], unit="ms"),
        Row(what="... 50 events of the journal, p99", values=[_p99(events_ms)], unit="ms"),
        Row(
            what="From a job's submission to its start in an idle worker",
            values=_taken_up_ms(options),
            unit="ms",
        ),
    ]


def _submit(jobs: Queue) -> None:
    for number in range(JOBS):
        jobs.submit(Txt2Img(prompt=f"apple number {number}"), owner="benchmark")


def _taken_up_ms(options: Options) -> list[float]:
    jobs = Queue(options.folder / "idle")
    config = replace(jobs.worker("cpu", fake_recipe()), preview_s=0.0)
    supervisor = jobs.supervise([config])
    supervisor.start()
    waited: list[float] = []
    for seed in range(TAKEN_UP):
        job = jobs.submit(Txt2Img(prompt="an apple", steps=1, seed=seed))
        while (now := jobs.get(job.id)).finished is None:
            sleep(0.005)
        waited.append(1e3 * ((now.started or 0.0) - now.submitted))
    supervisor.stop()
    jobs.close()
    return waited[1:]  # the first one waits for the worker to start


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def _timed(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began
