"""Pages of jobs."""

import pytest

from velatura.errors import RequestError
from velatura.jobs.job import JobPicture, Status
from velatura.jobs.listing import LONGEST_PAGE, in_turn, newest


def pages(bench, listing, **options):
    """The numbers of the jobs of all pages, page by page."""
    found, cursor = [], ""
    values = {"owner": None, "limit": 3} | options
    while True:
        with bench.database.reading() as connection:
            page = listing(connection, cursor=cursor, **values)
        found.append([job.number for job in page.jobs])
        cursor = page.next
        if not cursor:
            return found


def test_the_newest_come_first_a_page_at_a_time(bench):
    for _ in range(7):
        bench.submit()
    assert pages(bench, newest, statuses=()) == [[7, 6, 5], [4, 3, 2], [1]]


def test_a_full_last_page_is_the_last(lite):
    for _ in range(3):
        lite.submit()
    assert pages(lite, newest, statuses=()) == [[3, 2, 1]]


def test_nothing_is_one_empty_page(lite):
    assert pages(lite, newest, statuses=()) == [[]]
    assert pages(lite, in_turn) == [[]]


def test_jobs_submitted_meanwhile_do_not_shift_a_page(lite):
    for _ in range(4):
        lite.submit()
    with lite.database.reading() as connection:
        page = newest(connection, owner=None, statuses=(), limit=2, cursor="")
    lite.submit()
    with lite.database.reading() as connection:
        rest = newest(connection, owner=None, statuses=(), limit=2, cursor=page.next)
    assert [job.number for job in rest.jobs] == [2, 1]


def test_owner_and_status_narrow_it_down(bench):
    for owner in ("anna", "bert", "anna", "anna"):
        bench.submit(owner=owner)
    job = bench.claims.claim("")
    bench.claims.finish(job, [JobPicture(place=0, id="a" * 64, path="p", width=1, height=1)])
    assert pages(bench, newest, owner="anna", statuses=()) == [[4, 3, 1]]
    assert pages(bench, newest, statuses=(Status.DONE,)) == [[1]]
    assert pages(bench, newest, statuses=(Status.DONE, Status.QUEUED)) == [[4, 3, 2], [1]]
    with bench.database.reading() as connection:
        done = newest(connection, owner=None, statuses=(Status.DONE,), limit=1, cursor="")
    assert [picture.path for picture in done.jobs[0].pictures] == ["p"]


def test_waiting_jobs_come_in_turn_a_page_at_a_time(bench):
    for priority in (0, 5, 0, -5, 5, 0, 0):
        bench.submit(priority=priority)
    assert pages(bench, in_turn) == [[2, 5, 1], [3, 6, 7], [4]]
    assert pages(bench, in_turn, owner="bert") == [[]]


@pytest.mark.parametrize("limit", [0, -1, LONGEST_PAGE + 1])
def test_a_limit_out_of_range_is_refused(lite, limit):
    with lite.database.reading() as connection, pytest.raises(RequestError, match=r"^limit: must"):
        newest(connection, owner=None, statuses=(), limit=limit, cursor="")


@pytest.mark.parametrize("cursor", ["x", "1:2", "1;DROP TABLE jobs", "9" * 19, "１", " 1"])
def test_a_cursor_that_is_none_of_ours_is_refused(lite, cursor):
    with lite.database.reading() as connection, pytest.raises(RequestError, match=r"^cursor: "):
        newest(connection, owner=None, statuses=(), limit=1, cursor=cursor)
