"""Workflows in the queue: stages become jobs, once each, when they can begin."""

from __future__ import annotations

import numpy as np
import pytest

from tests.workflows.chains import named
from velatura.errors import KeyTaken, RequestError, UnknownRun, WrongStatus
from velatura.jobs import JobPicture, Queue
from velatura.jobs.claims import Claims
from velatura.jobs.job import Failure
from velatura.records import Bitmap, Img2Img, Txt2Img, Upscale
from velatura.workflows import Stage, Workflow
from velatura.workflows.runs import Runs

CHAIN = Workflow(
    stages={
        "compose": Stage(request=Txt2Img(prompt="an apple", batch_size=2), pick=2),
        "repaint": Stage(request=Img2Img(prompt="a pear", image=named("compose"))),
        "over": Stage(request=Img2Img(prompt="a fig", image=named("sketch"))),
        "unused": Stage(request=Upscale(image=named("over"))),
    },
    images={"sketch": Bitmap(np.zeros((8, 8, 3), np.uint8))},
    result="repaint",
)
PAIR = Workflow(stages=CHAIN.stages, images=CHAIN.images, result="unused")


def grey(shade):
    return Bitmap(np.full((8, 8, 3), shade, np.uint8))


class Desk:
    """A queue whose jobs are done by hand."""

    def __init__(self, root, url):
        self.queue = Queue(root, url=url)
        self.claims = Claims(self.queue.database, lambda: 5.0, "worker")
        self.refused = None
        self.gone = set()
        self.runs = Runs(self.queue, self.find, self.check, lambda: 7.0)

    def find(self, name):
        known = name not in self.gone and self.queue.has_bitmap(name)
        return self.queue.bitmap(name) if known else None

    def check(self, request):
        if request == self.refused:
            raise RequestError("strength: not today", field="strength")

    def work(self, shade=0):
        """Do the next job, in shades that count up."""
        job = self.claims.claim("")
        count = getattr(job.request, "batch_size", 1)
        made = []
        for place in range(count):
            bitmap = grey(shade + place)
            self.queue.keep_bitmap(bitmap)
            made.append(
                JobPicture(place=place, id=bitmap.id, path=f"{place}.png", width=8, height=8)
            )
        self.claims.finish(job, made)
        self.runs.advance()
        return job

    @property
    def count(self):
        return sum(self.queue.counts().values())


@pytest.fixture
def desk(tmp_path, database_url):
    made = Desk(tmp_path / "data", database_url)
    yield made
    made.queue.close()


def test_a_stage_becomes_a_job_when_the_picture_it_begins_with_is_there(desk):
    run = desk.runs.submit(CHAIN, priority=3)
    assert set(run.jobs) == {"compose"}
    assert (run.status, run.jobs["compose"].priority) == ("running", 3)
    desk.work(shade=10)
    run = desk.runs.get(run.id)
    assert set(run.jobs) == {"compose", "repaint"}
    request = desk.queue.request(run.jobs["repaint"].id)
    assert request.image == grey(11)
    assert request.prompt == "a pear"
    desk.work()
    run = desk.runs.get(run.id)
    assert (run.status, run.ended) == ("done", 7.0)


def test_what_the_result_does_not_need_is_not_made(desk):
    run = desk.runs.submit(CHAIN)
    desk.work()
    desk.work()
    assert desk.runs.get(run.id).status == "done"
    assert desk.count == 2


def test_stages_that_do_not_wait_for_others_begin_at_once_with_images_from_outside(desk):
    run = desk.runs.submit(PAIR)
    assert set(run.jobs) == {"over"}
    assert desk.queue.request(run.jobs["over"].id).image == CHAIN.images["sketch"]


def test_however_often_it_is_looked_at_a_stage_is_one_job(desk, tmp_path, database_url):
    run = desk.runs.submit(CHAIN)
    again = Desk(tmp_path / "data", database_url)  # another process, or the next start
    for _ in range(3):
        desk.runs.advance()
        again.runs.advance()
    assert desk.count == 1
    desk.work()
    again.runs.advance()
    assert desk.count == 2
    assert again.runs.get(run.id).jobs["repaint"].id == desk.runs.get(run.id).jobs["repaint"].id
    again.queue.close()


