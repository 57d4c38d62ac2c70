"""The engine in this process: files found and kept, errors, and what it leaves behind."""

import gc
import os
import shutil
import time
import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.a1111_folder import write_a1111_folder, write_embedding, write_lora
from tests.engines.events import pictures, small, steps
from tests.ldm_layout import write_checkpoint
from velatura import (
    BrokenModel,
    EngineError,
    Hires,
    LocalEngine,
    OutOfMemory,
    Picture,
    PromptError,
    RequestError,
    SamplingOptions,
    Step,
    Txt2Img,
    UnknownModel,
)
from velatura.engines import workshop
from velatura.engines.local import PAINTERS
from velatura.pipelines.txt2img import txt2img


@pytest.fixture
def models(tmp_path, tiny_checkpoint):
    return write_a1111_folder(tmp_path / "webui", tiny_checkpoint)


@pytest.fixture
def loads(monkeypatch):
    """The checkpoints loaded, in order."""
    seen = []
    load = workshop.load_model

    def counted(checkpoint, *arguments, **options):
        seen.append(checkpoint.stem)
        return load(checkpoint, *arguments, **options)

    monkeypatch.setattr(workshop, "load_model", counted)
    return seen


def one(engine, request) -> Picture:
    (picture,) = pictures(engine.run(request))
    return picture


def test_steps_come_in_order_and_pictures_behind_their_batch(engine):
    request = small(batch_size=2, batch_count=2, hires=Hires(scale=1.5, steps=2, strength=1.0))
    events = list(engine.run(request))
    told = [
        (event.batch, event.phase, event.index, event.total) if isinstance(event, Step) else "p"
        for event in events
    ]
    batch = [("first", 1, 3), ("first", 2, 3), ("first", 3, 3), ("hires", 1, 2), ("hires", 2, 2)]
    assert told == [
        *((0, *step) for step in batch), "p", "p", *((1, *step) for step in batch), "p", "p"
    ]  # fmt: skip
    assert [picture.request.seed for picture in pictures(events)] == [11, 12, 13, 14]
    assert steps(events)[0].denoised.shape == (2, 4, 8, 8)
    assert steps(events)[-1].denoised.shape == (2, 4, 12, 12)
    assert pictures(events)[0].pixels.shape == (96, 96, 3)


def test_a_pictures_request_is_complete_and_makes_it_again(models):
    request = small(seed=-1, width=0, height=64, checkpoint="tin", vae="other", sampler="k_euler_a")
    picture = one(LocalEngine([models]), request)
    complete = picture.request
    assert complete.checkpoint == "small ones [v1]/tiny.safetensors"
    assert complete.vae == "other.safetensors"
    assert (complete.sampler, complete.width, complete.height) == ("Euler a", 512, 64)
    assert complete.seed >= 0
    assert one(LocalEngine([models]), complete).id == picture.id


def test_of_two_checkpoints_of_one_name_the_request_tells_which(tmp_path):
    for seed, folder in enumerate(("a", "b")):
        (tmp_path / folder).mkdir()
        write_checkpoint(tmp_path / folder / "twin.safetensors", seed=seed)
    engine = LocalEngine([tmp_path])
    second = one(engine, small(checkpoint="b/twin.safetensors"))
    assert second.request.checkpoint == "b/twin.safetensors"
    assert one(engine, second.request).id == second.id
    assert one(engine, small()).id != second.id


def test_a_model_is_loaded_once_for_two_requests(models, loads):
    engine = LocalEngine([models])
    one(engine, small(steps=1))
    one(engine, small(steps=1, prompt="another"))
    assert loads == ["tiny"]


def test_a_checkpoint_replaced_under_its_name_is_loaded_anew(tmp_path, loads):
    path = write_checkpoint(tmp_path / "tiny.safetensors", seed=1)
    engine = LocalEngine([tmp_path])
    before = one(engine, small())
    write_checkpoint(tmp_path / "new.safetensors", seed=2).replace(path)
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 1))
    after = one(engine, small())
    assert loads == ["tiny", "tiny"]
    assert before.id != after.id
    assert before.models[0].hash != after.models[0].hash


def test_a_checkpoint_that_vanishes_in_the_meantime_is_named(tmp_path, tiny_checkpoint):
    shutil.copy(tiny_checkpoint, tmp_path / "gone.safetensors")
    events = LocalEngine([tmp_path]).run(small(checkpoint="gone"))
    (tmp_path / "gone.safetensors").unlink()
    with pytest.raises(BrokenModel, match=r"gone\.safetensors"):
        list(events)


def test_a_lora_changes_its_own_picture_and_no_later_one(models, loads):
    engine = LocalEngine([models])
    before = one(engine, small())
    inked = one(engine, small(prompt="a red apple<lora:ink:0.8>"))
    weaker = one(engine, small(prompt="a red apple<lora:ink:0.4>"))
    after = one(engine, small())
    assert before.id == after.id
    assert len({before.id, inked.id, weaker.id}) == 3
    assert [(m.kind, m.name) for m in inked.models] == [("checkpoint", "tiny"), ("lora", "ink")]
    assert all(model.kind != "lora" for model in after.models)
    assert loads == ["tiny"]


