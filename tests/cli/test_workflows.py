"""Workflows at a terminal: carried out, taken out of pictures, verified."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml
from PIL import Image

from tests.workflows.chains import SKETCH
from velatura.library import open_picture, save_picture
from velatura.metadata import Encoding
from velatura.records import Img2Img, ModelUse, Picture

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "from velatura.cli.main import main; main()"

DOCUMENT: dict[str, Any] = {
    "velatura": 1,
    "images": {"mask": "mask.png"},
    "defaults": {"steps": 2, "width": 64, "height": 64, "prompt": "a red apple"},
    "stages": {
        "compose": {"kind": "txt2img", "seed": 5, "batch_size": 2, "pick": 2},
        "repair": {"kind": "inpaint", "image": "compose", "mask": "mask", "seed": 7},
        "enlarge": {"kind": "upscale", "image": "repair", "upscaler": "Lanczos", "factor": 2},
        "finish": {
            "kind": "adjust",
            "image": "enlarge",
            "adjustments": [{"kind": "resize", "width": 100, "height": 60}],
        },
    },
}


@pytest.fixture
def run(velatura, tmp_path: Path, tiny_checkpoint: Path):
    """Runs ``velatura run w.yaml WORDS...`` with the tiny checkpoint."""
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 20:40] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")

    def call(*words: object, document: dict[str, Any] = DOCUMENT):
        (tmp_path / "w.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
        return velatura("run", "w.yaml", "--models-dir", tiny_checkpoint.parent, *words)

    return call


def paths(out: str) -> list[str]:
    return out.split()


def stages(err: str) -> list[str]:
    return [line.split()[1] for line in err.splitlines() if line[:1].isdigit()]


def test_a_workflow_leads_to_its_result_and_says_which_stages_it_makes(run, tmp_path) -> None:
    ran = run("--out", "out")
    assert ran.code == 0, ran.err
    (path,) = paths(ran.out)
    assert path == "out/00001-finish-7.png"
    assert stages(ran.err) == ["compose", "repair", "enlarge", "finish"]
    opened = open_picture(tmp_path / path)
    assert opened.bitmap.size == (100, 60)
    inpaint = opened.bitmap.origin.request.image.origin.request.image.origin.request
    assert inpaint.image.origin.request.seed == 6
    assert "Steps: 2" in opened.story.text


def test_a_second_run_makes_only_what_changed(run) -> None:
    run()
    ran = run("--set", "stages.finish.adjustments=[{kind: auto_levels}]")
    assert ran.code == 0
    assert ran.err.splitlines()[:3] == [
        "1/4 compose (txt2img), 2 of 2 kept from before",
        "2/4 repair (inpaint), 1 of 1 kept from before",
        "3/4 enlarge (upscale), 1 of 1 kept from before",
    ]
    assert ran.err.splitlines()[3] == "4/4 finish (adjust)"
    assert "kept" not in run("--afresh").err


def test_all_stages_can_be_written_and_others_picked(run) -> None:
    ran = run("--all", "--pick", "compose=1")
    assert [path.partition("-")[2] for path in paths(ran.out)] == [
        "compose-5.png",
        "compose-6.png",
        "repair-7.png",
        "enlarge-7.png",
        "finish-7.png",
    ]


def test_the_result_can_be_an_earlier_stage(run) -> None:
    ran = run("--set", "result=compose", "--json")
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["seed"] for each in told] == [5, 6]
    assert stages(ran.err) == ["compose"]


def test_a_drawn_seed_is_told_with_the_way_to_keep_it(run) -> None:
    ran = run("--set", "stages.compose.seed=-1", "--set", "result=compose")
    (line,) = [line for line in ran.err.splitlines() if "drew seed" in line]
    change = line.partition("--set ")[2].partition(" ")[0]
    assert change.startswith("stages.compose.seed=")
    again = run("--set", change, "--set", "result=compose")
    assert "2 of 2 kept" in again.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--set", "stages.compose.steps=0"), 2, "stages.compose: steps: must be from 1 to 1000"),
        (("--set", "nowhere"), 2, "'nowhere': expected a path and a value"),
        (("--pick", "compose=3"), 2, "stages.compose.pick: must be from 1 to 2"),
        (("--pick", "compose"), 2, "'compose': expected a stage and a number"),
        (("--set", "images.mask=../mask.png"), 2, "leaves the folder"),
        (("--set", "images.mask=none.png"), 2, "none.png: no such picture file"),
        (("--set", "defaults.checkpoint=none"), 3, "stages.compose: no checkpoint named 'none'"),
        (("--set", "stages.enlarge.upscaler=magic"), 2, "stages.enlarge: unknown upscaler 'magic'"),
        (("--set", "stages.repair.prompt=(a:1.2.3)"), 2, "stages.repair: "),
        (("--out", "w.yaml"), 4, "--out: w.yaml"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(run, words, code, message) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (code, "")
    assert f"{message}" in ran.err
    assert stages(ran.err) == []


def test_a_document_that_is_none_is_refused_in_one_line(velatura, tmp_path) -> None:
    (tmp_path / "w.yaml").write_text("velatura: 1\nstages:\n  a: {kind: poem}\n")
    ran = velatura("run", "w.yaml")
    assert ran.code == 2
    assert ran.err.startswith("error: w.yaml: line 3, column 7: stages.a.kind: 'poem' is unknown")
    assert ran.err.count("\n") == 1
    assert velatura("run", "missing.yaml").code == 2


def test_an_empty_mask_stops_at_its_stage_by_name(run, tmp_path) -> None:
    run("--set", "result=compose")
    Image.new("L", (64, 64)).save(tmp_path / "empty.png")
    ran = run("--set", "images.mask=empty.png")
    assert ran.code == 2
    assert "stages.repair: mask" in ran.err


# Workflows out of pictures


def test_the_workflow_of_a_picture_makes_it_again(run, velatura, tmp_path, tiny_checkpoint) -> None:
    (path,) = paths(run().out)
    ran = velatura("workflow", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"# How '{path.rpartition('/')[2]}' is made\n# Made with the checkp")
    (tmp_path / "again.yaml").write_text(ran.out)
    again = velatura(
        "run", "again.yaml", "--afresh", "--models-dir", tiny_checkpoint.parent, "--out", "b"
    )
    (other,) = paths(again.out)
    assert open_picture(tmp_path / other).bitmap == open_picture(tmp_path / path).bitmap
    assert stages(again.err) == ["compose", "repair", "enlarge", "finish"]


def test_a_stripped_picture_has_no_workflow(run, velatura, tmp_path) -> None:
    (path,) = paths(run().out)
    Image.open(tmp_path / path).save(tmp_path / "bare.png")
    for command in ("workflow", "verify"):
        ran = velatura(command, "bare.png")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: bare.png: no workflow in this file: ")
    assert velatura("workflow", "missing.png").code == 5


def test_pixels_left_behind_are_spoken_of(velatura, tmp_path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    image = replace(SKETCH, pixels=noise)
    made = Picture(pixels=noise, request=Img2Img(image=image, seed=1))
    from velatura.library import Target

    path = save_picture(made, Target(folder=tmp_path, encoding=Encoding(format="jpeg")))
    ran = velatura("workflow", path)
    assert ran.code == 0
    assert "the pixels of sketch are not in this file; put the picture beside it" in ran.err
    assert yaml.safe_load(ran.out)["images"] == {"sketch": "sketch.png"}


# Verifying


def test_a_picture_that_comes_out_again_is_the_same(run, velatura, tiny_checkpoint) -> None:
    (path,) = paths(run().out)
    ran = velatura("verify", path, "--models-dir", tiny_checkpoint.parent)
    assert (ran.code, ran.out) == (0, "the same: every pixel came out again\n")
    assert stages(ran.err) == ["compose", "repair", "enlarge", "finish"]


def test_a_picture_that_does_not_is_told_how_far_off(
    run, velatura, tmp_path, tiny_checkpoint
) -> None:
    (path,) = paths(run("--set", "result=compose", "--set", "stages.compose.batch_size=1",
                        "--pick", "compose=1").out)  # fmt: skip
    made = open_picture(tmp_path / path).bitmap
    other = made.array.copy()
    other[0, 0, 0] ^= 8
    tampered = Picture(pixels=other, request=made.origin.request, models=made.origin.models)
    path = save_picture(tampered, tmp_path)
    ran = velatura("verify", path, "--models-dir", tiny_checkpoint.parent)
    assert ran.code == 9
    assert ran.out == (
        "not the same: mean difference 0.001, largest 8, of 255; "
        "the first stage to differ is compose\n"
    )
    told = json.loads(
        velatura("verify", path, "--json", "--models-dir", tiny_checkpoint.parent).out
    )
    assert (told["same"], told["difference"]["largest"]) == (False, 8.0)


def test_a_picture_of_another_model_names_it(run, velatura, tmp_path, tiny_checkpoint) -> None:
    (path,) = paths(run("--set", "result=compose", "--set", "stages.compose.batch_size=1",
                        "--pick", "compose=1").out)  # fmt: skip
    made = open_picture(tmp_path / path).bitmap
    models = (ModelUse(kind="checkpoint", name="tiny", hash="0123456789"),)
    path = save_picture(
        Picture(pixels=made.array, request=made.origin.request, models=models), tmp_path
    )
    ran = velatura("verify", path, "--models-dir", tiny_checkpoint.parent)
    assert (ran.code, ran.out) == (3, "")
    assert "stages.compose: made with the checkpoint tiny [0123456789], which is [" in ran.err


@pytest.mark.slow  # the same is proven without a terminal in tests/workflows
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_after_a_kill_the_next_run_goes_on_with_what_was_finished(
    run, tmp_path, tiny_checkpoint
) -> None:
    run("--help")  # writes the document
    words = ["run", "w.yaml", "--models-dir", str(tiny_checkpoint.parent)]
    environment = os.environ | {"HOME": str(tmp_path / "home")}
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words, "--set", "stages.repair.steps=1000"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    kept = tmp_path / "home" / ".cache" / "velatura" / "pictures"
    deadline = time.monotonic() + 120
    while len(list(kept.glob("*/*.png"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    program.send_signal(signal.SIGKILL)
    program.wait()
    ran = run()
    assert ran.code == 0
    assert "compose (txt2img), 2 of 2 kept from before" in ran.err
