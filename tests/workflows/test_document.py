"""Workflow documents: read, written, changed, and refused with the place of the mistake."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.metadata.requests import requests
from tests.workflows.chains import every_kind, named, pixels
from velatura.errors import RequestError, WorkflowError
from velatura.library import save_picture
from velatura.records import Adjust, BrightnessContrast, Img2Img, Picture, Txt2Img, Upscale
from velatura.workflows import (
    Stage,
    Workflow,
    format_workflow,
    parse_workflow,
    read_workflow,
)
from velatura.workflows.yaml_text import format_yaml, parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
velatura: 1
defaults:
  checkpoint: velatura-mini
  steps: 12
stages:
  compose:
    kind: txt2img
    prompt: a green apple
    seed: 7
    batch_size: 4
    pick: 3
  enlarge:
    kind: upscale
    image: compose
  finish:
    kind: adjust
    image: enlarge
    adjustments:
      - {kind: brightness_contrast, contrast: 0.5}
"""


def test_a_document_written_by_hand_is_read() -> None:
    workflow = parse_workflow(TEXT)
    composed = Txt2Img(
        prompt="a green apple", seed=7, batch_size=4, checkpoint="velatura-mini", steps=12
    )
    contrast = BrightnessContrast(contrast=0.5)
    assert workflow == Workflow(
        stages={
            "compose": Stage(request=composed, pick=3),
            "enlarge": Stage(request=Upscale(image=named("compose"))),
            "finish": Stage(request=Adjust(image=named("enlarge"), adjustments=(contrast,))),
        }
    )
    assert workflow.order == ("compose", "enlarge", "finish")
    assert workflow.last == "finish"


@given(requests, st.integers(0, 5), st.text(max_size=30))
def test_every_workflow_comes_back_equal(request_: Txt2Img, pick: int, comment: str) -> None:
    stage = Stage(request=request_, pick=min(pick + 1, request_.batch_size * request_.batch_count))
    over = Img2Img(image=named("a"), prompt=request_.prompt, checkpoint=request_.checkpoint)
    workflow = Workflow(stages={"a": stage, "b": Stage(request=over)}, result="a")
    assert parse_workflow(format_workflow(workflow, comment)) == workflow


def test_every_kind_of_stage_and_image_comes_back_equal() -> None:
    text = format_workflow(every_kind(), "by hand")
    assert text.startswith("# by hand\nvelatura: 1\n")
    assert parse_workflow(text) == every_kind()


def test_settings_that_have_their_defaults_are_not_written() -> None:
    text = format_workflow(Workflow(stages={"a": Stage(request=Txt2Img(prompt="x", seed=3))}))
    assert text == "velatura: 1\nstages:\n  a:\n    kind: txt2img\n    prompt: x\n    seed: 3\n"


def test_a_checkpoint_that_all_stages_share_is_written_once() -> None:
    text = format_workflow(parse_workflow(TEXT))
    assert text.count("velatura-mini") == 1
    assert "defaults:\n  checkpoint: velatura-mini\n" in text


def test_defaults_are_for_painting_only_and_the_stage_has_the_last_word() -> None:
    workflow = parse_workflow(
        "velatura: 1\ndefaults: {width: 128, steps: 3}\n"
        "stages:\n  a: {kind: txt2img, steps: 9}\n  b: {kind: upscale, image: a}\n"
    )
    assert workflow.stages["a"].request == Txt2Img(width=128, steps=9)
    assert workflow.stages["b"].request == Upscale(image=named("a"))


def test_stages_may_stand_in_any_order_and_only_those_needed_are_run() -> None:
    workflow = parse_workflow(
        "velatura: 1\nstages:\n  c: {kind: upscale, image: b}\n  b: {kind: upscale, image: a}\n"
        "  a: {kind: txt2img}\n  d: {kind: upscale, image: a}\nresult: c\n"
    )
    assert workflow.order == ("a", "b", "c")


# Images


def image_file(folder: Path, name: str = "sketch.png") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 6, 3), 77, np.uint8)).save(path)
    return path


def over(name: str) -> str:
    return f"velatura: 1\nimages:\n  x: {name}\nstages:\n  a: {{kind: upscale, image: x}}\n"


def test_images_are_files_of_the_documents_folder(tmp_path: Path) -> None:
    image_file(tmp_path, "in/sketch.png")
    (tmp_path / "w.yaml").write_text(over("in/sketch.png"))
    workflow = read_workflow(tmp_path / "w.yaml")
    assert workflow.images["x"].size == (6, 4)
    assert parse_workflow(format_workflow(workflow)) == workflow


