"""Finished pictures stand in the library as soon as their jobs say that they are there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.library.pictures import painted
from velatura.jobs.claims import Lost
from velatura.jobs.job import JobPicture
from velatura.jobs.shelf import open_library, rescan
from velatura.library.index import Find, Library, Place, facts_of


@pytest.fixture
def library(bench, tmp_path):
    return Library(bench.database, tmp_path / "pictures", tmp_path / "thumbnails")


def fresh(job, place=0, **settings):
    """A picture that a job has just made."""
    facts = facts_of(painted(**settings))
    find = Find(
        facts=facts,
        place=Place(root="", path=f"{place}.png", bytes=1, changed=10**18),
        job=job.id,
    )
    return JobPicture(
        place=place,
        id=facts.id,
        path=f"{place}.png",
        width=facts.width,
        height=facts.height,
        find=find,
    )


def test_a_picture_is_found_when_its_job_is_done(bench, library):
    bench.submit()
    job = bench.claims.claim("")
    bench.claims.finish(job, [fresh(job, prompt="a quince", seed=3)])
    (entry,) = library.search("quince seed:3 checkpoint:tiny* kind:txt2img").entries
    assert entry.job == job.id


def test_a_picture_recorded_twice_is_there_once(bench, library):
    bench.submit()
    job = bench.claims.claim("")
    made = fresh(job)
    bench.claims.record(job, [made])
    bench.claims.finish(job, [made, fresh(job, 1, width=32)])
    assert library.count() == 2


def test_nothing_of_a_lost_run_enters_the_library(bench, library):
    bench.submit()
    job = bench.claims.claim("")
    bench.orphans.release("worker", "it was killed")
    with pytest.raises(Lost):
        bench.claims.finish(job, [fresh(job)])
    assert library.count() == 0


def test_a_job_is_not_done_where_its_pictures_cannot_enter(bench, library):
    bench.submit()
    job = bench.claims.claim("")
    made = fresh(job)
    damaged = replace(made.find, facts=replace(made.find.facts, sampler=None))
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the defect is
        bench.claims.finish(job, [replace(made, find=damaged)])
    assert bench.store.get(job.id).status == "running"
    assert bench.store.get(job.id).pictures == ()
    assert library.count() == 0


def test_what_the_journal_tells_of_a_picture_stays_as_it_was(bench):
    bench.submit()
    job = bench.claims.claim("")
    bench.claims.finish(job, [fresh(job)])
    with bench.database.reading() as connection:
        query = "SELECT told FROM events WHERE kind = 'picture'"
        told = connection.execute(text(query)).scalar_one()
    assert '"find"' not in told
    assert '"path": "0.png"' in told


def test_a_rescan_finds_what_is_missing_and_whose_job_it_was(tmp_path):
    from velatura.jobs import Queue
    from velatura.jobs.claims import Claims
    from velatura.library import save_picture
    from velatura.records import Txt2Img

    queue = Queue(tmp_path)
    job = queue.submit(Txt2Img(prompt="x"))
    claims = Claims(queue.database, lambda: 5.0, "worker")
    held = claims.claim("")
    picture = painted(prompt="a medlar")
    path = save_picture(picture, queue.folder.pictures)
    known = JobPicture(place=0, id=picture.id, path=path.name, width=24, height=16)
    claims.finish(held, [known])  # as an older Velatura did, without a word to the library
    library = open_library(queue)
    assert library.count() == 0
    *_, last = rescan(queue)
    assert (last.added, last.gone) == (1, 0)
    assert library.search("medlar").entries[0].job == job.id
    path.unlink()
    *_, last = rescan(queue)
    assert last.gone == 1
    assert library.count() == 0
    queue.close()
