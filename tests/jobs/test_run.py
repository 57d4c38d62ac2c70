"""One job, carried out in this process."""

import io
import threading
import time
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PIL import Image

from tests.jobs.engines import ChainEngine, chain_recipe
from velatura import FakeEngine, Txt2Img, read_story
from velatura.errors import DatabaseFull, DiskFull
from velatura.jobs import run as run_module
from velatura.jobs.claims import Claims
from velatura.jobs.config import WorkerConfig
from velatura.jobs.folder import Folder
from velatura.jobs.inputs import pack
from velatura.jobs.job import Status
from velatura.jobs.pauses import read_pauses, resume
from velatura.jobs.run import Desk, carry_out
from velatura.jobs.snapshots import save_standing
from velatura.library.files import save_once

REQUEST = Txt2Img(prompt="an apple", seed=5, steps=6, batch_size=2, batch_count=2)


class Killed(BaseException):
    """The process ends here, without another word."""


@dataclass
class Shop:
    """A queue and a worker's desk, in a temporary folder."""

    bench: object
    folder: Folder
    desk: Desk
    stop_at: int = -1
    steps: list = field(default_factory=list)

    def submit(self, request=REQUEST):
        packed, inputs = pack(request, self.folder)
        return self.bench.submit(request=packed, inputs=inputs)

    def work(self):
        job = self.bench.claims.claim("")
        carry_out(job, self.bench.store.inputs(job.id), self.desk)
        return self.bench.store.get(job.id)

    def die(self):
        """Take the next job up, and be killed within."""
        job = self.bench.claims.claim("")
        with pytest.raises(Killed):
            carry_out(job, self.bench.store.inputs(job.id), self.desk)
        self.bench.orphans.release("worker", "was killed")

    def files(self, job):
        return [(self.folder.pictures / made.path).read_bytes() for made in job.pictures]


class Watched(ChainEngine):
    """Counts steps, and calls back at each."""

    def __init__(self, at_step):
        super().__init__()
        self.at_step = at_step

    def _paint(self, request, told):
        for event in super()._paint(request, told):
            self.at_step(event)
            yield event


@pytest.fixture
def shop(lite, tmp_path):
    folder = Folder(tmp_path / "data")
    folder.prepare()
    config = WorkerConfig(
        name="worker",
        url="",
        root=folder.root,
        recipe=chain_recipe(),
        snapshot_s=0.0,
        preview_s=0.0,
        report_s=0.0,
    )
    made = Shop(bench=lite, folder=folder, desk=None)

    def at_step(event):
        made.steps.append(event)

    made.desk = Desk(
        config=config,
        folder=folder,
        claims=lite.claims,
        engine=Watched(at_step),
        is_stopping=lambda: len(made.steps) == made.stop_at,
        changed=lambda: None,
    )
    return made


@pytest.fixture
def undisturbed():
    """Ids of the pictures, as the engine makes them."""
    return [event.id for event in ChainEngine().run(REQUEST) if hasattr(event, "pixels")]


def ids(job):
    return [made.id for made in job.pictures]


def test_a_job_ends_done_with_all_its_pictures_on_the_disk(shop, undisturbed):
    shop.submit()
    job = shop.work()
    assert (job.status, ids(job)) == (Status.DONE, undisturbed)
    for made, data in zip(job.pictures, shop.files(job), strict=True):
        assert read_story(data).request.prompt == "an apple"
        assert Image.open(io.BytesIO(data)).size == (made.width, made.height)
    assert list((shop.folder.root / "snapshots").iterdir()) == []


def test_files_are_called_after_job_and_place(shop):
    job = shop.submit()
    made = shop.work().pictures
    day = made[0].path.split("/")[0]
    names = [f"{day}/000001-0{n}-{job.id[:8]}-{5 + n}.png" for n in range(4)]
    assert [each.path for each in made] == names


def test_a_job_that_is_parked_goes_on_where_it_stood(shop, undisturbed):
    shop.submit()
    shop.stop_at = 9  # six steps, two pictures, one step
    parked = shop.work()
    assert (parked.status, parked.deaths, len(parked.pictures)) == (Status.QUEUED, 0, 2)
    assert parked.progress.step == 1
    done = shop.work()
    assert (done.status, ids(done), done.run) == (Status.DONE, undisturbed, 2)
    assert len([event for event in shop.steps if hasattr(event, "snapshot")]) == 12