def test_a_picture_of_ours_brings_its_history_along(tmp_path: Path) -> None:
    picture = Picture(pixels=pixels(3).array, request=Txt2Img(prompt="before"))
    path = save_picture(picture, tmp_path)
    workflow = parse_workflow(over(path.name), folder=tmp_path)
    assert workflow.images["x"].origin.request.prompt == "before"
    image = Image.open(path)
    image.putpixel((0, 0), (9, 9, 9))
    Image.Image.save(image, path, pnginfo=_texts(image))
    workflow = parse_workflow(over(path.name), folder=tmp_path)
    assert workflow.images["x"].origin is None
    assert "image x: The pixels are not those" in workflow.remarks[0]


def _texts(image: Any) -> Any:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    for keyword, text in image.text.items():
        texts.add_text(keyword, text)
    return texts


@pytest.mark.parametrize(
    "name", ["../sketch.png", "in/../../sketch.png", "link.png", "linked/s.png"]
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    image_file(tmp_path)
    image_file(tmp_path, "away/s.png")
    home = tmp_path / "home"
    home.mkdir()
    (home / "link.png").symlink_to(tmp_path / "sketch.png")
    (home / "linked").symlink_to(tmp_path / "away")
    with pytest.raises(WorkflowError, match=r"line 3, column 3: images.x: .* leaves the folder"):
        parse_workflow(over(name), folder=home)


def test_an_absolute_path_is_refused_unless_it_lies_in_the_folder(tmp_path: Path) -> None:
    path = image_file(tmp_path)
    assert parse_workflow(over(str(path)), folder=tmp_path).images["x"].size == (6, 4)
    with pytest.raises(WorkflowError, match="leaves the folder"):
        parse_workflow(over("/etc/passwd"), folder=tmp_path)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("missing.png", "no such picture file"),
        ("words.png", "not a picture that can be read"),
        (".", "no such picture file"),
        ("'a\\0b'", "no such picture file"),
        ("3", "expected the name of a file"),
        ("''", "expected the name of a file"),
        ("[a]", "expected the name of a file"),
        ("{png: '!'}", "not base64"),
        ("{png: aGVsbG8=}", "not a PNG"),
        ("{}", "expected base64"),
        ("{png: aGVsbG8=, jpg: x}", "unknown key 'jpg'"),
    ],
)
def test_an_image_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, image: str, message: str
) -> None:
    (tmp_path / "words.png").write_text("words")
    with pytest.raises(WorkflowError, match=r"^w.yaml: line 3, column 3: images.x: ") as caught:
        parse_workflow(over(image), folder=tmp_path, source="w.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_document_without_a_folder_may_name_no_files() -> None:
    with pytest.raises(WorkflowError, match="may name no files"):
        parse_workflow(over("x.png"))


# Mistakes

STAGE = "velatura: 1\nstages:\n  a:\n    kind: txt2img\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a workflow with stages, got nothing"),
        ("[]", "expected a workflow with stages, got list"),
        ("stages: {a: {kind: txt2img}}", "velatura: missing; write 'velatura: 1' at the top"),
        ("velatura: 2\nstages: {}", "line 1, column 1: velatura: version 2 .* update Velatura"),
        ("velatura: '1'\nstages: {}", "version '1' of the document is not known"),
        ("velatura: true\nstages: {}", "version True of the document is not known"),
        ("velatura: 1\nstage: {}", "line 2, column 1: stage: unknown key 'stage'; did you mean"),
        ("velatura: 1\n", "stages: expected stages by name, got nothing"),
        ("velatura: 1\nstages: {}\n", "stages: expected from 1 to"),
        ("velatura: 1\nstages: [a]", "line 2, column 1: stages: expected stages by name, got list"),
        ("velatura: 1\nstages: {a: 3}", "stages.a: expected the settings of a stage, got int"),
        ("velatura: 1\nstages: {a: {}}", "stages.a.kind: missing; choose from txt2img, img2img"),
        ("velatura: 1\nstages: {a: {kind: poem}}", "stages.a.kind: 'poem' is unknown; choose"),
        ("velatura: 1\nstages: {a: {kind: [x]}}", r"stages.a.kind: \['x'\] is unknown"),
        ("velatura: 1\nstages: {a b: {kind: txt2img}}", "a name begins with a letter"),
        ("velatura: 1\nstages: {a.b: {kind: txt2img}}", "a name begins with a letter"),
        (
            STAGE + "    promt: x\n",
            "line 5, column 5: stages.a.promt: unknown setting 'promt'",
        ),
        (STAGE + "    steps: 0\n", "line 5, column 5: stages.a: steps: must be from 1 to 1000"),
        (STAGE + "    steps: x\n", "line 5, column 5: stages.a: steps: expected int, got str 'x'"),
        (STAGE + "    strength: .nan\n", "unknown setting 'strength'"),
        (STAGE + "    guidance_scale: .nan\n", "guidance_scale: must be from 0.0 to 100.0"),
        (STAGE + "    prompt: [a]\n", "line 5, column 5: stages.a: prompt: expected str, got list"),
        (STAGE + "    hires:\n      steps: -1\n", "line 6, column 7: stages.a: hires.steps: must"),
        (STAGE + "    hires: 3\n", "line 5, column 5: stages.a: hires: expected an object"),
        (
            STAGE + "    batch_size: 2\n    pick: 3\n",
            "line 6, column 5: stages.a.pick: must",
        ),
        (STAGE + "    pick: 0\n", "line 5, column 5: stages.a.pick: must be from 1 to 1"),
        (STAGE + "    pick: many\n", "line 5, column 5: stages.a.pick: expected a whole number"),
        (STAGE + "result: b\n", "line 5, column 1: result: unknown stage 'b'"),
        (STAGE + "result: [a]\n", "line 5, column 1: result: expected the name of a stage"),
        (STAGE + "  b: {kind: upscale}\n", "line 5, column 3: stages.b: upscale: image is missing"),
        (
            STAGE + "  b: {kind: upscale, image: aa}\n",
            "stages.b.image: unknown stage or image",
        ),
        (
            STAGE + "  b: {kind: upscale, image: 3}\n",
            "stages.b.image: expected the name of a stage",
        ),
        (STAGE + "  b: {kind: inpaint, image: a}\n", "stages.b: inpaint: mask is missing"),
        (STAGE + "  b: {kind: inpaint, image: a, mask: m}\n", "stages.b.mask: unknown stage or"),
        (STAGE + "  b: {kind: upscale, image: b}\n", "line 5, column 3: .* in a ring: b <- b"),
        (
            STAGE + "  b: {kind: upscale, image: c}\n  c: {kind: upscale, image: b}\n",
            "line 5, column 3: stages.b: stages begin with each other in a ring: b <- c <- b; let",
        ),
        (
            STAGE + "  b:\n    kind: adjust\n    image: a\n    adjustments:\n      - kind: level\n",
            r"line 9, column 9: stages.b: adjustments\[0\].kind: 'level' is not one of levels",
        ),
        (
            "velatura: 1\ndefaults: {step: 3}\n" + STAGE[12:],
            "defaults.step: unknown setting 'step'",
        ),
        ("velatura: 1\ndefaults: {kind: x}\n" + STAGE[12:], "defaults.kind: unknown setting"),
        (
            "velatura: 1\ndefaults: 3\n" + STAGE[12:],
            "line 2, column 1: defaults: expected settings",
        ),
        ("velatura: 1\nimages: [x]\n" + STAGE[12:], "line 2, column 1: images: expected images by"),
        (
            "velatura: 1\nimages: {a: {png: aaaaaa}}\n" + STAGE[12:],
            "images.a: png: not base64",
        ),
        ("velatura: 1\nvelatura: 1\n", "line 2, column 1: 'velatura' stands here twice"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WorkflowError, match=f"^w.yaml: .*{message}") as caught:
        parse_workflow(text, folder=tmp_path, source="w.yaml")
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, RequestError)


