"""Workers as real processes: started, killed, stopped, started again."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tests.jobs.engines import chain_recipe
from velatura import Txt2Img
from velatura.jobs import Queue, Recipe, Status
from velatura.jobs.supervisor import how_it_ended

PATIENCE_S = 60.0


def until(holds, what):
    """Wait for something that other processes do."""
    end = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < end, f"waited in vain for: {what}"
        time.sleep(0.02)
    return found


@pytest.fixture
def queue(tmp_path):
    made = Queue(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def start(queue):
    """Starts workers that make a step in so many seconds."""
    running = []

    def begin(step_s=0.0, recipe=None, **changes):
        config = queue.worker("cpu", recipe or chain_recipe(step_s))
        quick = {"snapshot_s": 0.05, "preview_s": 0.0, "report_s": 0.0}
        supervisor = queue.supervise([replace(config, **(quick | changes))])
        supervisor.start()
        running.append(supervisor)
        return supervisor

    yield begin
    for supervisor in running:
        supervisor.stop()


def ask(prompt="an apple", **changes):
    return Txt2Img(**({"prompt": prompt, "seed": 1, "steps": 5} | changes))


def ends(queue, job):
    return until(lambda: (found := queue.get(job.id)).finished and found, f"the end of {job.id}")


def steps(queue, job, count):
    until(lambda: queue.get(job.id).progress.step >= count, f"step {count}")


def test_jobs_are_carried_out_in_a_process_of_their_own(queue, start):
    supervisor = start()
    jobs = [queue.submit(ask(seed=seed)) for seed in range(3)]
    assert [ends(queue, job).status for job in jobs] == [Status.DONE] * 3
    (health,) = supervisor.health
    assert health.starts == 1
    assert health.process != os.getpid()
    (state,) = until(lambda: queue.workers, "a sign of life")
    assert state.process == health.process


def test_a_worker_that_was_killed_is_started_again_and_the_job_goes_on(queue, start):
    supervisor = start(step_s=0.05)
    job = queue.submit(ask(steps=30))
    steps(queue, job, 10)
    os.kill(supervisor.health[0].process, signal.SIGKILL)
    done = ends(queue, job)
    assert (done.status, done.run, len(done.pictures)) == (Status.DONE, 2, 1)
    (health,) = supervisor.health
    assert "SIGKILL" in health.last_end
    (orphaned,) = [event for event in queue.events_after(0) if event.kind == "orphaned"]
    assert "SIGKILL" in orphaned.told["how"]


def test_a_job_that_kills_its_workers_fails_and_the_next_one_is_done(queue, start):
    start(most_deaths=2)
    deadly, next_one = queue.submit(ask("kill")), queue.submit(ask())
    failed = ends(queue, deadly)
    assert failed.status == Status.FAILED
    assert "died 2 times" in failed.failure.message
    assert ends(queue, next_one).status == Status.DONE


def test_a_running_job_is_parked_at_the_end_and_goes_on_at_the_next_start(queue, start):
    first = start(step_s=0.05)
    job = queue.submit(ask(steps=40))
    steps(queue, job, 5)
    first.stop()
    parked = queue.get(job.id)
    assert (parked.status, parked.deaths) == (Status.QUEUED, 0)
    assert queue.folder.snapshot(job.id).exists()
    assert first.health[0].last_end == "ended as it was told"
    start()
    done = ends(queue, job)
    assert (done.status, done.run) == (Status.DONE, 2)
    assert not queue.folder.snapshot(job.id).exists()


def test_a_worker_that_gets_sigterm_parks_its_job_and_is_replaced(queue, start):
    supervisor = start(step_s=0.05)
    job = queue.submit(ask(steps=30))
    steps(queue, job, 5)
    os.kill(supervisor.health[0].process, signal.SIGTERM)
    done = ends(queue, job)
    assert (done.status, done.deaths, supervisor.health[0].starts) == (Status.DONE, 0, 2)
    assert "parked" in [event.kind for event in queue.events_after(0)]


def test_a_running_job_is_cancelled_within_a_step(queue, start):
    start(step_s=0.2)
    job = queue.submit(ask(steps=500))
    steps(queue, job, 2)
    at = queue.cancel(job.id).progress.step
    cancelled = ends(queue, job)
    assert cancelled.status == Status.CANCELLED
    assert cancelled.progress.step <= at + 2  # the one in hand, and one reported meanwhile


def test_pausing_at_once_makes_way_and_resuming_goes_on(queue, start):
    start(step_s=0.05)
    job = queue.submit(ask(steps=30))
    steps(queue, job, 3)
    queue.pause("lunch", now=True)
    until(lambda: queue.get(job.id).status == Status.QUEUED, "the job to make way")
    assert [pause.reason for pause in queue.pauses] == ["lunch"]
    queue.resume()
    assert ends(queue, job).status == Status.DONE


def test_a_worker_whose_engine_cannot_be_made_leaves_the_jobs_waiting(queue, start):
    supervisor = start(recipe=Recipe(factory="tests.jobs.engines:NoEngine"))
    job = queue.submit(ask())
    until(lambda: supervisor.health[0].starts >= 2, "another start")
    assert (queue.get(job.id).status, queue.get(job.id).deaths) == (Status.QUEUED, 0)
    assert "exit code 1" in supervisor.health[0].last_end


def test_a_worker_that_still_makes_its_engine_ends_at_once(start, tmp_path):
    begun = tmp_path / "begun"
    recipe = Recipe(factory="tests.jobs.engines:LateEngine", options={"begun": str(begun)})
    supervisor = start(recipe=recipe)
    until(begun.exists, "the making of the engine")
    supervisor.stop()
    assert supervisor.health[0].last_end == "ended as it was told"


def test_a_queue_that_a_full_disk_paused_goes_on_when_there_is_space(queue, start):
    from velatura.jobs.pauses import pause

    with queue.database.writing() as connection:
        pause(connection, time.time(), "disk", "no space")
    job = queue.submit(ask())
    start()
    assert ends(queue, job).status == Status.DONE
    assert queue.pauses == ()
    assert not list(queue.folder.root.glob(".velatura-*"))


def test_the_process_of_the_queue_imports_no_torch():
    program = (
        "import sys, tempfile, pathlib\n"
        "from velatura.jobs import Queue, local_recipe\n"
        "from velatura import Txt2Img\n"
        "queue = Queue(pathlib.Path(tempfile.mkdtemp()))\n"
        "queue.supervise([queue.worker('cpu', local_recipe())])\n"
        "queue.submit(Txt2Img(prompt='an apple'))\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_command_line_starts_without_the_database():
    program = (
        "import sys\n"
        "sys.argv = ['velatura', '--help']\n"
        "from velatura.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not {'sqlalchemy', 'alembic', 'psycopg', 'filelock'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "as it was told"),
        (3, "exit code 3"),
        (-9, "SIGKILL; was there enough memory"),
        (-11, "SIGSEGV"),
    ],
)
def test_the_end_of_a_process_is_told_in_words(code, words):
    assert words in how_it_ended(code)