@pytest.mark.parametrize("at", range(1, 17))
def test_wherever_the_worker_dies_the_pictures_are_the_same_and_each_is_there_once(
    shop, undisturbed, at
):
    shop.submit()
    shop.desk = replace(shop.desk, engine=Watched(killer(shop, at)))
    shop.die()
    done = shop.work()
    assert (done.status, ids(done)) == (Status.DONE, undisturbed)
    files = [path for path in shop.folder.pictures.rglob("*") if path.is_file()]
    assert len(files) == 4


def killer(shop, at):
    def kill(event):
        shop.steps.append(event)
        if len(shop.steps) == at:
            raise Killed

    return kill


@pytest.mark.parametrize("method", ["record", "finish"])
def test_a_picture_that_was_written_but_not_recorded_is_found_again(
    shop, undisturbed, monkeypatch, method
):
    def die(*_):
        raise Killed

    shop.submit()
    with monkeypatch.context() as patched:
        patched.setattr(Claims, method, die)
        shop.die()
    before = {path: path.stat().st_mtime_ns for path in shop.folder.pictures.rglob("*.png")}
    assert before
    shop.desk = replace(shop.desk, config=replace(shop.desk.config, pattern="[prompt_words]"))
    done = shop.work()
    after = {path: path.stat().st_mtime_ns for path in shop.folder.pictures.rglob("*.png")}
    assert before.items() <= after.items()
    assert (ids(done), len(after)) == (undisturbed, 4)


def test_a_job_that_gets_further_each_time_outlives_any_number_of_deaths(shop, undisturbed):
    job = shop.submit()
    for at in range(2, 7):
        shop.steps.clear()
        shop.desk = replace(shop.desk, engine=Watched(killer_at(at)))
        shop.die()
        assert shop.bench.store.get(job.id).deaths == 1
    shop.desk = replace(shop.desk, engine=ChainEngine())
    assert ids(shop.work()) == undisturbed


def test_a_job_that_begins_anew_each_time_gets_no_further_and_fails(shop):
    job = shop.submit()
    for _ in range(3):  # as many deaths as are allowed here
        shop.steps.clear()
        shop.desk = replace(shop.desk, engine=Watched(killer(shop, 5)))
        shop.die()
        shop.folder.snapshot(job.id).write_bytes(b"unusable")
    failed = shop.bench.store.get(job.id)
    assert (failed.status, failed.deaths) == (Status.FAILED, 3)


def killer_at(step):
    """Dies at this step of the first batch, whatever went before."""

    def kill(event):
        if getattr(event, "index", 0) == step:
            raise Killed

    return kill


@pytest.mark.parametrize("damage", [b"", b"nonsense", b'{"version": 1, "pictures": 0}\nnonsense'])
def test_a_damaged_snapshot_lets_the_job_begin_anew(shop, undisturbed, damage):
    job = shop.submit()
    shop.stop_at = 2
    shop.work()
    shop.folder.snapshot(job.id).write_bytes(damage)
    assert ids(shop.work()) == undisturbed


def test_a_cancelled_job_makes_no_further_step_and_keeps_its_pictures(shop):
    job = shop.submit()

    def cancel(event):
        shop.steps.append(event)
        if len(shop.steps) == 9:
            shop.bench.store.cancel(job.id)

    shop.desk = replace(shop.desk, engine=Watched(cancel))
    cancelled = shop.work()
    assert (cancelled.status, len(cancelled.pictures)) == (Status.CANCELLED, 2)
    assert len(shop.steps) == 9
    assert not shop.folder.snapshot(job.id).exists()


@pytest.mark.parametrize(
    ("request_", "kind", "field_", "message"),
    [
        (replace(REQUEST, sampler="unknown"), "RequestError", "sampler", "none of that name"),
        (replace(REQUEST, prompt="memory"), "OutOfMemory", "", "smaller size"),
        (replace(REQUEST, prompt="defect"), "EngineError", "", "ValueError: a defect"),
    ],
)
def test_what_cannot_be_done_fails_and_says_why(shop, request_, kind, field_, message):
    shop.submit(request_)
    job = shop.work()
    assert job.status == Status.FAILED
    assert (job.failure.kind, job.failure.field) == (kind, field_)
    assert message in job.failure.message


