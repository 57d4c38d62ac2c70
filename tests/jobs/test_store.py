"""The queue from its clients' side."""

import pytest

from velatura.database import open_database
from velatura.errors import KeyTaken, QueueFull, UnknownJob, WrongStatus
from velatura.jobs.job import Failure, Status
from velatura.jobs.journal import Journal
from velatura.jobs.listing import in_turn


def turn(bench):
    """Ids of the waiting jobs, the next one first."""
    with bench.database.reading() as connection:
        return [job.id for job in in_turn(connection, owner=None, limit=100, cursor="").jobs]


def kinds(bench):
    return [event.kind for event in Journal(bench.database).after(0)]


def test_a_job_is_there_for_everybody_when_it_was_submitted(bench, database_url):
    job = bench.submit()
    another = open_database(database_url)
    bench.store._database = another
    assert bench.store.get(job.id) == job
    another.close()
    assert (job.status, job.number, job.submitted) == (Status.QUEUED, 1, 1000.0)


def test_the_same_key_gives_the_same_job(bench):
    first = bench.submit(key="k")
    assert bench.submit(key="k").id == first.id
    assert len(turn(bench)) == 1


def test_a_key_is_its_owners_own(bench):
    assert bench.submit(key="k").id != bench.submit(key="k", owner="bert").id


def test_a_key_does_not_stand_for_two_requests(bench):
    bench.submit(key="k")
    with pytest.raises(KeyTaken, match="take a new key"):
        bench.submit(key="k", digest="1" * 64)


def test_a_client_may_have_only_so_many_jobs_waiting(bench):
    bench.store._most_waiting = 2
    bench.submit()
    bench.submit()
    with pytest.raises(QueueFull, match="2 jobs wait already, of at most 2"):
        bench.submit()
    bench.submit(owner="bert")
    bench.claims.claim("")
    bench.submit()


def test_a_job_of_somebody_else_is_as_unknown_as_one_that_is_not_there(bench):
    job = bench.submit()
    messages = []
    for job_id in (job.id, "f" * 32, "", "x' OR 1=1", "\x00"[:0]):
        with pytest.raises(UnknownJob) as caught:
            bench.store.get(job_id, "bert")
        messages.append(str(caught.value).replace(job_id, "ID") if job_id else "")
    assert messages[0] == messages[1]
    for act in (bench.store.cancel, bench.store.retry):
        with pytest.raises(UnknownJob):
            act(job.id, "bert")
    with pytest.raises(UnknownJob):
        bench.store.prioritise(job.id, 5, "bert")
    assert bench.store.get(job.id, "anna").status == Status.QUEUED


def test_a_waiting_job_is_cancelled_at_once(bench):
    job = bench.submit()
    bench.clock.now = 1005.0
    cancelled = bench.store.cancel(job.id)
    assert (cancelled.status, cancelled.finished) == (Status.CANCELLED, 1005.0)
    assert bench.claims.claim("") is None


def test_a_running_job_is_asked_to_stop(bench):
    job = bench.submit()
    running = bench.claims.claim("")
    asked = bench.store.cancel(job.id)
    assert (asked.status, asked.wish) == (Status.RUNNING, "cancel")
    assert bench.claims.wish(running) == "cancel"


def test_a_job_is_not_cancelled_twice(bench):
    waiting, running = bench.submit(), bench.submit(priority=1)
    bench.claims.claim("")
    for job in (waiting, running):
        bench.store.cancel(job.id)
        with pytest.raises(WrongStatus, match=r"nothing was changed|wait for the step in hand"):
            bench.store.cancel(job.id)


def test_a_failed_job_is_tried_again_behind_the_others(bench):
    failed, other = bench.submit(), bench.submit()
    bench.claims.fail(bench.claims.claim(""), Failure(kind="EngineError", message="no"))
    again = bench.store.retry(failed.id)
    assert (again.status, again.failure, again.finished) == (Status.QUEUED, None, None)
    assert turn(bench) == [other.id, failed.id]


@pytest.mark.parametrize(
    ("until", "advice"), [("queued", "wait for it"), ("done", "submit its request again")]
)
def test_only_what_failed_or_was_cancelled_is_tried_again(bench, until, advice):
    job = bench.submit()
    if until == "done":
        bench.claims.finish(bench.claims.claim(""), [])
    with pytest.raises(WrongStatus, match=advice):
        bench.store.retry(job.id)


def test_jobs_go_by_priority_and_then_as_they_came(bench):
    low, first, second, high = (bench.submit(priority=p).id for p in (-1, 0, 0, 9))
    assert turn(bench) == [high, first, second, low]
    bench.store.prioritise(first, 0)
    assert turn(bench) == [high, second, first, low]
    bench.store.prioritise(low, 9)
    assert turn(bench) == [high, low, second, first]


def test_a_job_is_moved_before_another_whose_priority_it_takes(bench):
    a, b, c = (bench.submit(priority=p).id for p in (0, 0, -5))
    moved = bench.store.move_before(c, b)
    assert (moved.priority, turn(bench)) == (0, [a, c, b])
    bench.store.move_before(b, a)
    assert turn(bench) == [b, a, c]
    bench.store.move_before(a, a)
    assert turn(bench) == [b, a, c]


def test_jobs_can_be_moved_into_the_same_gap_for_ever(lite):
    first, last = lite.submit().id, lite.submit().id
    others = [lite.submit().id for _ in range(30)]
    for other in others:
        lite.store.move_before(other, last)
    assert turn(lite) == [first, *others, last]


def test_only_waiting_jobs_can_be_moved(bench):
    job, other = bench.submit(), bench.submit()
    bench.claims.claim("")
    for act in (
        lambda: bench.store.prioritise(job.id, 1),
        lambda: bench.store.move_before(job.id, other.id),
        lambda: bench.store.move_before(other.id, job.id),
    ):
        with pytest.raises(WrongStatus, match="only waiting jobs can be moved"):
            act()


def test_a_job_that_comes_back_goes_before_those_submitted_meanwhile(bench):
    job = bench.submit()
    running = bench.claims.claim("")
    later = bench.submit()
    bench.claims.park(running)
    assert turn(bench) == [job.id, later.id]


def test_the_journal_tells_every_change_once(bench):
    job, other = bench.submit(key="k"), bench.submit()
    bench.submit(key="k")
    bench.store.move_before(other.id, job.id)
    bench.store.cancel(other.id)
    bench.store.retry(other.id)
    bench.claims.finish(bench.claims.claim(""), [])
    assert kinds(bench) == [
        "submitted",
        "submitted",
        "moved",
        "cancelled",
        "retried",
        "started",
        "done",
    ]
