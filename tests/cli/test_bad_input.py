"""Bad input: one line on standard error that names the option, and nothing left on the disk."""

import errno
import os
import pickle
import shutil
import time

import pytest

from tests.ldm_layout import Layout, write_checkpoint
from velatura import read_story

REQUEST_ERROR, MODEL_ERROR, OUTPUT_ERROR = 2, 3, 4


def assert_refused(ran, code, *said):
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    for words in said:
        assert words in ran.err, ran.err


def left_behind(folder):
    """Every file under a folder, in the order of names."""
    return sorted(name for _, _, names in os.walk(folder) for name in names)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--sampler Eulerish", "--sampler: unknown sampler 'Eulerish'; did you mean Euler"),
        ("--schedule Karas", "--schedule: unknown schedule 'Karas'; did you mean Karras?"),
        ("--style oil", "--style: there is no styles file"),
        ("--format gif", "--format"),
        ("--size 100x100", "--size: must be a multiple of 8, got 100 (nearest: 96 or 104)"),
        ("--size 64x100", "--size: must be a multiple of 8, got 100"),
        ("--size 0x0", "--size: expected WIDTHxHEIGHT"),
        ("--size 64x0", "--size: expected WIDTHxHEIGHT"),
        ("--size abc", "--size: expected WIDTHxHEIGHT such as 512x768, got 'abc'"),
        ("--size 64", "--size: expected WIDTHxHEIGHT"),
        ("--size 64x-64", "--size: expected WIDTHxHEIGHT"),
        ("--size 1000000x1000000", "--size: must be from 0 to 16384, got 1000000"),
        ("--steps 0", "--steps: must be from 1 to 1000, got 0"),
        ("--steps 1000000", "--steps: must be from 1 to 1000, got 1000000"),
        ("--steps x", "'--steps'"),
        ("--cfg nan", "--cfg: must be from 0.0 to 100.0, got nan"),
        ("--cfg inf", "--cfg: must be from 0.0 to 100.0, got inf"),
        ("--cfg=-1", "--cfg: must be from 0.0 to 100.0, got -1.0"),
        ("--batch 0", "--batch: must be from 1 to 64, got 0"),
        ("--batch=-3", "--batch: must be from 1 to 64, got -3"),
        ("--count=-1", "--count: must be from 1 to 10000, got -1"),
        ("--seed=-2", "--seed: must be from -1 to 18446744073709551615, got -2"),
        ("--seed 18446744073709551616", "--seed: must be from -1"),
        ("--clip-skip 0", "--clip-skip: must be from 1 to 12, got 0"),
        ("--variation-strength 2", "--variation-strength: must be from 0.0 to 1.0, got 2.0"),
        ("--eta nan", "--eta: must be from 0.0 to 10.0, got nan"),
        ("--noise-source AMD", "'--noise-source'"),
        ("--hires --hires-upscaler Magic", "--hires-upscaler: unknown upscaler 'Magic'"),
        ("--hires --hires-sampler Oiler", "--hires-sampler: unknown sampler 'Oiler'"),
        ("--hires --hires-schedule Karas", "--hires-schedule: unknown schedule 'Karas'"),
        ("--hires --hires-scale 1000", "--hires-scale: must be from 1.0 to 8.0, got 1000.0"),
        ("--hires --hires-size 99999x8", "--hires-size: must be from 0 to 16384, got 99999"),
        ("--hires --hires-scale 8 --size 4096x4096", "--hires: the second pass would be 32768x"),
        ("--hires --hires-steps 2000", "--hires-steps: must be from 0 to 1000, got 2000"),
        ("--hires --hires-strength 1.5", "--hires-strength: must be from 0.0 to 1.0, got 1.5"),
        ("--models-dir /no/such/folder", "--models-dir: /no/such/folder is not a folder"),
        ("--what", "--what"),
    ],
)
def test_a_wrong_option_is_refused_by_name_before_any_work(paint, tmp_path, words, said):
    assert_refused(paint("a cat", *words.split()), REQUEST_ERROR, said)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--checkpoint dreams", "--checkpoint: no checkpoint named 'dreams'; there is tiny"),
        ("--vae dreams", "--vae: no vae found"),
    ],
)
def test_a_model_that_is_not_there_is_refused_by_option(paint, tmp_path, words, said):
    assert_refused(paint("a cat", *words.split()), MODEL_ERROR, said)
    assert not (tmp_path / "out").exists()


