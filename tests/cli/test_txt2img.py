"""``velatura txt2img``: pictures on disk, their paths on standard output, all else on stderr."""

import json
import os
import pty
import re
import select
import subprocess
import sys

import pytest
from PIL import Image

from tests.a1111_folder import write_a1111_folder
from velatura import Txt2Img, read_story, request_to_json


def files(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize(
    ("name", "kind", "ending"),
    [("png", "PNG", ".png"), ("jpeg", "JPEG", ".jpg"), ("webp", "WEBP", ".webp")],
)
def test_each_format_carries_infotext_and_the_whole_request(paint, name, kind, ending):
    ran = paint("a cat", "--negative", "dog", "--format", name)
    assert (ran.code, ran.out, ran.err) == (0, f"out/00001-5{ending}\n", "")
    with Image.open(ran.out.strip()) as image:
        assert (image.format, image.size) == (kind, (64, 64))
    story = read_story(ran.out.strip())
    assert story.text.startswith("a cat\nNegative prompt: dog\nSteps: 2, Sampler: DPM++ 2M,")
    assert story.is_exact
    assert (story.request.prompt, story.request.seed) == ("a cat", 5)
    assert story.models[0].name == "tiny"


def test_paths_alone_go_to_standard_output_one_line_each(paint, tmp_path):
    ran = paint("a (cat", "--batch", 2, "--count", 2)
    paths = ran.out.splitlines()
    assert paths == [f"out/0000{k}-{k + 4}.png" for k in (1, 2, 3, 4)]
    assert files(tmp_path / "out") == [path.removeprefix("out/") for path in paths]
    assert "warning: this '(' is never closed" in ran.err


def test_json_lines_tell_path_infotext_and_request(paint):
    ran = paint("ein Bär", "--json", "--batch", 2)
    first, second = (json.loads(line) for line in ran.out.splitlines())
    story = read_story(second["path"])
    assert second["infotext"] == story.text
    assert second["request"] == json.loads(request_to_json(story.request))
    assert (first["seed"], second["seed"]) == (5, 6)
    assert (first["width"], first["height"], first["remarks"]) == (64, 64, [])
    assert len(first["id"]) == 64


def test_options_arrive_in_the_request(paint):
    words = """--sampler k_euler_a --schedule karras --cfg 3.5 --clip-skip 2 --tiling --eta 0.5
        --variation-seed 9 --variation-strength 0.25 --no-comments --emphasis Ignore --ensd 31337
        --noise-source NV --hires --hires-size 96x96 --hires-steps 1 --hires-strength 0.5
        --hires-upscaler Lanczos --hires-negative fog --no-picture-brownian --vae None"""
    ran = paint("a cat # on a mat", "--json", *words.split())
    told = json.loads(ran.out)
    request = told["request"]
    assert (told["width"], told["height"]) == (96, 96)
    assert (request["sampler"], request["schedule"]) == ("Euler a", "Karras")
    assert (request["guidance_scale"], request["clip_skip"], request["tiling"]) == (3.5, 2, True)
    assert (request["vae"], request["checkpoint"]) == ("None", "tiny.safetensors")
    assert request["variation"] == {"seed": 9, "strength": 0.25}
    assert request["prompt"] == "a cat # on a mat"
    assert (request["text"]["comments"], request["text"]["emphasis"]) == (False, "Ignore")
    assert (request["noise"]["source"], request["noise"]["ensd"]) == ("NV", 31337)
    assert (request["hires"]["upscaler"], request["hires"]["negative_prompt"]) == ("Lanczos", "fog")
    assert (request["sampling"]["eta"], request["sampling"]["picture_brownian"]) == (0.5, False)


def test_the_same_command_paints_the_same_picture(paint):
    first, second = (json.loads(paint("a cat", "--json").out) for _ in range(2))
    assert first["id"] == second["id"]
    assert first["path"] != second["path"]


def test_a_random_seed_is_drawn_and_told(paint):
    seeds = {json.loads(paint("a cat", "--seed", -1, "--json").out)["seed"] for _ in range(2)}
    assert len(seeds) == 2


def test_names_follow_the_pattern_and_count_the_pictures_of_a_request(paint):
    ran = paint("a cat/../dog", "--name", "[prompt]-[batch_number]", "--batch", 2)
    assert ran.out.splitlines() == ["out/00001-a cat_.._dog-1.png", "out/00002-a cat_.._dog-2.png"]


def test_an_unknown_lora_is_noted_once_and_recorded_in_each_picture(paint):
    ran = paint("a cat <lora:sketchy:0.5>", "--batch", 2)
    assert ran.code == 0
    assert ran.err == "note: Lora not found: sketchy\n"
    for path in ran.out.split():
        assert read_story(path).remarks == ("Lora not found: sketchy",)


@pytest.fixture
def a1111(tmp_path, tiny_checkpoint):
    return write_a1111_folder(tmp_path / "webui", tiny_checkpoint)


def test_an_a1111_folder_gives_checkpoint_vae_lora_and_embedding(velatura, a1111):
    words = "--size 64x64 --steps 2 --seed 5 --json --vae other --checkpoint tiny"
    prompt = "a blob, ink <lora:ink:0.7>"
    ran = velatura("txt2img", prompt, "--models-dir", a1111, *words.split())
    assert ran.err == ""
    story = read_story(json.loads(ran.out)["path"])
    used = [(model.kind, model.name) for model in story.models]
    assert used == [
        ("checkpoint", "tiny"), ("vae", "other.safetensors"), ("lora", "ink"), ("embedding", "blob")
    ]  # fmt: skip
    assert story.infotext.fields["VAE"] == "other.safetensors"
    assert story.infotext.fields["Lora hashes"].startswith("ink: ")


def test_model_folders_come_from_option_and_environment_in_this_order(
    velatura, a1111, tiny_checkpoint, monkeypatch, tmp_path
):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("VELATURA_MODELS_DIR", f"{tmp_path / 'empty'}{os.pathsep}{a1111}")
    quick = "--size 64x64 --steps 1 --seed 5 --json".split()
    from_environment = json.loads(velatura("txt2img", "x", *quick).out)
    assert from_environment["request"]["checkpoint"] == "small ones [v1]/tiny.safetensors"
    folders = ("--models-dir", tmp_path / "empty", "--models-dir", tiny_checkpoint.parent)
    from_option = json.loads(velatura("txt2img", "x", *quick, *folders).out)
    assert from_option["request"]["checkpoint"] == "tiny.safetensors"
    assert from_option["id"] == from_environment["id"]


def test_settings_say_where_pictures_go_and_what_styles_there_are(
    velatura, monkeypatch, tmp_path, tiny_checkpoint
):
    (tmp_path / "styles.csv").write_text("name,prompt,negative_prompt\noil,{prompt} in oil,photo\n")
    monkeypatch.setenv("VELATURA_STYLES_FILE", "styles.csv")
    monkeypatch.setenv("VELATURA_OUTPUT_DIR", "here")
    quick = ("--size", "64x64", "--steps", 1, "--models-dir", tiny_checkpoint.parent)
    ran = velatura("txt2img", "a cat", *quick, "--style", "oil")
    assert ran.out.startswith("here/00001-")
    request = read_story(ran.out.strip()).request
    assert (request.prompt, request.negative_prompt) == ("a cat in oil", "photo")


def test_an_empty_prompt_is_legal(paint):
    ran = paint("")
    assert ran.code == 0
    assert read_story(ran.out.strip()).request == Txt2Img(
        seed=5, steps=2, width=64, height=64, schedule="Karras",
        checkpoint="tiny.safetensors", vae="None",
    )  # fmt: skip


WITH_FAKE_ENGINE = """
import sys, types
from velatura.engines.fake import FakeEngine
sys.modules["velatura.engines.local"] = types.SimpleNamespace(LocalEngine=lambda **_: FakeEngine())
from velatura.cli.main import main
main()
"""
"""The command with an engine that needs no network: it starts sooner."""


def run_on_a_terminal(words, cwd, *, is_stdout_too):
    """What went to the pipe, and what was drawn on the terminal."""
    master, slave = pty.openpty()
    ran = subprocess.Popen(
        [sys.executable, "-c", WITH_FAKE_ENGINE, *words],
        stdout=slave if is_stdout_too else subprocess.PIPE,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        text=True,
        cwd=cwd,
    )
    drawn = b""
    while ran.poll() is None or select.select([master], [], [], 0)[0]:
        if select.select([master], [], [], 0.1)[0]:
            drawn += os.read(master, 65536)
    out, _ = ran.communicate()
    os.close(slave)
    os.close(master)
    return out, drawn.decode()


@pytest.mark.parametrize("is_stdout_too", [False, True])
def test_on_a_terminal_the_bar_is_drawn_and_paths_stand_apart_from_it(tmp_path, is_stdout_too):
    words = "txt2img x --size 64x64 --steps 4 --seed 5 --batch 2 --out out".split()
    out, drawn = run_on_a_terminal(words, tmp_path, is_stdout_too=is_stdout_too)
    for seen in ("batch 1", "sampling", "/4", "s/step", "ETA"):
        assert seen in drawn
    for path in ("out/00001-5.png", "out/00002-6.png"):
        if is_stdout_too:
            before = drawn[: drawn.index(path)].rpartition("\x1b[2K")[2]  # since the last erasing
            assert re.sub(r"\x1b\[[?0-9;]*[A-Za-z]|\r", "", before).strip("\n") == ""
        else:
            assert path in out.splitlines()
            assert path not in drawn


def test_a_forecast_makes_nothing_and_knows_what_was_made(paint, tmp_path, monkeypatch):
    monkeypatch.setenv("VELATURA_CACHE_DIR", str(tmp_path / "cache"))
    assert "not known yet" in paint("a cat", "--forecast").out
    paint("a cat")
    before = files(tmp_path / "out")
    assert re.match(
        r"about [\d.]+ s, and .* by runs of this size\n", paint("a cat", "--forecast").out
    )
    told = json.loads(paint("a cat", "--steps", 9, "--forecast", "--json").out)
    assert told["is_seen"]
    assert files(tmp_path / "out") == before
    assert paint("a cat", "--forecast", "--sampler", "none").code != 0
