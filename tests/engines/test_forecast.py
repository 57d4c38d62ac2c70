"""What the engine writes down of its runs, so that the next ones can be foretold."""

import pytest

from tests.engines.events import pictures, small
from velatura import LocalEngine
from velatura.forecast import Notebook, foresee
from velatura.records import Hires, Upscale


@pytest.fixture
def book(tmp_path):
    return Notebook(tmp_path / "cache")


@pytest.fixture
def engine(tmp_path, tiny_checkpoint):
    return LocalEngine([tiny_checkpoint.parent], cache_dir=tmp_path / "cache")


def named(engine, request):
    return engine.settle(request).request


def test_after_a_run_the_same_one_is_foretold(engine, book):
    request = small(hires=Hires(scale=1.5, steps=2, strength=1.0))
    assert foresee(named(engine, request), book).seconds is None
    (made,) = pictures(engine.run(request))
    found = foresee(named(engine, request), book)
    assert found.is_seen
    assert found.seconds > 0
    assert found.loading_seconds > 0
    assert found.peak_bytes is None or found.peak_bytes > made.pixels.nbytes


def test_a_size_left_open_is_the_checkpoints_own(engine, book):
    pictures(engine.run(small()))
    assert foresee(named(engine, small(width=0, height=0)), book).seconds > 0


def test_a_run_that_is_left_tells_nothing(engine, book):
    for _ in engine.run(small(steps=3)):
        break
    assert [timed.lap.what for timed in book.read()] == ["loading"]


def test_a_checkpoint_that_is_kept_is_not_loaded_again(engine, book):
    for _ in range(2):
        pictures(engine.run(small()))
    assert [timed.lap.what for timed in book.read()].count("loading") == 1


def test_what_uses_no_checkpoint_is_foretold_too(engine, book):
    (made,) = pictures(engine.run(small()))
    request = Upscale(image=made.bitmap, upscaler="Lanczos", factor=2)
    pictures(engine.run(request))
    assert foresee(request, book).is_seen
    larger = foresee(Upscale(image=made.bitmap, upscaler="Lanczos", factor=3), book)
    assert larger.seconds > 0
    assert not larger.is_seen
