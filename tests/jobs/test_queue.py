"""The queue as the server will use it."""

import numpy as np
import pytest

from velatura import Txt2Img
from velatura.errors import KeyTaken, PromptError, QueueFull, RequestError, UnknownJob
from velatura.jobs import Queue, Status
from velatura.jobs.queue import LARGEST_PRIORITY
from velatura.records import Bitmap, Img2Img, Upscale, Variation


@pytest.fixture
def queue(tmp_path):
    made = Queue(tmp_path / "data", most_waiting=10)
    yield made
    made.close()


def bitmap(seed=0):
    return Bitmap(np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8))


def test_it_is_made_where_it_is_missing_and_found_again(tmp_path):
    first = Queue(tmp_path / "a" / "b")
    job = first.submit(Txt2Img(prompt="an apple", seed=1))
    first.close()
    second = Queue(tmp_path / "a" / "b")
    assert second.get(job.id) == job
    assert second.request(job.id) == Txt2Img(prompt="an apple", seed=1)
    second.close()


def test_random_seeds_are_drawn_once_and_for_all(queue):
    asked = Txt2Img(seed=-1, variation=Variation(seed=-1, strength=0.5))
    first, second = (queue.request(queue.submit(asked).id) for _ in range(2))
    assert first.seed != second.seed
    assert -1 not in (first.seed, first.variation.seed)


def test_a_key_stands_for_the_request_as_it_was_asked(queue):
    asked = Txt2Img(prompt="an apple", seed=-1)
    job = queue.submit(asked, key="k")
    assert queue.submit(asked, key="k") == job
    with pytest.raises(KeyTaken):
        queue.submit(Txt2Img(prompt="a pear", seed=-1), key="k")


def test_pixels_travel_with_their_request(queue):
    sketch = bitmap()
    job = queue.submit(Img2Img(image=sketch, seed=1))
    assert job.request.image.pixels is None
    assert np.array_equal(queue.request(job.id).image.array, sketch.array)
    assert queue.bitmap(sketch.id) == sketch


def test_pixels_can_be_kept_before_their_request_comes(queue):
    name = queue.keep_bitmap(bitmap())
    job = queue.submit(Upscale(image=Bitmap(None, id=name)))
    assert queue.request(job.id).image.size == (8, 8)
    with pytest.raises(RequestError, match="send its pixels first"):
        queue.submit(Upscale(image=Bitmap(None, id="0" * 64)))


def test_many_requests_are_taken_all_or_none(queue):
    jobs = queue.submit_all(Txt2Img(seed=seed) for seed in range(3))
    assert [queue.request(job.id).seed for job in jobs] == [0, 1, 2]
    with pytest.raises(QueueFull):
        queue.submit_all(Txt2Img(seed=seed) for seed in range(8))
    with pytest.raises(PromptError):
        queue.submit_all([Txt2Img(), Txt2Img(prompt="<lora:x:much>")])
    assert len(queue.newest().jobs) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"owner": "a" * 101}, "owner: expected at most 100"),
        ({"owner": "a\x00b"}, "owner: expected"),
        ({"owner": "änne"}, "owner: expected"),
        ({"key": "k" * 201}, "key: expected at most 200"),
        ({"key": "\n"}, "key: expected"),
        ({"priority": LARGEST_PRIORITY + 1}, "priority: must be from"),
    ],
)
def test_arguments_out_of_range_are_refused(queue, options, message):
    with pytest.raises(RequestError, match=message):
        queue.submit(Txt2Img(), **options)
    assert queue.newest().jobs == ()


def test_a_request_that_cannot_be_carried_out_is_refused_at_the_door(queue):
    with pytest.raises(RequestError, match="unknown sampler"):
        queue.submit(Txt2Img(sampler="Eulerish"))


@pytest.mark.parametrize("prompt", ["\x00", "\ufffe\u202e", "𝔞" * 1000, "'; DROP TABLE jobs; --"])
def test_any_prompt_comes_back_as_it_was(database_url, prompt, tmp_path):
    other = Queue(tmp_path / "other", url=database_url)
    job = other.submit(Txt2Img(prompt=prompt, seed=1))
    assert other.request(job.id).prompt == prompt
    other.close()


def test_a_client_sees_and_changes_its_own_jobs_only(queue):
    mine, other = queue.submit(Txt2Img(), owner="anna"), queue.submit(Txt2Img(), owner="bert")
    assert [job.id for job in queue.newest(owner="anna").jobs] == [mine.id]
    assert [job.id for job in queue.in_turn(owner="bert").jobs] == [other.id]
    for act in (
        lambda: queue.get(other.id, "anna"),
        lambda: queue.request(other.id, "anna"),
        lambda: queue.cancel(other.id, "anna"),
        lambda: queue.retry(other.id, "anna"),
        lambda: queue.prioritise(other.id, 1, "anna"),
        lambda: queue.move_before(mine.id, other.id, "anna"),
        lambda: queue.preview(other.id, "anna"),
    ):
        with pytest.raises(UnknownJob):
            act()
    assert queue.get(other.id).status == Status.QUEUED


def test_a_job_that_waits_has_no_preview(queue):
    assert queue.preview(queue.submit(Txt2Img()).id) is None


def test_a_parked_job_that_is_cancelled_leaves_nothing_behind(queue):
    job = queue.submit(Txt2Img())
    place = queue.folder.snapshot(job.id)
    place.write_bytes(b"where it stood")
    assert queue.cancel(job.id).status == Status.CANCELLED
    assert not place.exists()


def test_the_bell_rings_at_every_change(queue):
    rings = []
    queue.bell.listen(lambda: rings.append(1))
    job = queue.submit(Txt2Img())
    queue.prioritise(job.id, 3)
    queue.cancel(job.id)
    queue.retry(job.id)
    queue.pause("lunch")
    queue.resume()
    assert len(rings) == 6
    kinds = ["submitted", "moved", "cancelled", "retried", "paused", "resumed"]
    assert [event.kind for event in queue.events_after(0)] == kinds
