"""kill -9 at random moments: every job is done once, and its files are those of a quiet run."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from tests.jobs.engines import chain_recipe
from tests.jobs.test_supervisor import until
from velatura import Txt2Img, read_story
from velatura.jobs import Queue, Status, local_recipe

ROOT = Path(__file__).resolve().parents[2]


def request(number):
    """Requests of every shape, each with its own pictures."""
    return Txt2Img(
        prompt=f"picture {number}",
        seed=100 * number,
        steps=8,
        batch_size=1 + number % 2,
        batch_count=1 + number % 3,
    )


@dataclass
class Studio:
    """A supervisor and its worker, each a process that can be killed."""

    root: Path
    url: str
    step_s: float
    process: subprocess.Popen | None = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.studio", self.root, self.url, str(self.step_s)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(60) == 0


def harm(studio, queue, dice):
    """Kill the worker, the supervisor, or both; mostly after they took a job up again."""
    before = starts(queue)
    if dice.random() < 0.8:
        until(lambda: starts(queue) > before, "a job to be taken up")
    time.sleep(dice.uniform(0.0, 0.4))
    victims = dice.choice(["worker", "worker", "supervisor", "both"])
    if victims != "supervisor":
        for worker in psutil.Process(studio.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
    if victims != "worker":
        studio.kill()
        studio.start()


def starts(queue):
    """How often a job was taken up."""
    return [event.kind for event in queue.events_after(0, limit=10000)].count("started")


def quiet_run(root, requests):
    """Files of the same jobs when nothing happens."""
    queue = Queue(root)
    config = replace(queue.worker("cpu", chain_recipe()), preview_s=0.0)
    supervisor = queue.supervise([config])
    supervisor.start()
    jobs = [queue.submit(each) for each in requests]
    until(lambda: all(queue.get(job.id).finished for job in jobs), "the quiet run")
    supervisor.stop()
    files = [files_of(queue, job) for job in jobs]
    queue.close()
    return files


def files_of(queue, job):
    made = queue.get(job.id).pictures
    return [(queue.folder.pictures / picture.path).read_bytes() for picture in made]


@pytest.mark.parametrize(("kills", "count"), [(3, 4), pytest.param(50, 20, marks=pytest.mark.slow)])
def test_every_job_is_done_once_with_the_files_of_a_quiet_run(database_url, tmp_path, kills, count):
    dice = random.Random(kills)
    requests = [request(number) for number in range(count)]
    queue = Queue(tmp_path / "data", url=database_url)
    studio = Studio(queue.folder.root, database_url, step_s=0.08)
    studio.start()
    jobs = [queue.submit(each) for each in requests]
    for _ in range(kills):
        harm(studio, queue, dice)
    until(lambda: all(queue.get(job.id).finished for job in jobs), "the end of all jobs")
    studio.stop()

    events = queue.events_after(0, limit=10000)
    for job, expected in zip(jobs, quiet_run(tmp_path / "quiet", requests), strict=True):
        assert queue.get(job.id).status == Status.DONE
        assert [event.kind for event in events if event.job == job.id].count("done") == 1
        assert files_of(queue, job) == expected
    interrupted = [event for event in events if event.kind in ("orphaned", "parked")]
    assert len(interrupted) > kills // 2
    recorded = {picture.path for job in jobs for picture in queue.get(job.id).pictures}
    pictures = queue.folder.pictures
    on_disk = [path.relative_to(pictures) for path in pictures.rglob("*") if path.is_file()]
    kept = {path.as_posix() for path in on_disk if not path.match(".velatura-*.tmp")}
    assert kept == recorded
    queue.close()


def test_a_worker_ends_when_its_supervisor_was_killed(tmp_path):
    queue = Queue(tmp_path / "data")
    studio = Studio(queue.folder.root, "", step_s=0.05)
    studio.start()
    job = queue.submit(replace(request(0), steps=1000))
    until(lambda: queue.get(job.id).progress.step > 3, "some steps")
    (worker,) = queue.workers
    studio.kill()
    until(lambda: not is_alive(worker.process), "the worker's end")
    assert queue.get(job.id).status == Status.QUEUED
    assert queue.folder.snapshot(job.id).exists()
    queue.close()


def is_alive(process):
    """Whether a process is there and no zombie, as those are whose parent does not look."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return re.search(r"\) (\w)", state)[1] != "Z"


def test_a_real_picture_is_the_same_however_often_its_worker_was_killed(tiny_checkpoint, tmp_path):
    asked = Txt2Img(prompt="a red apple", seed=7, steps=12, width=64, height=64, sampler="Euler a")
    queue = Queue(tmp_path / "data")
    recipe = local_recipe([tiny_checkpoint.parent], device="cpu")
    config = replace(queue.worker("cpu", recipe), snapshot_s=0.0, report_s=0.0, preview_s=0.01)
    supervisor = queue.supervise([config])
    supervisor.start()
    quiet = queue.submit(asked)
    until(lambda: queue.get(quiet.id).finished, "the quiet run")
    job = queue.submit(asked)
    until(lambda: queue.get(job.id).progress.step >= 3, "some steps")
    os.kill(supervisor.health[0].process, signal.SIGKILL)
    until(lambda: queue.get(job.id).finished, "the end")
    supervisor.stop()
    done = queue.get(job.id)
    assert (done.status, done.run) == (Status.DONE, 2)
    assert files_of(queue, job) == files_of(queue, quiet)
    assert read_story(files_of(queue, job)[0]).request.seed == 7
    queue.close()