def test_without_any_checkpoint_the_message_says_where_was_looked(velatura, tmp_path, monkeypatch):
    monkeypatch.setattr("velatura.models.discovery.embedded_checkpoints", lambda: ())
    (tmp_path / "empty").mkdir()
    ran = velatura("txt2img", "a cat", "--models-dir", "empty")
    assert_refused(ran, MODEL_ERROR, "--checkpoint: no checkpoint found (searched: empty)")


@pytest.mark.parametrize(
    ("prompt", "options", "start"),
    [
        ("a cat <lora:ink:heavy>", (), "error: 'heavy' in a lora tag is not a number"),
        ("a cat", ("--negative", "(dog:1.2.3)"), "error: --negative: '1.2.3' is not a number"),
        ("a (cat:1.2.3)", (), "error: '1.2.3' is not a number"),
        ("x", ("--hires", "--hires-prompt", "(y:.)"), "error: --hires-prompt: '.' is not a number"),
    ],
)
def test_a_malformed_weight_is_shown_where_it_stands(paint, tmp_path, prompt, options, start):
    ran = paint(prompt, *options)
    assert (ran.code, ran.out) == (REQUEST_ERROR, "")
    message, excerpt, caret = ran.err.splitlines()
    assert message.startswith(start)
    assert set(caret) == {" ", "^"} or caret == "^"
    place = caret.index("^")
    assert excerpt[place] in "<1."
    assert not (tmp_path / "out").exists()


def test_unbalanced_brackets_are_legal_and_warned_of(paint):
    ran = paint("a ((cat", "--negative", "dog]")
    assert ran.code == 0
    assert ran.err.count("warning: ") >= 2
    assert read_story(ran.out.strip()).request.prompt == "a ((cat"


def test_a_prompt_of_20000_words_is_painted_in_chunks(paint):
    prompt = "word " * 19999 + "end"
    began = time.process_time()
    ran = paint(prompt, "--steps", 1)
    assert time.process_time() - began < 30
    assert ran.code == 0
    assert read_story(ran.out.strip()).request.prompt == prompt


@pytest.mark.parametrize("command", [("txt2img",), ("prompt",)])
def test_a_prompt_of_other_bytes_than_utf8_is_refused_by_position(velatura, command):
    ran = velatura(*command, "caf\udce9 au lait")  # as Python hands over the byte E9
    assert (ran.code, ran.out) == (REQUEST_ERROR, "")
    assert ran.err.startswith("error: there are bytes here that are no UTF-8 text (at character 4)")


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.fixture
def paint_with(velatura, tmp_path):
    """Paints with the file ``models/bad.ENDING`` that holds the given bytes."""

    def run(content, ending):
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / f"bad{ending}").write_bytes(content)
        words = ("--models-dir", "models", "--checkpoint", "bad", "--size", "64x64", "--steps", 1)
        return velatura("txt2img", "a cat", *words, "--out", "out")

    return run


def test_a_hostile_checkpoint_is_refused_and_runs_nothing(paint_with, tmp_path):
    evil = pickle.dumps({"state_dict": Evil(f"touch {tmp_path / 'owned'}")})
    assert_refused(paint_with(evil, ".ckpt"), MODEL_ERROR, "bad.ckpt")
    assert not (tmp_path / "owned").exists()
    assert left_behind(tmp_path / "out") == []


@pytest.mark.parametrize("content", [b"just a text file", b"", b"\x00" * 64, b"\xff" * 64])
@pytest.mark.parametrize("ending", [".safetensors", ".ckpt"])
def test_what_is_no_checkpoint_is_refused_by_its_path(paint_with, tmp_path, content, ending):
    assert_refused(paint_with(content, ending), MODEL_ERROR, "--checkpoint: ", f"bad{ending}")
    assert left_behind(tmp_path / "out") == []


@pytest.mark.parametrize("share", [0.001, 0.3, 0.999])
def test_a_truncated_checkpoint_is_refused_by_its_path(
    paint_with, tmp_path, tiny_checkpoint, share
):
    whole = tiny_checkpoint.read_bytes()
    ran = paint_with(whole[: int(len(whole) * share)], ".safetensors")
    assert_refused(ran, MODEL_ERROR, "--checkpoint: ", "bad.safetensors")
    assert left_behind(tmp_path / "out") == []


def test_a_checkpoint_of_another_architecture_is_refused_by_its_path(velatura, tmp_path):
    (tmp_path / "models").mkdir()
    write_checkpoint(tmp_path / "models" / "odd.safetensors", Layout(in_channels=5))
    ran = velatura("txt2img", "a cat", "--models-dir", "models", "--size", "64x64", "--out", "out")
    assert_refused(ran, MODEL_ERROR, "odd.safetensors")