@pytest.mark.parametrize("form", [{"fp8": True}, {"bf16": True}, {"fp8": True, "bf16": True}])
def test_another_precision_changes_its_own_picture_a_little(models, form):
    engine = LocalEngine([models])
    options = SamplingOptions(**form)
    before = one(engine, small())
    small_one = one(engine, small(sampling=options))
    inked = one(engine, small(prompt="a red apple<lora:ink:0.8>", sampling=options))
    again = one(engine, small(sampling=options))
    after = one(engine, small())
    assert before.id == after.id
    assert small_one.id == again.id
    assert len({before.id, small_one.id, inked.id}) == 3
    other = one(engine, small(seed=12))
    difference = np.abs(before.pixels.astype(int) - small_one.pixels).mean()
    assert difference < np.abs(before.pixels.astype(int) - other.pixels).mean() / 4


@pytest.mark.parametrize("form", ["fp8", "bf16"])
def test_a_model_in_another_precision_is_kept_and_no_whole_one_beside_it(models, monkeypatch, form):
    whole = []
    load = workshop.load_model

    def watched(*arguments, **options):
        model = load(*arguments, **options)
        whole.append(weakref.ref(model.unet.network))
        return model

    monkeypatch.setattr(workshop, "load_model", watched)
    engine = LocalEngine([models])
    request = small(prompt="a red apple<lora:ink>", sampling=SamplingOptions(**{form: True}))
    assert one(engine, request).id == one(engine, request).id
    gc.collect()
    assert [network() for network in whole] == [None]


def test_a_lora_of_strength_zero_changes_nothing(models):
    engine = LocalEngine([models])
    assert one(engine, small()).id == one(engine, small(prompt="a red apple<lora:ink:0>")).id


def test_a_lora_in_the_hires_prompt_works_in_the_second_pass_alone(models):
    engine = LocalEngine([models])
    plain = small(hires=Hires(scale=1.5, steps=2, prompt="a red apple"))
    inked = small(hires=Hires(scale=1.5, steps=2, prompt="a red apple<lora:ink>"))
    first, second = list(engine.run(plain)), list(engine.run(inked))
    assert (steps(first)[2].denoised == steps(second)[2].denoised).all()
    assert pictures(first)[0].id != pictures(second)[0].id
    assert ("lora", "ink") in {(m.kind, m.name) for m in pictures(second)[0].models}


def test_a_replaced_lora_is_read_anew(models):
    engine = LocalEngine([models])
    request = small(prompt="a red apple<lora:ink>")
    before = one(engine, request)
    path = models / "Lora" / "styles" / "ink.safetensors"
    write_lora(path, seed=9)
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 1))
    after = one(engine, request)
    assert before.id != after.id
    assert before.models[1].hash != after.models[1].hash


def test_files_that_come_later_are_found_by_the_next_request(models):
    engine = LocalEngine([models])
    request = small(prompt="a red apple<lora:late>")
    assert one(engine, request).remarks == ("Lora not found: late",)
    write_lora(models / "Lora" / "late.safetensors")
    write_checkpoint(models / "Stable-diffusion" / "late.safetensors", seed=3)
    picture = one(engine, replace(request, checkpoint="late"))
    assert [model.name for model in picture.models] == ["late", "late"]


def test_an_unknown_lora_is_remarked_and_the_picture_made_without(models):
    engine = LocalEngine([models])
    picture = one(engine, small(prompt="a red apple<lora:sketchy><lora:faint:2>"))
    assert picture.remarks == ("Lora not found: sketchy, faint",)
    assert picture.id == one(engine, small()).id


def test_a_network_of_an_unknown_kind_is_remarked(models):
    picture = one(LocalEngine([models]), small(prompt="a red apple<hypernet:anime:0.5>"))
    assert picture.remarks == ("<hypernet:anime:0.5> is left out: Velatura has no such networks",)


def test_embeddings_that_were_used_are_recorded(models):
    engine = LocalEngine([models])
    in_prompt = one(engine, small(prompt="a blob"))
    in_negative = one(engine, small(negative_prompt="Blob"))
    for picture in (in_prompt, in_negative):
        assert ("embedding", "blob") in {(m.kind, m.name) for m in picture.models}
    assert all(model.kind != "embedding" for model in one(engine, small()).models)


def test_an_embedding_that_does_not_fit_is_remarked_where_it_is_named(models):
    write_embedding(models.parent / "embeddings" / "wide.pt", width=768)
    engine = LocalEngine([models])
    assert one(engine, small()).remarks == ()
    (remark,) = one(engine, small(prompt="a wide apple")).remarks
    assert remark == "Embedding wide is left out: made for width 768, the model has 32"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sampler": "Oiler"}, RequestError),
        ({"styles": ("oil",)}, RequestError),
        ({"prompt": "a <lora:ink:much>"}, PromptError),
        ({"hires": Hires(width=16000, height=16000, prompt="(x:1.2.3)")}, PromptError),
        ({"width": 4096, "height": 4096, "hires": Hires(scale=8)}, RequestError),
        ({"checkpoint": "none such"}, UnknownModel),
        ({"vae": "none such"}, UnknownModel),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_by_the_call(engine, loads, changes, error):
    with pytest.raises(error):
        engine.run(small(**changes))  # no event is asked for
    assert loads == []


