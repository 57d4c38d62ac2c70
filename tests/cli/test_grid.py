"""``velatura grid``: pictures side by side, with what sets them apart."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from velatura import read_story, request_to_json
from velatura.compare import AXES
from velatura.engines.local import LocalEngine
from velatura.errors import OutOfMemory


@pytest.fixture
def grid(velatura, tiny_checkpoint):
    """Runs ``velatura grid`` with the tiny checkpoint, small and quick, into ``out``."""

    def run(*words):
        quick = ("--size", "64x64", "--steps", 1, "--seed", 5, "--out", "out")
        return velatura("grid", "--models-dir", tiny_checkpoint.parent, *quick, *words)

    return run


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"))


def test_each_picture_is_that_of_its_settings_alone_and_the_sheet_shows_them(grid, paint):
    axes = ("--x", "Steps: 1-2", "--y", "Sampler: Euler, DDIM", "--no-legend")
    ran = grid("a red cat", *axes)
    assert ran.code == 0
    *cells, sheet = ran.out.splitlines()
    assert len(cells) == 4
    shown = pixels(sheet)
    assert shown.shape == (128, 128, 3)
    settings = [(1, "Euler"), (2, "Euler"), (1, "DDIM"), (2, "DDIM")]
    for place, (path, (steps, sampler)) in enumerate(zip(cells, settings, strict=True)):
        alone = paint("a red cat", "--steps", steps, "--sampler", sampler).out.strip()
        np.testing.assert_array_equal(pixels(path), pixels(alone))
        assert read_story(path).request == read_story(alone).request
        top, left = place // 2 * 64, place % 2 * 64
        np.testing.assert_array_equal(shown[top : top + 64, left : left + 64], pixels(path))


def test_the_sheet_tells_what_is_varied(grid):
    ran = grid("a red cat", "--x", "Seed: -1, 7", "--z", "Prompt S/R: cat, dog", "--no-cells")
    first, second, whole = (read_story(path) for path in ran.out.splitlines())
    assert first.text.startswith("a red cat\nSteps: 1, Sampler: DPM++ 2M")
    assert second.text.startswith("a red dog\n")
    fields = whole.infotext.fields
    assert (fields["Script"], fields["X Type"], fields["Z Values"]) == (
        "X/Y/Z plot",
        "Seed",
        "cat, dog",
    )
    drawn, fixed = fields["Fixed X Values"].split(", ")
    assert (drawn == fields["Seed"], fixed) == (True, "7")


def test_only_what_was_not_painted_before_is_painted(grid, monkeypatch):
    painted = []
    run = LocalEngine.run

    def counted(self, request, **settings):
        painted.append(request.steps)
        return run(self, request, **settings)

    monkeypatch.setattr(LocalEngine, "run", counted)
    first = grid("a cat", "--x", "Steps: 1, 2", "--y", "cfg: 3, 7")
    assert painted == [1, 2, 1, 2]
    painted.clear()
    second = grid("a cat", "--x", "Steps: 1, 2, 3", "--y", "cfg: 3, 7")
    assert painted == [3, 3]
    before, after = (
        [pixels(path) for path in ran.out.splitlines()[:-1]] for ran in (first, second)
    )
    for old, new in ((0, 0), (1, 1), (2, 3), (3, 4)):
        np.testing.assert_array_equal(before[old], after[new])


def test_checkpoints_are_compared_by_part_of_their_names(grid, tiny_checkpoint, tmp_path):
    other = tmp_path / "more" / "another-one.safetensors"
    other.parent.mkdir()
    other.write_bytes(tiny_checkpoint.read_bytes())
    other.with_suffix(".json").write_bytes(tiny_checkpoint.with_suffix(".json").read_bytes())
    ran = grid(
        "a cat", "--models-dir", other.parent, "--x", "Checkpoint name: tiny, another", "--json"
    )
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["request"]["checkpoint"] for each in told[:2]] == [
        "tiny.safetensors",
        "another-one.safetensors",
    ]
    assert told[2] == {"sheet": "out/00003-grid.png"}


def test_the_page_holds_the_pictures(grid, tmp_path):
    ran = grid("a <cat>", "--x", "Steps: 1-2", "--html", "page/grid.html", "--no-cells")
    assert ran.out.splitlines() == ["out/00001-grid.png", "page/grid.html"]
    page = (tmp_path / "page/grid.html").read_text()
    assert page.count("data:image/webp;base64,") == 2
    assert "<h1>a &lt;cat&gt;</h1>" in page


def test_a_prompt_matrix(grid):
    ran = grid("a cat|ink|fog", "--matrix", "--json")
    told = [json.loads(line) for line in ran.out.splitlines()[:-1]]
    assert [each["request"]["prompt"] for each in told] == [
        "a cat",
        "a cat, ink",
        "a cat, fog",
        "a cat, ink, fog",
    ]
    assert {each["seed"] for each in told} == {5}
    assert ran.err == ""
    ran = grid("a cat", "--matrix-negative", "--vary-seeds", "x", "--json", "--negative", "x|y")
    told = [json.loads(line)["request"] for line in ran.out.splitlines()[:-1]]
    assert [(each["negative_prompt"], each["seed"]) for each in told] == [("x", 5), ("x, y", 6)]


def test_prompts_from_a_file(grid, tmp_path):
    (tmp_path / "prompts.txt").write_text(
        "a cat\n\n--prompt a dog --batch_size 2 --tiling x\n--a\n"
    )
    ran = grid("ink,", "--prompts", "prompts.txt", "--json")
    told = [json.loads(line)["request"] for line in ran.out.splitlines()[:-1]]
    assert [(each["prompt"], each["seed"]) for each in told] == [
        ("ink, a cat", 5),
        ("ink, a dog", 5),
        ("ink, a dog", 6),
        ("ink, --a", 5),
    ]
    assert ran.err == (
        "note: prompts.txt, line 4: taken for a prompt as it is: '--a' is no setting\n"
    )


def test_seeds_can_move_on_or_be_drawn_for_each_cell(grid):
    ran = grid("x", "--x", "Steps: 1-2", "--y", "cfg: 1-2", "--vary-seeds", "xy", "--json")
    told = [json.loads(line) for line in ran.out.splitlines()[:-1]]
    assert [each["seed"] for each in told] == [5, 6, 7, 8]
    ran = grid("x", "--x", "Steps: 1-2", "--seed", -1, "--keep-random", "--json")
    assert len({json.loads(line)["seed"] for line in ran.out.splitlines()[:-1]}) == 2
    ran = grid("x", "--x", "Steps: 1-2", "--seed", -1, "--json")
    assert len({json.loads(line)["seed"] for line in ran.out.splitlines()[:-1]}) == 1


def test_a_picture_that_is_there_can_be_varied(grid, velatura, tiny_checkpoint):
    (path, _) = grid("a red cat", "--x", "Steps: 2", "--negative", "fog").out.splitlines()
    words = ("--models-dir", tiny_checkpoint.parent, "--out", "more", "--like", path)
    ran = velatura("grid", *words, "--x", "Steps: 1-2", "--json")
    first, second, _ = (json.loads(line) for line in ran.out.splitlines())
    request = read_story(path).request
    assert second["request"] == json.loads(request_to_json(request))
    assert first["request"] == second["request"] | {"steps": 1}
    refused = velatura("grid", *words, "--x", "Steps: 1-2", "--cfg", 3)
    assert "--like: takes prompt and settings from the picture" in refused.err


def test_work_on_a_picture_from_outside_can_be_varied(velatura, tmp_path):
    Image.effect_noise((16, 16), 80).convert("RGB").save(tmp_path / "plain.png")
    large = ("upscale", "plain.png", "--by", 2, "--upscaler", "Lanczos", "--out", "large")
    path = velatura(*large).out.strip()
    words = ("grid", "--like", path, "--out", "more")
    ran = velatura(*words, "--x", "factor: 1-3", "--no-legend", "--no-cells")
    assert (ran.code, ran.err) == (0, "")
    assert pixels(ran.out.strip()).shape == (3 * 16, 9 * 16, 3)
    assert "no prompt to vary" in velatura(*words, "--matrix").err
    *cells, _ = velatura(*words, "--x", "factor: 1-3").out.splitlines()
    again = velatura("grid", "--like", cells[1], "--x", "factor: 2", "--out", "again").out
    np.testing.assert_array_equal(pixels(again.splitlines()[0]), pixels(path))
    twice = velatura("upscale", path, *large[2:]).out.strip()
    ran = velatura("grid", "--like", twice, "--x", "factor: 1-3")
    assert "was made from a picture that is not in it" in ran.err


def test_a_picture_without_a_story_cannot_be_varied(velatura, tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "plain.png")
    ran = velatura("grid", "--like", "plain.png", "--x", "Steps: 1")
    assert (ran.code, ran.err) == (
        2,
        "error: --like: plain.png does not say how it was made\n",
    )


def test_what_the_pictures_lack_is_noted_once(grid):
    ran = grid("a cat <lora:sketchy:0.5>", "--x", "Steps: 1-2")
    assert ran.err == "note: Lora not found: sketchy\n"


def test_a_cell_that_fails_is_noted_and_the_rest_is_shown(grid, monkeypatch):
    run = LocalEngine.run

    def failing(self, request, **settings):
        if request.steps == 2:
            raise OutOfMemory("not enough memory for this request")
        return run(self, request, **settings)

    monkeypatch.setattr(LocalEngine, "run", failing)
    ran = grid("a cat", "--x", "Steps: 1-3")
    assert ran.code == OutOfMemory.exit_code
    assert ran.err == "failed: Steps: 2: not enough memory for this request\n"
    assert ran.out.splitlines() == ["out/00001-5.png", "out/00002-5.png", "out/00003-grid.png"]
    ran = grid("a cat", "--x", "Steps: 2")
    assert (ran.code, ran.out) == (OutOfMemory.exit_code, "")
    assert ran.err.endswith("error: not enough memory for this request\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to vary, in one way: by --x, --y and --z"),
        (("--x", "Steps: 1", "--matrix"), "say what to vary, in one way"),
        (("--x", "Steps: 5, x"), "--x: expected a whole number"),
        (("--y", "Stps: 5"), "--y: unknown axis 'Stps'; did you mean Steps"),
        (("--z", "Steps"), "--z: expected a name and values"),
        (("--x", "Steps: 0"), "--x: 'Steps: 0': steps: must be from 1 to 1000, got 0"),
        (("--x", "Sampler: Euler, Oiler"), "Oiler: unknown sampler 'Oiler'; did you mean Euler"),
        (("--x", "Checkpoint name: tiny, huge"), "huge: no checkpoint named 'huge'; there is tiny"),
        (("--x", "Hires steps: 2"), "--x: 'Hires steps: 2': steps: the request has no hires"),
        (("--x", "Prompt S/R: dog, cat"), "'dog', the first value of Prompt S/R, is in neither"),
        (("--x", "Seed: 1-10000", "--y", "Steps: 1-99"), "million pixels; it must be less than"),
        (("--x", "Steps: 1", "--vary-seeds", "ab"), "--vary-seeds: expected some of x, y and z"),
        (("--x", "Steps: 1", "--sampler", "Oiler"), "--sampler: unknown sampler 'Oiler'"),
        (("--x", "Steps: 1", "--style", "ink"), "--style: there is no styles file"),
        (("--x", "Steps: 1", "--batch", "2"), "--batch"),
        (("--matrix",), "--matrix: prompt: has no optional parts"),
        (("--prompts", "none.txt"), "--prompts: none.txt cannot be read: No such file"),
        (("--prompts", "image.png"), "--prompts: image.png is no UTF-8 text"),
        (("--prompts", "bad.txt"), "--prompts: line 2: steps: must be from 1 to 1000, got 0"),
    ],
)
def test_a_wrong_word_is_refused_before_any_work(grid, tmp_path, words, said):
    Image.new("RGB", (4, 4)).save(tmp_path / "image.png")
    (tmp_path / "bad.txt").write_text("a\n--steps 0\n")
    ran = grid("a cat", *words)
    assert (ran.code in (2, 3), ran.out) == (True, "")
    assert said in ran.err
    assert not (tmp_path / "out").exists()


def test_a_page_that_cannot_be_written_is_refused_before_any_work(grid, tmp_path):
    (tmp_path / "file").touch()
    ran = grid("a cat", "--x", "Steps: 1", "--html", "file/page.html")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("error: --html: file: cannot write there")


def test_the_help_lists_every_axis(velatura):
    text = " ".join(velatura("grid", "--help").out.replace("│", " ").split())
    for label in set(AXES) - {"Cond. Image Mask Weight"}:
        assert label in text
