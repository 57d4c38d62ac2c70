"""The chain of a picture comes back out of its file."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.workflows.chains import (
    MASK,
    SETTINGS,
    SKETCH,
    Counting,
    every_kind,
    named,
    pixels,
    result,
)
from velatura.engines.fake import FakeEngine
from velatura.errors import WorkflowError
from velatura.library import save_picture
from velatura.metadata import Encoding, encode_picture, read_story
from velatura.records import REQUESTS, Bitmap, Img2Img, Inpaint, ModelUse, Picture, Txt2Img, Upscale
from velatura.workflows import (
    Stage,
    Workflow,
    extract_workflow,
    format_workflow,
    parse_workflow,
    run_workflow,
)

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.workflows import Extracted

MODELS = (ModelUse(kind="checkpoint", name="apples", hash="0123456789"),)


def extracted(data: bytes) -> Extracted:
    return extract_workflow(read_story(data))


def test_every_kind_of_request_comes_back_with_its_sketch_and_masks() -> None:
    workflow = every_kind()
    back = extracted(encode_picture(result(workflow)).data).workflow
    names = "compose repaint repair extend refine faces restore enlarge finish".split()
    assert {workflow.stages[name].request.kind for name in names} == set(REQUESTS)
    assert list(back.stages) == names
    assert [stage.request.kind for stage in back.stages.values()] == [
        workflow.stages[name].request.kind for name in names
    ]
    assert back.images == {"mask": MASK, "latent-mask": workflow.images["fine"]}
    assert back.stages["repair"].inputs == {
        "image": "repaint",
        "mask": "mask",
        "latent_mask": "latent-mask",
    }
    assert back.stages["compose"].request.seed == 7, "the third of four, counted from seed 5"


def test_the_document_of_a_picture_makes_the_same_picture() -> None:
    made = result(every_kind(), Counting())
    text = format_workflow(extracted(encode_picture(made).data).workflow)
    again = result(parse_workflow(text), Counting())
    assert again.id == made.id
    assert again.request == made.request


def test_a_chain_extracted_twice_is_the_same() -> None:
    made = result(every_kind(), Counting())
    first = extracted(encode_picture(made).data).workflow
    second = extracted(encode_picture(result(first, Counting())).data).workflow
    assert first == second


def test_names_say_what_a_stage_is_and_stay_apart() -> None:
    first = Picture(pixels=pixels(1).array, request=Img2Img(image=SKETCH, seed=1))
    second = Picture(pixels=pixels(2).array, request=Img2Img(image=first.bitmap, seed=2))
    last = Picture(
        pixels=SKETCH.array,
        request=Inpaint(image=second.bitmap, mask=MASK, latent_mask=SKETCH, seed=3),
    )
    back = extracted(encode_picture(last).data).workflow
    assert list(back.images) == ["sketch", "mask"]
    assert list(back.stages) == ["repaint", "repaint-2", "repair"]
    assert back.stages["repair"].inputs["latent_mask"] == "sketch"


def test_stages_that_change_nothing_are_told_apart() -> None:
    picture = result(
        Workflow(
            stages={
                "a": Stage(request=Txt2Img(**SETTINGS)),
                "b": Stage(request=Upscale(image=named("a"), factor=1.0)),
                "c": Stage(request=Upscale(image=named("b"), factor=2.0)),
            }
        )
    )
    back = extracted(encode_picture(picture).data).workflow
    assert [stage.inputs for stage in back.stages.values()] == [
        {},
        {"image": "compose"},
        {"image": "enlarge"},
    ]


def test_models_and_ids_are_remembered() -> None:
    workflow = every_kind()
    engine = FakeEngine(models=MODELS)
    events = list(run_workflow(workflow, engine))
    made = [event.picked for event in events if hasattr(event, "picked")]
    told = extracted(encode_picture(made[-1]).data)
    assert told.models["compose"] == MODELS
    assert told.ids["finish"] == made[-1].id
    assert not told.missing


# A picture survives


def resaved(data: bytes, *, keep: bool = True) -> bytes:
    image = Image.open(io.BytesIO(data))
    texts = PngInfo()
    for keyword, text in image.text.items() if keep else ():  # type: ignore[attr-defined]
        texts.add_text(keyword, text)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=texts)
    return file.getvalue()


def test_it_survives_copies_new_names_and_being_saved_again(tmp_path: Path) -> None:
    made = result(every_kind(), Counting())
    path = save_picture(made, tmp_path)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.copy(path, moved / "IMG_0001.png")
    (moved / "again.png").write_bytes(resaved((moved / "IMG_0001.png").read_bytes()))
    original = extract_workflow(read_story(path)).workflow
    for name in ("IMG_0001.png", "again.png"):
        assert extract_workflow(read_story(moved / name)).workflow == original


@pytest.mark.parametrize("encoding", [Encoding(format="webp"), Encoding(format="jpeg")])
def test_it_survives_other_formats(encoding: Encoding) -> None:
    made = result(every_kind(), Counting())
    told = extracted(encode_picture(made, encoding).data)
    assert told.workflow == extracted(encode_picture(made).data).workflow


def test_a_stripped_file_has_no_workflow_and_says_so() -> None:
    made = encode_picture(result(every_kind())).data
    with pytest.raises(WorkflowError, match=r"^no workflow in this file: .* stripped"):
        extracted(resaved(made, keep=False))


def test_a_text_without_settings_is_no_workflow() -> None:
    with pytest.raises(WorkflowError, match="no workflow in this file"):
        extracted(encoded_text("just words"))


def encoded_text(text: str) -> bytes:
    texts = PngInfo()
    texts.add_text("parameters", text)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=texts)
    return file.getvalue()


def test_settings_in_the_manner_of_a1111_give_one_stage() -> None:
    told = extracted(encoded_text("a cat\nSteps: 8, Sampler: Euler, CFG scale: 7, Seed: 1"))
    (stage,) = told.workflow.stages.values()
    assert (stage.request.prompt, stage.request.steps, stage.request.seed) == ("a cat", 8, 1)
    assert told.remarks == ("read off the infotext, which does not tell everything",)
    assert parse_workflow(format_workflow(told.workflow)) == told.workflow


def test_recorded_files_of_a1111_give_workflows(golden: Path) -> None:
    told = extract_workflow(read_story(golden / "cases" / "batch4.1.png"))
    assert list(told.workflow.stages) == ["compose"]
    assert parse_workflow(format_workflow(told.workflow)) == told.workflow


def test_pixels_that_a_file_left_behind_become_the_name_of_a_file() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    made = Picture(pixels=SKETCH.array, request=Img2Img(image=Bitmap(noise), seed=1))
    told = extracted(encode_picture(made, Encoding(format="jpeg")).data)
    assert told.missing == ("sketch",)
    assert "sketch: sketch.png\n" in format_workflow(told.workflow)
