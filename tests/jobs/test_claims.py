"""The queue from its workers' side, and what becomes of jobs whose worker died."""

import threading
from dataclasses import replace

import pytest

from velatura.jobs.claims import MOST_PASSED, Lost
from velatura.jobs.job import Failure, JobPicture, Progress, Status
from velatura.jobs.journal import Journal
from velatura.jobs.orphans import LEASE_S, read_workers
from velatura.jobs.pauses import park_running, pause, read_pauses, resume
from velatura.jobs.tables import workers

PICTURE = JobPicture(place=0, id="a" * 64, path="x/1.png", width=8, height=16)


def kinds(bench):
    return [event.kind for event in Journal(bench.database).after(0)]


def test_a_job_is_taken_up_once(bench):
    ids = {bench.submit().id for _ in range(20)}
    taken = []

    def work(name):
        claims = bench.worker(name)
        while job := claims.claim(""):
            taken.append(job.id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 20
    assert set(taken) == ids


def test_an_empty_queue_gives_nothing(bench):
    assert bench.claims.claim("") is None


def test_a_finished_job_has_its_pictures_and_its_end_at_once(bench):
    bench.submit()
    job = bench.claims.claim("")
    bench.clock.now = 1010.0
    bench.claims.finish(job, [PICTURE])
    done = bench.store.get(job.id)
    assert (done.status, done.pictures, done.finished) == (Status.DONE, (PICTURE,), 1010.0)
    assert done.progress.share == 1.0
    assert kinds(bench)[-2:] == ["picture", "done"]


def test_the_time_spent_on_a_job_is_that_of_all_its_runs(bench):
    bench.submit()
    job = bench.claims.claim("")
    bench.clock.now += 4.0
    bench.claims.park(job)
    bench.clock.now += 100.0
    assert bench.store.get(job.id).seconds == 4.0
    job = bench.claims.claim("")
    bench.clock.now += 2.5
    bench.claims.finish(job, [])
    assert bench.store.get(job.id).seconds == 6.5
    assert bench.store.get(job.id).peak_bytes > 0


def test_what_is_said_of_a_picture_is_kept_and_told(bench):
    bench.submit()
    job = bench.claims.claim("")
    told = replace(PICTURE, seam=1.25, remarks=("Lora not found: ink",))
    bench.claims.finish(job, [told])
    assert bench.store.get(job.id).pictures == (told,)
    (event,) = [it for it in Journal(bench.database).after(0) if it.kind == "picture"]
    assert (event.told["seam"], event.told["remarks"]) == (1.25, ["Lora not found: ink"])


def test_a_picture_is_recorded_once_however_often_it_was_made(bench):
    bench.submit()
    job = bench.claims.claim("")
    bench.claims.record(job, [PICTURE])
    bench.claims.finish(job, [PICTURE])
    assert bench.store.get(job.id).pictures == (PICTURE,)
    assert kinds(bench).count("picture") == 1


@pytest.mark.parametrize("end", ["finish", "fail", "cancel", "park", "report", "record", "wish"])
def test_who_lost_a_job_has_no_more_say(bench, end):
    bench.submit()
    job = bench.claims.claim("")
    bench.orphans.release("worker", "silent")
    again = bench.worker("other").claim("")
    assert again.run == 2
    say = {
        "finish": lambda: bench.claims.finish(job, [PICTURE]),
        "fail": lambda: bench.claims.fail(job, Failure(kind="E", message="m")),
        "cancel": lambda: bench.claims.cancel(job),
        "park": lambda: bench.claims.park(job),
        "report": lambda: bench.claims.report(job, Progress(share=0.5)),
        "record": lambda: bench.claims.record(job, [PICTURE]),
        "wish": lambda: bench.claims.wish(job),
    }
    before = bench.store.get(job.id)
    with pytest.raises(Lost):
        say[end]()
    assert bench.store.get(job.id) == before


def test_progress_is_seen(bench):
    bench.submit()
    job = bench.claims.claim("")
    progress = Progress(phase="first", step=3, steps=20, share=0.15, left_s=17.0)
    bench.claims.report(job, progress)
    assert bench.store.get(job.id).progress == progress


def test_a_failure_is_told_with_its_field(bench):
    bench.submit()
    failure = Failure(kind="UnknownModel", message="no such checkpoint", field="checkpoint")
    bench.claims.fail(bench.claims.claim(""), failure)
    (job,) = [bench.store.get(event.job) for event in Journal(bench.database).after(2)]
    assert (job.status, job.failure) == (Status.FAILED, failure)


def test_jobs_of_the_loaded_checkpoint_go_first_but_starve_nobody(lite):
    other = lite.submit(models="b").id
    mates = [lite.submit(models="a").id for _ in range(MOST_PASSED + 3)]
    taken = []
    while job := lite.claims.claim("a"):
        taken.append(job.id)
        lite.claims.finish(job, [])
    assert taken == [*mates[:MOST_PASSED], other, *mates[MOST_PASSED:]]


def test_a_higher_priority_goes_before_a_loaded_checkpoint(lite):
    lite.submit(models="a")
    urgent = lite.submit(models="b", priority=1).id
    assert lite.claims.claim("a").id == urgent


def test_a_job_without_checkpoint_is_not_passed(lite):
    first = lite.submit(models="").id
    lite.submit(models="a")
    assert lite.claims.claim("a").id == first


def test_a_paused_queue_gives_nothing_until_nobody_pauses_it(bench):
    bench.submit()
    with bench.database.writing() as connection:
        assert pause(connection, 1.0, "user", "lunch")
        assert not pause(connection, 2.0, "user", "more lunch")
        assert pause(connection, 3.0, "disk", "full")
    assert bench.claims.claim("") is None
    with bench.database.writing() as connection:
        assert [each.reason for each in read_pauses(connection)] == ["lunch", "full"]
        assert resume(connection, 4.0, "user")
        assert not resume(connection, 4.0, "user")
    assert bench.claims.claim("") is None
    with bench.database.writing() as connection:
        resume(connection, 5.0, "disk")
    assert bench.claims.claim("") is not None
    assert kinds(bench) == ["submitted", "paused", "paused", "resumed", "resumed", "started"]


def test_running_jobs_can_be_asked_to_make_way(bench):
    bench.submit()
    job = bench.claims.claim("")
    with bench.database.writing() as connection:
        park_running(connection)
    assert bench.claims.wish(job) == "park"
    bench.claims.park(job)
    again = bench.claims.claim("")
    assert (again.id, again.wish, again.run) == (job.id, "", 2)


def test_a_full_disk_parks_the_job_and_pauses_the_queue_in_one(bench):
    bench.submit()
    job = bench.claims.claim("")
    bench.claims.park(job, [PICTURE], disk_full="/data: no space; free some space")
    with bench.database.reading() as connection:
        (found,) = read_pauses(connection)
    assert (found.cause, found.reason) == ("disk", "/data: no space; free some space")
    parked = bench.store.get(job.id)
    assert (parked.status, parked.pictures, parked.deaths) == (Status.QUEUED, (PICTURE,), 0)


def test_the_job_of_a_dead_worker_goes_back(bench):
    bench.submit()
    job = bench.claims.claim("")
    assert bench.orphans.release("another", "killed") == []
    assert [each.id for each in bench.orphans.release("worker", "killed")] == [job.id]
    back = bench.store.get(job.id)
    assert (back.status, back.deaths) == (Status.QUEUED, 1)
    assert kinds(bench)[-1] == "orphaned"


def test_a_job_that_kills_its_workers_fails_and_says_where(bench):
    bench.submit()
    for _ in range(3):
        job = bench.claims.claim("")
        bench.claims.report(job, Progress(phase="first", step=7, steps=20))
        bench.orphans.release("worker", "was killed by SIGSEGV")
    failed = bench.store.get(job.id)
    assert failed.status == Status.FAILED
    assert "died 3 times at this job without getting further than step 7 of 20" in (
        failed.failure.message
    )
    assert "SIGSEGV" in failed.failure.message
    assert bench.store.retry(job.id).deaths == 0


def test_a_job_that_gets_further_between_deaths_does_not_fail(bench):
    bench.submit()
    for _ in range(9):
        job = bench.claims.claim("")
        bench.claims.got_on(job)
        bench.orphans.release("worker", "killed")
    assert bench.store.get(job.id).status == Status.QUEUED


def test_a_worker_that_was_told_to_end_is_not_held_against_the_job(bench):
    bench.submit()
    for _ in range(9):
        job = bench.claims.claim("")
        bench.orphans.release("worker", "stopped", is_death=False)
    assert bench.store.get(job.id).deaths == 0


def test_a_job_that_was_to_be_cancelled_when_its_worker_died_is_cancelled(bench):
    job = bench.submit()
    bench.claims.claim("")
    bench.store.cancel(job.id)
    bench.orphans.release("worker", "killed")
    assert bench.store.get(job.id).status == Status.CANCELLED


def test_a_worker_that_was_not_heard_of_for_long_is_dead_unless_known_to_live(bench):
    job = bench.submit()
    bench.claims.claim("")
    row = {"name": "worker", "process": 1, "started": 0.0, "seen": 1000.0, "job": job.id}
    with bench.database.writing() as connection:
        connection.execute(workers.insert(), row)
    bench.clock.now = 1000.0 + LEASE_S
    assert bench.orphans.release_silent([]) == []
    bench.clock.now += 1.0
    assert bench.orphans.release_silent(["worker"]) == []
    assert [each.id for each in bench.orphans.release_silent([])] == [job.id]
    with bench.database.reading() as connection:
        assert read_workers(connection) == ()