def test_a_broken_lora_and_a_broken_vae_are_refused_by_their_paths(
    velatura, tmp_path, tiny_checkpoint
):
    models = tmp_path / "models"
    for folder in ("Stable-diffusion", "VAE", "Lora"):
        (models / folder).mkdir(parents=True)
    for file in (tiny_checkpoint, tiny_checkpoint.with_suffix(".json")):
        shutil.copy(file, models / "Stable-diffusion")
    (models / "VAE" / "torn.pt").write_bytes(b"PK\x03\x04torn")
    (models / "Lora" / "torn.safetensors").write_bytes(b"torn")
    words = ("--models-dir", "models", "--size", "64x64", "--steps", 1, "--out", "out")
    assert_refused(
        velatura("txt2img", "x", *words, "--vae", "torn"), MODEL_ERROR, "--vae: ", "torn.pt"
    )
    assert_refused(velatura("txt2img", "<lora:torn>", *words), MODEL_ERROR, "torn.safetensors")
    assert left_behind(tmp_path / "out") == []


@pytest.mark.parametrize("place", ["file.txt/out", "/proc/no/such", "/proc/self/out"])
def test_an_output_folder_that_cannot_be_written_is_refused_before_any_work(
    paint, tmp_path, place, monkeypatch
):
    monkeypatch.setattr("velatura.engines.workshop.load_model", None)  # would fail if called
    (tmp_path / "file.txt").write_text("a regular file")
    assert_refused(paint("a cat", "--out", place), OUTPUT_ERROR, place, "cannot write there")


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_a_disk_that_fails_at_the_second_picture_keeps_the_first_and_no_half_one(
    paint, tmp_path, monkeypatch, call, code
):
    fail_at_second(monkeypatch, call, code)
    ran = paint("a cat", "--batch", 2)
    assert ran.code == OUTPUT_ERROR
    assert ran.out == "out/00001-5.png\n"
    assert ran.err.startswith("error: --out: out: cannot write there: ")
    assert os.strerror(code) in ran.err
    assert left_behind(tmp_path / "out") == ["00001-5.png"]
    assert read_story(tmp_path / "out" / "00001-5.png").request.prompt == "a cat"


def fail_at_second(monkeypatch, call, code):
    """Let the disk fail while the second file is written, or when it is flushed."""
    from velatura.library import files

    seen = []
    original = files._temporary_file if call == "write" else os.fsync

    def failing(*arguments):
        seen.append(arguments)
        if len(seen) > (1 if call == "write" else 2):
            raise OSError(code, os.strerror(code))
        return original(*arguments)

    if call == "write":
        monkeypatch.setattr(files, "_temporary_file", failing)
    else:
        monkeypatch.setattr(os, "fsync", failing)


@pytest.mark.parametrize(
    ("text", "said"),
    [("models = 1\n", "unknown setting 'models'"), ("[", "cannot be read as a config file")],
)
@pytest.mark.parametrize("command", [("txt2img", "a cat"), ("models",), ("doctor",)])
def test_a_broken_config_file_is_refused_by_its_path(
    velatura, tmp_path, monkeypatch, text, said, command
):
    (tmp_path / "config.toml").write_text(text)
    monkeypatch.setenv("VELATURA_CONFIG", "config.toml")
    assert_refused(velatura(*command), REQUEST_ERROR, "config.toml: ", said)


def test_a_config_file_that_is_named_but_missing_is_refused(velatura, monkeypatch):
    monkeypatch.setenv("VELATURA_CONFIG", "gone.toml")
    assert_refused(velatura("models"), REQUEST_ERROR, "gone.toml: cannot be read")


def test_settings_that_point_nowhere_are_refused_by_their_name(velatura, monkeypatch):
    monkeypatch.setenv("VELATURA_MODELS_DIR", "gone")
    assert_refused(velatura("models"), REQUEST_ERROR, "VELATURA_MODELS_DIR", "gone is not a folder")


def test_an_unknown_style_is_refused_with_those_there_are(paint, tmp_path, monkeypatch):
    (tmp_path / "styles.csv").write_text("name,prompt,negative_prompt\noil,in oil,\n")
    monkeypatch.setenv("VELATURA_STYLES_FILE", "styles.csv")
    ran = paint("a cat", "--style", "water")
    assert_refused(ran, REQUEST_ERROR, "--style: no style is called 'water' (known: oil)")
    monkeypatch.setenv("VELATURA_STYLES_FILE", "gone.csv")
    assert_refused(paint("a cat", "--style", "oil"), REQUEST_ERROR, "gone.csv: styles cannot be")
