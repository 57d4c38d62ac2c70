"""The engine without a model behaves as a real one in everything but the pixels."""

import inspect

import numpy as np
import pytest

from tests.engines.events import pictures, small, steps
from velatura import Engine, FakeEngine, Hires, LocalEngine, Picture, RequestError
from velatura.masking import rectangle_mask
from velatura.records import Bitmap, Img2Img, Inpaint, Outpaint, SdUpscale


def run(request, **options):
    engine: Engine = FakeEngine()
    return list(engine.run(request, **options))


def test_its_pictures_depend_on_prompt_and_seed_alone():
    first, second = pictures(run(small(batch_size=2)))
    assert first.id != second.id
    assert pictures(run(second.request))[0].id == second.id
    assert pictures(run(small(prompt="a pear")))[0].id != first.id


def test_it_yields_the_same_events_as_the_local_engine(engine):
    request = small(batch_size=2, batch_count=2, hires=Hires(scale=1.5, steps=2, strength=1.0))
    assert told(run(request)) == told(engine.run(request))


def told(events):
    return [
        (event.pixels.shape, event.request.seed)
        if isinstance(event, Picture)
        else (event.batch, event.phase, event.index, event.total, event.denoised.shape)
        for event in events
    ]


def test_it_carries_on_from_its_snapshots():
    request = small(batch_count=2, hires=Hires(steps=2))
    whole = run(request)
    saved = next(step for step in steps(whole) if (step.batch, step.phase) == (1, "hires"))
    rest = run(request, resume=saved.snapshot())
    assert [(step.phase, step.index) for step in steps(rest)] == [("hires", 2)]
    assert [p.id for p in pictures(rest)] == [pictures(whole)[1].id]


def test_it_refuses_what_a_real_engine_refuses_when_called():
    with pytest.raises(RequestError, match="unknown sampler"):
        FakeEngine().run(small(sampler="Eulerish"))


def test_a_random_seed_is_the_one_it_was_given():
    (picture,) = pictures(FakeEngine(seed=77).run(small(seed=-1)))
    assert picture.request.seed == 77


@pytest.mark.parametrize("kind", [FakeEngine, LocalEngine])
def test_every_engine_is_run_as_the_protocol_says(kind):
    assert inspect.signature(kind.run) == inspect.signature(Engine.run)


IMAGE = Bitmap(np.arange(64 * 48 * 3, dtype=np.uint8).reshape(64, 48, 3))


def only(engine, request, **more):
    (picture,) = pictures(engine.run(request, **more))
    return picture


def test_a_mask_keeps_what_it_keeps():
    request = Inpaint(image=IMAGE, mask=rectangle_mask((48, 64), (8, 8, 16, 16)), mask_blur=1.0)
    pixels = only(FakeEngine(), request).pixels
    assert np.array_equal(pixels[32:], IMAGE.array[32:])
    assert len(np.unique(pixels[12:20, 12:20].reshape(-1, 3), axis=0)) == 1


def test_pictures_grow_as_they_would():
    assert only(FakeEngine(), SdUpscale(image=IMAGE, factor=2.0)).pixels.shape == (128, 96, 3)
    wide = only(FakeEngine(), Outpaint(image=IMAGE, right=60)).pixels
    assert wide.shape == (64, 128, 3)
    assert np.array_equal(wide[:, :48], IMAGE.array)


def test_painting_over_goes_on_from_a_snapshot():
    request = Img2Img(image=IMAGE, seed=4)
    (step, *_) = steps(FakeEngine().run(request))
    resumed = only(FakeEngine(), request, resume=step.snapshot())
    assert resumed.id == only(FakeEngine(), request).id
    assert resumed.request.image.pixels is not None


def test_an_empty_mask_is_refused():
    with pytest.raises(RequestError, match="nothing in it is white"):
        FakeEngine().run(Inpaint(image=IMAGE, mask=Bitmap(np.zeros((64, 48), np.uint8))))
