"""An engine says beforehand what a request means, and which files it would take."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.engines.events import pictures, small
from velatura import FakeEngine, LocalEngine, ModelUse, RequestError, UnknownModel
from velatura.records import REQUESTS, Bitmap, Upscale

if TYPE_CHECKING:
    from pathlib import Path

REMEMBERED = Bitmap(None, id="a picture made elsewhere")


def test_what_is_settled_is_what_the_pictures_tell(engine: LocalEngine) -> None:
    settled = engine.settle(small(sampler="euler a", seed=-1))
    assert settled.request.sampler == "Euler a"
    (picture,) = pictures(engine.run(settled.request))
    assert picture.request == settled.request
    assert picture.models == settled.models
    assert {model.kind for model in settled.models} == {"checkpoint"}


def test_the_files_an_upscaler_needs_are_told_without_a_picture(engine: LocalEngine) -> None:
    settled = engine.settle(Upscale(image=REMEMBERED, upscaler="RealESRGAN_x4plus"))
    assert settled.request.upscaler == "R-ESRGAN 4x+"
    (model,) = settled.models
    assert (model.kind, model.name, len(model.hash)) == ("upscaler", "R-ESRGAN 4x+", 10)
    assert engine.settle(Upscale(image=REMEMBERED, upscaler="Lanczos")).models == ()


def test_the_files_of_an_upscale_are_those_its_picture_names(engine: LocalEngine) -> None:
    request = Upscale(image=Bitmap(np.zeros((2, 2, 3), np.uint8)), upscaler="R-ESRGAN AnimeVideo")
    (picture,) = pictures(engine.run(request))
    assert picture.models == engine.settle(request).models


BEFORE = {"image": REMEMBERED, "mask": REMEMBERED, "upscaler": "Lanczos", "left": 8, "seed": 1}


@pytest.mark.parametrize("kind", sorted(set(REQUESTS) - {"faces"}))
def test_a_request_of_any_kind_is_settled_without_its_pictures(engine: LocalEngine, kind) -> None:
    names = {entry.name for entry in fields(REQUESTS[kind])}
    request = REQUESTS[kind](**{name: BEFORE[name] for name in names & set(BEFORE)})
    settled = engine.settle(request)
    assert settled.request.kind == kind
    assert engine.settle(settled.request) == settled, "what is settled stays so"


def test_restored_faces_need_a_file_that_people_bring(engine: LocalEngine) -> None:
    with pytest.raises(UnknownModel):
        engine.settle(REQUESTS["faces"](image=REMEMBERED))


def test_a_changed_file_of_the_same_name_has_another_hash(tiny_checkpoint: Path, tmp_path) -> None:
    copy = tmp_path / "tiny.safetensors"
    copy.write_bytes(tiny_checkpoint.read_bytes())
    before = LocalEngine([tmp_path]).settle(small()).models
    copy.write_bytes(tiny_checkpoint.read_bytes() + b" ")
    after = LocalEngine([tmp_path]).settle(small()).models
    assert [model.name for model in before] == [model.name for model in after] == ["tiny"]
    assert before != after


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (small(checkpoint="nowhere"), UnknownModel),
        (small(sampler="nothing"), RequestError),
        (Upscale(image=REMEMBERED, upscaler="nothing"), RequestError),
    ],
)
def test_what_is_not_there_is_refused(engine: LocalEngine, request_, error) -> None:
    with pytest.raises(error):
        engine.settle(request_)


def test_the_fake_engine_claims_the_models_it_was_given() -> None:
    models = (ModelUse(kind="checkpoint", name="x", hash="0"),)
    engine = FakeEngine(seed=9, models=models)
    settled = engine.settle(small(seed=-1))
    assert (settled.request.seed, settled.models) == (9, models)
    assert pictures(engine.run(replace(small(), batch_size=2)))[1].models == models