def test_a_name_for_a_stage_and_an_image_is_refused() -> None:
    text = format_workflow(every_kind()).replace("  over:", "  sketch:")
    with pytest.raises(WorkflowError, match="there is an image of that name; rename one"):
        parse_workflow(text)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("w.yaml", "missing.yaml", "."):
        with pytest.raises(WorkflowError, match="cannot be read as a workflow"):
            read_workflow(tmp_path / name)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "w.yaml").open("wb") as file:
        os.truncate(file.fileno(), 2**40)
    with pytest.raises(WorkflowError, match="too long for a workflow"):
        read_workflow(tmp_path / "w.yaml")


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode(errors="replace"))
)
def test_whatever_a_document_says_it_is_read_or_refused(data: bytes) -> None:
    try:
        parse_workflow(data.decode("utf-8", errors="replace"))
    except WorkflowError as error:
        assert str(error)  # noqa: PT017 - any other error is the failure


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: (
        st.lists(each, max_size=2) | st.dictionaries(st.text(max_size=5), each, max_size=2)
    ),
    max_leaves=3,
)


def put(value: Any, place: int, new: Any) -> Any:
    """The value with its part of that number, counted in depth, replaced."""
    count = -1

    def copy(part: Any) -> Any:
        nonlocal count
        count += 1
        if count == place:
            return new
        if isinstance(part, dict):
            return {key: copy(each) for key, each in part.items()}
        return [copy(each) for each in part] if isinstance(part, list) else part

    return copy(value)


@pytest.fixture(scope="module")
def document() -> Any:
    """A document with a stage of every kind, as plain values."""
    return parse_yaml(format_workflow(every_kind())).value


@settings(max_examples=400)
@given(place=st.integers(0, 80), value=values)
def test_a_wrong_value_anywhere_is_refused_in_words(document: Any, place: int, value: Any) -> None:
    plain = put(document, place, value)
    try:
        parse_workflow(format_yaml(plain))
    except WorkflowError as error:
        assert "\n" not in str(error).replace(repr(value), "")  # noqa: PT017
