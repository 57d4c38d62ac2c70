"""Work that was interrupted goes on from a snapshot, with the identical result."""

import json
import struct
from dataclasses import replace

import pytest

from tests.engines.events import pictures, small, steps
from velatura import (
    Hires,
    LocalEngine,
    NoiseOptions,
    Picture,
    RequestError,
    SamplingOptions,
    Step,
    Variation,
)

PROMPT = "a [red|green] [apple:pear:0.5]"
"""What is painted depends on how many calls were made before."""

REQUEST = small(
    prompt=PROMPT,
    sampler="DPM++ 2M SDE",
    batch_size=2,
    batch_count=2,
    variation=Variation(seed=3, strength=0.2),
    hires=Hires(scale=1.5, steps=3, strength=0.7, sampler="Euler a"),
)


@pytest.fixture(scope="module")
def run(engine):
    """The snapshots after every step of a request, and its pictures."""
    snapshots, made = {}, []
    for event in engine.run(REQUEST):
        if isinstance(event, Picture):
            made.append(event)
        else:
            snapshots[event.batch, event.phase, event.index] = event.snapshot()
    return snapshots, made


@pytest.mark.parametrize(
    "moment", [(0, "first", 1), (0, "first", 3), (0, "hires", 1), (1, "first", 2), (1, "hires", 3)]
)
def test_a_new_engine_carries_on_with_the_identical_result(tiny_checkpoint, run, moment):
    snapshots, made = run
    events = list(LocalEngine([tiny_checkpoint.parent]).run(REQUEST, resume=snapshots[moment]))
    made_before = REQUEST.batch_size * moment[0]
    assert [p.id for p in pictures(events)] == [p.id for p in made[made_before:]]
    order = list(snapshots)
    still_to_do = order[order.index(moment) + 1 :]
    assert [(step.batch, step.phase, step.index) for step in steps(events)] == still_to_do


def told(events):
    """What came, in order, and where each step's snapshot stood."""
    return [e.id if isinstance(e, Picture) else (e.batch, e.phase, e.snapshot()) for e in events]


@pytest.mark.parametrize("moment", [None, (0, "hires", 3), (1, "first", 2)])
def test_a_device_that_works_ahead_tells_the_same_in_the_same_order(
    tiny_checkpoint, run, monkeypatch, moment
):
    snapshots, _ = run
    resume = snapshots[moment] if moment else None
    expected = told(LocalEngine([tiny_checkpoint.parent]).run(REQUEST, resume=resume))
    monkeypatch.setattr("velatura.models.base.Model.works_ahead", True)
    engine = LocalEngine([tiny_checkpoint.parent])
    assert told(engine.run(REQUEST, resume=resume)) == expected


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ SDE", "LMS", "UniPC", "Restart", "PLMS"])
def test_every_kind_of_sampler_state_survives_its_bytes(engine, sampler):
    request = small(prompt=PROMPT, sampler=sampler, steps=4, noise=NoiseOptions(source="NV"))
    events = list(engine.run(request))
    saved = None
    for event in engine.run(request):
        if isinstance(event, Step) and event.index == 2:
            saved = event.snapshot()
            break
    carried_on = list(engine.run(request, resume=saved))
    assert pictures(carried_on)[0].id == pictures(events)[0].id
    assert len(steps(carried_on)) == len(steps(events)) - 2


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
def test_features_that_are_used_again_survive_too(engine, moment):
    request = small(
        prompt=PROMPT,
        negative_prompt="bad, " * 90,
        steps=5,
        batch_size=2,
        sampling=SamplingOptions(deep_cache=3),
    )
    snapshots, made = [], []
    for event in engine.run(request):
        if isinstance(event, Step):
            snapshots.append(event.snapshot())
        else:
            made.append(event.id)
    events = engine.run(request, resume=snapshots[moment - 1])
    assert [picture.id for picture in pictures(events)] == made
    exact = pictures(engine.run(replace(request, sampling=SamplingOptions())))
    assert made != [picture.id for picture in exact]


@pytest.mark.parametrize("form", ["fp8", "bf16"])
def test_other_precisions_carry_on_with_the_identical_result(tiny_checkpoint, engine, form):
    request = small(sampler="Euler a", tiling=True, sampling=SamplingOptions(**{form: True}))
    events = engine.run(request)
    saved = next(events).snapshot()
    (picture,) = pictures(events)
    fresh = LocalEngine([tiny_checkpoint.parent])
    (carried_on,) = pictures(fresh.run(request, resume=saved))
    assert carried_on.id == picture.id


def test_a_request_with_open_choices_carries_on_with_those_it_was_begun_with(engine):
    request = small(seed=-1, height=0, sampler="k_euler_a", steps=2)
    step = next(engine.run(request))
    (picture,) = pictures(engine.run(request, resume=step.snapshot()))
    (again,) = pictures(engine.run(picture.request))
    assert picture.id == again.id
    assert picture.request.seed != -1


def test_another_request_than_the_one_begun_is_refused_by_the_names_that_differ(engine, run):
    saved = run[0][0, "first", 1]
    with pytest.raises(RequestError, match=r"another request; differing: steps, guidance_scale$"):
        engine.run(small(steps=9, guidance_scale=3.0, **same_as(REQUEST)), resume=saved)


def same_as(request):
    names = ("prompt", "sampler", "batch_size", "batch_count", "variation", "hires")
    return {name: getattr(request, name) for name in names}


def changed_header(saved, **changes):
    """The snapshot with other values in its JSON."""
    size = struct.unpack("<Q", saved[:8])[0]
    header = json.loads(saved[8 : 8 + size])
    told = json.loads(header["__metadata__"]["velatura.snapshot"]) | changes
    header["__metadata__"]["velatura.snapshot"] = json.dumps(told)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + saved[8 + size :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"no snapshot at all",
        lambda saved: saved[: len(saved) // 2],
        lambda saved: saved[:-1],
        lambda saved: changed_header(saved, version=999),
        lambda saved: changed_header(saved, request={}),
        lambda saved: changed_header(saved, request={"kind": "txt2img", "steps": 0}),
        lambda saved: changed_header(saved, noise=None),
        lambda saved: changed_header(saved, noise={"generator": "%%%"}),
        lambda saved: changed_header(saved, phase="third"),
        lambda saved: changed_header(saved, batch=99),
        lambda saved: changed_header(saved, batch="two"),
        lambda saved: changed_header(saved, index=-1),
        lambda saved: changed_header(saved, history="x"),
        lambda saved: changed_header(saved, history=[None] * 9),
        lambda saved: b"\xff" * 8 + saved[8:],
        lambda saved: saved[:8] + b"[" * 100000,
    ],
)
def test_damaged_or_foreign_snapshots_are_refused_before_any_work(engine, run, damage):
    with pytest.raises(RequestError, match=r"^resume: "):
        engine.run(REQUEST, resume=damage(run[0][0, "hires", 1]))