def test_a_workflow_that_is_submitted_again_with_its_key_is_one_run(desk):
    run = desk.runs.submit(CHAIN, key="k")
    desk.work()
    again = desk.runs.submit(CHAIN, key="k", priority=5)
    assert (again.id, again.plan.key) == (run.id, "k")
    assert desk.count == 2
    assert desk.runs.submit(CHAIN, key="l").id != run.id
    assert desk.runs.submit(CHAIN).plan.key is None


def test_a_key_stands_for_one_workflow(desk):
    desk.runs.submit(CHAIN, key="k")
    with pytest.raises(KeyTaken, match="'k' was used for another workflow"):
        desk.runs.submit(PAIR, key="k")
    assert len(desk.runs.newest()) == 1


def test_a_workflow_with_a_stage_that_cannot_be_is_refused_as_a_whole(desk):
    desk.refused = CHAIN.stages["repaint"].request
    with pytest.raises(RequestError, match=r"stages\.repaint: strength") as caught:
        desk.runs.submit(CHAIN)
    assert caught.value.field == "stages.repaint.strength"
    assert (desk.count, desk.runs.newest()) == (0, ())


def test_a_stage_whose_picture_is_gone_fails_the_run_and_says_so(desk):
    run = desk.runs.submit(CHAIN)
    desk.gone.add(grey(11).id)
    desk.work(shade=10)
    run = desk.runs.get(run.id)
    assert (run.status, run.ended) == ("failed", 7.0)
    assert "stages.repaint: the picture of compose is gone" in run.failure


def test_a_run_whose_job_failed_goes_on_when_that_is_tried_again(desk):
    run = desk.runs.submit(CHAIN)
    job = desk.claims.claim("")
    desk.claims.fail(job, Failure(kind="OutOfMemory", message="too large"))
    desk.runs.advance()
    assert desk.runs.get(run.id).status == "failed"
    desk.queue.retry(job.id)
    assert desk.runs.get(run.id).status == "running"
    desk.work()
    desk.work()
    assert desk.runs.get(run.id).status == "done"


def test_a_run_that_is_given_up_gets_no_further_job(desk):
    run = desk.runs.submit(CHAIN)
    desk.work()
    cancelled = desk.runs.cancel(run.id)
    assert cancelled.status == "cancelled"
    assert cancelled.jobs["repaint"].status == "cancelled"
    desk.runs.advance()
    assert desk.count == 2
    with pytest.raises(WrongStatus, match="is cancelled"):
        desk.runs.cancel(run.id)


def test_a_full_queue_makes_a_stage_wait(tmp_path):
    desk = Desk(tmp_path / "data", "")
    desk.queue.close()
    desk.queue = Queue(tmp_path / "data", most_waiting=1)
    desk.runs = Runs(desk.queue, desk.find, desk.check, lambda: 7.0)
    desk.claims = Claims(desk.queue.database, lambda: 5.0, "worker")
    first, second = desk.runs.submit(CHAIN), desk.runs.submit(CHAIN)
    assert (len(first.jobs), len(second.jobs)) == (1, 0)
    assert second.status == "running"
    for _ in range(4):
        desk.work()
    assert {run.status for run in desk.runs.newest()} == {"done"}
    desk.queue.close()


def test_runs_are_listed_the_latest_first_and_page_by_page(desk):
    ids = [desk.runs.submit(CHAIN).id for _ in range(3)]
    page = desk.runs.newest(limit=2)
    rest = desk.runs.newest(before=page[-1].number)
    assert [run.id for run in (*page, *rest)] == ids[::-1]
    with pytest.raises(RequestError, match="limit"):
        desk.runs.newest(limit=0)
    with pytest.raises(UnknownRun, match="there is no workflow 'x'"):
        desk.runs.get("x")
