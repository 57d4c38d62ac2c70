"""The journal, and the bell that says when to look into it."""

import threading

import pytest

from velatura.jobs.journal import Bell, Journal
from velatura.jobs.pauses import pause


@pytest.fixture
def journal(bench):
    return Journal(bench.database)


def test_a_listener_goes_on_where_it_left(bench, journal):
    for _ in range(5):
        bench.submit()
    first = journal.after(0, limit=2)
    assert [event.id for event in first] == [1, 2]
    assert [event.id for event in journal.after(first[-1].id)] == [3, 4, 5]
    assert journal.after(5) == ()


def test_a_client_hears_of_its_own_jobs_and_of_the_queue(bench, journal):
    bench.submit()
    bench.submit(owner="bert")
    with bench.database.writing() as connection:
        pause(connection, 1.0, "user", "lunch")
    told = [(event.kind, event.owner) for event in journal.after(0, owner="bert")]
    assert told == [("submitted", "bert"), ("paused", "")]


def test_events_of_many_writers_become_visible_in_the_order_of_their_ids(bench, journal):
    seen, stop = [], threading.Event()

    def listen():
        while not stop.is_set() or journal.after(seen[-1] if seen else 0):
            seen.extend(event.id for event in journal.after(seen[-1] if seen else 0))

    def write(owner):
        for _ in range(10):
            bench.submit(owner=owner)

    listener = threading.Thread(target=listen)
    writers = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    for thread in (listener, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    listener.join()
    assert seen == [event.id for event in journal.after(0)]
    assert len(seen) == 40


def test_old_events_are_forgotten_but_never_the_newest(bench, journal):
    for _ in range(12):
        bench.submit()
    journal.forget(kept=11)
    assert journal.bounds() == (1, 12)
    journal.forget(kept=10)
    assert journal.bounds() == (3, 12)
    bench.submit()
    assert journal.bounds() == (3, 13)


def test_an_empty_journal_has_no_bounds(journal):
    assert journal.bounds() == (0, 0)


def test_a_bell_wakes_who_waits_and_calls_who_listens():
    bell, calls = Bell(), []
    end = bell.listen(lambda: calls.append("rung"))
    threading.Timer(0.05, bell.ring).start()
    assert bell.wait(0, timeout_s=10) == 1
    end()
    bell.ring()
    assert (calls, bell.rings) == (["rung"], 2)


def test_a_ring_that_came_before_the_waiting_is_heard():
    bell = Bell()
    bell.ring()
    assert bell.wait(0, timeout_s=10) == 1


def test_waiting_ends_with_the_time():
    assert Bell().wait(0, timeout_s=0.01) == 0