def test_inference_mode_does_not_leak_to_the_caller_between_events(engine):
    for event in engine.run(small(batch_size=2)):
        assert not torch.is_inference_mode_enabled()
        if isinstance(event, Step):
            assert not torch.zeros(1).is_inference()
            event.snapshot()


@pytest.mark.parametrize("leave", [lambda events: events.close(), lambda _: gc.collect()])
def test_leaving_the_loop_ends_the_work(engine, monkeypatch, leave):
    ended = []

    def traced(*arguments):
        try:
            yield from txt2img(*arguments)
        finally:
            ended.append("ended")

    monkeypatch.setitem(PAINTERS, Txt2Img, traced)
    events = engine.run(small())
    next(events)
    assert ended == []
    leave(events)
    del events
    assert ended == ["ended"]


def test_what_was_prepared_is_let_go_before_the_last_step_is_told(engine, monkeypatch):
    told = []
    monkeypatch.setattr("velatura.models.unet.Unet.rest", lambda _: told.append("rest"))
    for event in engine.run(small(steps=2)):
        told.append(type(event).__name__)
    assert told[:3] == ["Step", "rest", "Step"]


def test_what_was_prepared_is_let_go_where_somebody_leaves(engine, monkeypatch):
    told = []
    monkeypatch.setattr("velatura.models.unet.Unet.rest", lambda _: told.append("rest"))
    events = engine.run(small(steps=2))
    next(events)
    assert told == []
    events.close()
    assert told == ["rest"]


def test_two_requests_can_be_painted_in_turns(engine):
    wanted = [one(engine, small(sampler="DPM++ SDE", seed=seed)).id for seed in (1, 2)]
    runs = [engine.run(small(sampler="DPM++ SDE", seed=seed)) for seed in (1, 2)]
    made = {}
    for _ in range(4):
        for number, run in enumerate(runs):
            event = next(run)
            if isinstance(event, Picture):
                made[number] = event.id
    assert [made[0], made[1]] == wanted


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate "
                     "memory: you tried to allocate 1099511627776 bytes. Error code 12"),
        RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_too_little_memory_is_reported_as_such(engine, monkeypatch, error):
    def exhausted(*_, **__):
        raise error

    monkeypatch.setattr("velatura.models.unet.Unet.predict", exhausted)
    with pytest.raises(OutOfMemory, match="smaller size or batch") as caught:
        list(engine.run(small()))
    assert caught.value.__cause__ is error


def test_where_memory_is_short_the_picture_tells_how_it_was_decoded(engine, monkeypatch):
    (whole,) = [
        e for e in engine.run(small(width=320, height=320, steps=1)) if isinstance(e, Picture)
    ]
    monkeypatch.setattr("velatura.models.room.SMALL", 0)
    monkeypatch.setattr("velatura.models.room.free_bytes", lambda _: 80_000_000)
    (tiles,) = [
        e for e in engine.run(small(width=320, height=320, steps=1)) if isinstance(e, Picture)
    ]
    assert not any("tiles" in remark for remark in whole.remarks)
    assert [remark for remark in tiles.remarks if "tiles, as memory was short" in remark]
    assert abs(tiles.pixels.astype(int) - whole.pixels).mean() < 8


def test_what_no_memory_is_enough_for_is_refused_before_it_begins(engine, monkeypatch):
    monkeypatch.setattr("velatura.models.room.SMALL", 0)
    monkeypatch.setattr("velatura.models.room.free_bytes", lambda _: 1000)
    with pytest.raises(OutOfMemory, match="takes about"):
        next(engine.run(small()))


def test_other_errors_of_the_network_are_not_disguised(engine, monkeypatch):
    def wrong(*_, **__):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr("velatura.models.unet.Unet.predict", wrong)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        list(engine.run(small()))


def test_memory_that_cannot_exist_is_refused_by_the_real_allocator(engine, monkeypatch):
    def greedy(*_, **__):
        return torch.zeros(2**60)

    monkeypatch.setattr("velatura.models.unet.Unet.predict", greedy)
    with pytest.raises(OutOfMemory):
        list(engine.run(small()))


def test_a_network_that_answers_with_not_a_number_is_reported(engine, monkeypatch):
    def broken(self, x, *_):
        del self
        return torch.full_like(x, float("nan"))

    monkeypatch.setattr("velatura.models.unet.Unet.predict", broken)
    with pytest.raises(EngineError, match="not-a-number"):
        list(engine.run(small(sampler="Euler")))


def test_an_engine_that_is_dropped_frees_its_models(tiny_checkpoint):
    engine = LocalEngine([tiny_checkpoint.parent])
    one(engine, small(steps=1))
    (model,) = engine._workshop._cache._models.values()
    network = weakref.ref(model.unet.network)
    del engine, model
    gc.collect()
    assert network() is None