def test_a_job_given_to_another_worker_is_left_alone(shop):
    job = shop.submit()

    def lose(event):
        shop.steps.append(event)
        if len(shop.steps) == 3:
            shop.bench.orphans.release("worker", "believed dead")
            shop.bench.worker("other").claim("")

    shop.desk = replace(shop.desk, engine=Watched(lose))
    after = shop.work()
    assert (after.status, after.worker, len(shop.steps)) == (Status.RUNNING, "other", 3)
    assert after.id == job.id


def test_painting_goes_on_while_a_picture_is_written(shop, undisturbed, monkeypatch):
    goes_on = threading.Event()

    def slow(data, place):
        assert goes_on.wait(30)
        save_once(data, place)

    def look(event):
        shop.steps.append(event)
        if len(shop.steps) == 9:  # six steps, two pictures
            goes_on.set()

    monkeypatch.setattr("velatura.jobs.writing.save_once", slow)
    shop.desk = replace(shop.desk, engine=Watched(look))
    shop.submit()
    assert ids(shop.work()) == undisturbed


def test_a_snapshot_counts_only_pictures_that_are_written_and_recorded(
    shop, undisturbed, monkeypatch
):
    counts = []

    def slow(data, place):
        time.sleep(0.05)
        save_once(data, place)

    def look(standing, place):
        written = len(list(shop.folder.pictures.rglob("*.png")))
        recorded = len(shop.bench.store.get(job.id).pictures)
        counts.append((standing.pictures, written, recorded))
        save_standing(standing, place)

    monkeypatch.setattr("velatura.jobs.writing.save_once", slow)
    monkeypatch.setattr(run_module, "save_standing", look)
    monkeypatch.setattr(run_module, "SNAPSHOT_SHARE", 1e9)
    job = shop.submit()
    assert ids(shop.work()) == undisturbed
    assert set(counts) == {(0, 0, 0), (2, 2, 2)}


@pytest.mark.parametrize("writer", ["writing.save_once", "snapshots.save_over"])
def test_a_full_disk_parks_the_job_and_pauses_the_queue(shop, undisturbed, monkeypatch, writer):
    def full(_data, place):
        raise DiskFull(f"{place.parent}: cannot write there: no space; free some space")

    shop.submit()
    with monkeypatch.context() as patched:
        patched.setattr(f"velatura.jobs.{writer}", full)
        parked = shop.work()
    assert (parked.status, parked.deaths) == (Status.QUEUED, 0)
    with shop.bench.database.reading() as connection:
        (pause,) = read_pauses(connection)
    assert (pause.cause, "free some space" in pause.reason) == ("disk", True)
    with shop.bench.database.writing() as connection:
        assert resume(connection, 2000.0, "disk")
    done = shop.work()
    assert (done.status, ids(done)) == (Status.DONE, undisturbed)


def test_a_database_on_a_full_disk_is_asked_again_until_it_takes_the_news(
    shop, undisturbed, monkeypatch
):
    refused = []
    park, finish = Claims.park, Claims.finish

    def refuse(*arguments, **options):
        if len(refused) < 3:
            refused.append(arguments)
            raise DatabaseFull("the disk is full")
        return park(*arguments, **options)

    def refuse_once(*_):
        monkeypatch.setattr(Claims, "finish", finish)
        raise DatabaseFull("the disk is full")

    monkeypatch.setattr(run_module, "PATIENCE_S", 0.0)
    monkeypatch.setattr(Claims, "park", refuse)
    monkeypatch.setattr(Claims, "finish", refuse_once)
    shop.submit()
    assert shop.work().status == Status.QUEUED
    assert len(refused) == 3
    with shop.bench.database.writing() as connection:
        assert resume(connection, 2000.0, "disk")
    assert ids(shop.work()) == undisturbed


def test_a_preview_shows_one_pixel_for_each_latent_cell(shop):
    job = shop.submit(Txt2Img(prompt="x", seed=1, steps=2, width=64, height=128, batch_size=2))
    seen = []

    class Looking(FakeEngine):
        def run(self, request, *, resume=None):
            for event in super().run(request, resume=resume):
                yield event
                if not hasattr(event, "pixels"):
                    seen.append(shop.folder.preview(job.id).read_bytes())

    config = replace(shop.desk.config, preview_s=0.001)
    shop.desk = replace(shop.desk, engine=Looking(), config=config)
    assert shop.work().status == Status.DONE
    image = Image.open(io.BytesIO(seen[-1]))
    assert (image.size, image.format) == ((16, 16), "PNG")
    assert np.unique(np.asarray(image)).tolist() == [128]
    assert not shop.folder.preview(job.id).exists()
