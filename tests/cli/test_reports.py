"""The commands that report: info, prompt, models, samplers, doctor."""

import json

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from tests.a1111_folder import write_a1111_folder
from velatura import (
    SAMPLERS,
    SCHEDULES,
    Bitmap,
    Picture,
    Txt2Img,
    Upscale,
    read_story,
    save_picture,
)


@pytest.fixture
def grey():
    return np.full((8, 8, 3), 128, dtype=np.uint8)


def test_info_prints_the_infotext_of_our_file(velatura, tmp_path, grey):
    request = Txt2Img(prompt="a Bär", seed=3, width=8, height=8)
    path = save_picture(Picture(pixels=grey, request=request), tmp_path)
    ran = velatura("info", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{read_story(path).text}\n"
    told = json.loads(velatura("info", path, "--json").out)
    assert told["infotext"] + "\n" == ran.out
    assert told["request"]["prompt"] == "a Bär"


def test_info_names_the_stages_of_a_picture_that_has_several(velatura, tmp_path, grey):
    painted = Picture(pixels=grey, request=Txt2Img(prompt="x", seed=3, width=8, height=8))
    larger = Picture(pixels=grey, request=Upscale(image=painted.bitmap, factor=1.0))
    ran = velatura("info", save_picture(larger, tmp_path))
    assert ran.out.splitlines()[0] == "x"
    assert ran.out.splitlines()[-1] == "Stages: compose (txt2img), enlarge (upscale)"
    photograph = Picture(pixels=grey, request=Upscale(image=Bitmap(grey), factor=1.0))
    ran = velatura("info", save_picture(photograph, tmp_path))
    assert ran.out.splitlines()[-1] == "Stages: enlarge (upscale)"


def test_info_reads_a_picture_that_a1111_made(velatura, golden):
    ran = velatura("info", golden / "cases" / "batch4.1.png")
    assert ran.code == 0
    assert "Steps: " in ran.out
    told = json.loads(velatura("info", golden / "cases" / "batch4.1.png", "--json").out)
    assert told["request"]["sampler"] in SAMPLERS


def test_info_on_a_picture_without_a_story_says_so_and_is_no_failure(velatura, tmp_path, grey):
    Image.fromarray(grey).save(tmp_path / "bare [1].png")
    ran = velatura("info", "bare [1].png")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "note: bare [1].png: this file does not say how it was made\n"
    told = json.loads(velatura("info", "bare [1].png", "--json").out)
    assert told == {"infotext": "", "request": None, "remarks": []}


@pytest.mark.parametrize("content", [b"just words", b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
def test_info_on_what_is_no_picture_is_refused_in_one_line(velatura, tmp_path, content):
    (tmp_path / "fake.png").write_bytes(content)
    ran = velatura("info", "fake.png")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("name", ["missing.png", ".", "[/red].png"])
def test_info_on_a_missing_file_names_it(velatura, name):
    ran = velatura("info", name)
    assert (ran.code, ran.out) == (5, "")
    assert ran.err == f"error: {name}: no such picture file\n"


def test_info_lets_no_file_steer_the_terminal(velatura, tmp_path, grey):
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("parameters", "nice\x1b]0;owned\x07 \x9b31m cat [bold]\nSteps: 1, Seed: 2")
    Image.fromarray(grey).save(tmp_path / "hostile.png", pnginfo=texts)
    ran = velatura("info", "hostile.png")
    assert ran.out == "nice\\x1b]0;owned\\x07 \\x9b31m cat [bold]\nSteps: 1, Seed: 2\n"
    told = velatura("info", "hostile.png", "--json").out
    assert "\x1b" not in told
    assert "\x9b" not in told
    assert json.loads(told)["infotext"].startswith("nice\x1b]0;owned")


def test_prompt_shows_chunks_weights_timeline_networks_and_warnings(velatura):
    ran = velatura("prompt", "a (red:1.3) [cat:dog:0.5] <lora:ink:0.7> [", "--steps", 10)
    assert ran.code == 0
    assert "3/75 tokens" in ran.out
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in ran.out.splitlines()]
    assert [row[0] for row in rows if row] == ["1-6", "7-10"]
    assert [row[2] for row in rows if row] == ["a red×1.3 cat", "a red×1.3 dog"]
    assert "network lora: ink, 0.7" in ran.out
    assert "warning: this '[' is never closed" in ran.out
    assert ran.err == ""


def test_prompt_counts_chunks_and_parts(velatura):
    reading = json.loads(velatura("prompt", "cat " * 80 + "AND dog :0.5", "--json").out)
    assert (reading["tokens_used"], reading["token_limit"]) == (80, 150)
    assert [part["weight"] for part in reading["parts"]] == [1.0, 0.5]
    (text,) = reading["parts"][0]["schedule"]
    assert [len(chunk) for chunk in text["chunks"]] == [75, 5]
    assert (text["calls"], text["steps"]) == ([0, 20], [1, 20])


def test_prompt_reads_for_a_sampler_that_calls_twice_a_step(velatura):
    reading = json.loads(velatura("prompt", "[a:b:5]", "--sampler", "Heun", "--json").out)
    texts = reading["parts"][0]["schedule"]
    assert [text["text"] for text in texts] == ["a", "b"]
    assert texts[-1]["calls"][1] == 40


def test_prompt_reads_a_negative_prompt_in_which_tags_are_words(velatura):
    reading = json.loads(velatura("prompt", "<lora:ink:1>", "--negative", "--json").out)
    assert reading["tags"] == []
    assert reading["tokens_used"] > 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--steps", 0), "--steps: must be from 1 to 1000, got 0"),
        (("--sampler", "Oiler"), "--sampler: unknown sampler 'Oiler'; did you mean Euler"),
        (("--comma-backtrack", 99), "--comma-backtrack: must be from 0 to 74, got 99"),
    ],
)
def test_prompt_names_the_option_that_is_wrong(velatura, words, said):
    ran = velatura("prompt", "a cat", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {said}")


@pytest.fixture
def a1111(tmp_path, tiny_checkpoint):
    return write_a1111_folder(tmp_path / "webui", tiny_checkpoint)


def test_models_lists_what_is_found_with_brackets_in_names(velatura, a1111):
    ran = velatura("models", "--models-dir", a1111)
    assert (ran.code, ran.err) == (0, "")
    for name in ("small ones [v1]/tiny.safetensors", "other.safetensors", "blob.pt"):
        assert name in ran.out


def test_models_as_json_tells_kind_name_hash_and_path(velatura, a1111):
    told = json.loads(velatura("models", "--models-dir", a1111, "--json").out)
    kinds = {(row["kind"], row["name"]) for row in told if str(a1111.parent) in row["path"]}
    assert kinds == {
        ("checkpoint", "small ones [v1]/tiny.safetensors"),
        ("vae", "other.safetensors"),
        ("lora", "styles/ink.safetensors"),
        ("embedding", "shapes/blob.pt"),
    }
    assert {row["hash"] for row in told} == {""}


def test_models_knows_the_hash_of_what_was_used(velatura, paint, tiny_checkpoint):
    path = paint("a cat").out.strip()
    told = json.loads(velatura("models", "--models-dir", tiny_checkpoint.parent, "--json").out)
    hashes = {row["name"]: row["hash"] for row in told}
    assert hashes["tiny.safetensors"] == read_story(path).models[0].hash


def test_samplers_lists_both_tables(velatura):
    ran = velatura("samplers")
    told = json.loads(velatura("samplers", "--json").out)
    assert [entry["name"] for entry in told["samplers"]] == list(SAMPLERS)
    assert told["schedules"] == list(SCHEDULES)
    for name, entry in SAMPLERS.items():
        assert name in ran.out
        assert entry.summary in ran.out
    assert f"schedules: {', '.join(SCHEDULES)}\n" in ran.out


def test_doctor_reports_machine_models_and_versions(velatura, a1111):
    ran = velatura("doctor", "--models-dir", a1111)
    told = json.loads(velatura("doctor", "--models-dir", a1111, "--json").out)
    assert (ran.code, ran.err) == (0, "")
    assert {"device", "memory", "models", "versions", "GPUs", "output folder"} <= set(told)
    assert {"1 vae", "2 lora", "1 embedding"} <= set(told["models"])  # one LoRA comes along
    assert told["model folders"] == [str(a1111)]
    assert all(heading in ran.out for heading in told)


def test_doctor_tells_of_a_models_folder_that_is_not_there(velatura, monkeypatch):
    monkeypatch.setenv("VELATURA_MODELS_DIR", "/no/such/[folder]")
    ran = velatura("doctor")
    assert ran.code == 0
    assert "/no/such/[folder] (not there)" in ran.out
