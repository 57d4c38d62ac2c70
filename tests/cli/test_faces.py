"""``velatura faces``, with stand-ins for spandrel and for the weights."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.cli.conftest import Ran
from tests.faces import fake_spandrel
from tests.faces.photograph import photograph


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    Image.fromarray(photograph()).save(path)
    return path


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A models folder with both restorers."""
    folder = tmp_path / "models"
    (folder / "Stable-diffusion").mkdir(parents=True)
    for name, content in (
        ("Codeformer/codeformer-v0.1.0.pth", fake_spandrel.CODEFORMER),
        ("GFPGAN/GFPGANv1.4.pth", fake_spandrel.GFPGAN),
    ):
        (folder / name).parent.mkdir()
        torch.save(content, folder / name)
    return folder


def test_faces_are_restored_into_a_file_that_tells_how(
    velatura: Callable[..., Ran], portrait: Path, models: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.install(monkeypatch)
    ran = velatura(
        "faces", portrait, "--weight", 0, "--models-dir", models, "--out", "out", "--json"
    )
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["request"]["restorer"] == "codeformer-v0.1.0"
    pixels = np.asarray(Image.open(told["path"]))
    assert pixels[127, 128].tolist() == [255, 0, 0]
    assert np.array_equal(pixels[:20], photograph()[:20])
    said = velatura("info", told["path"]).out
    assert "CodeFormer visibility: 1, CodeFormer weight: 0\nStages: restore (faces)\n" in said


def test_several_pictures_and_gfpgan(
    velatura: Callable[..., Ran], portrait: Path, models: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.install(monkeypatch)
    options = ("--restorer", "gfpgan", "--models-dir", models, "--out", "out")
    ran = velatura("faces", portrait, portrait, *options)
    assert ran.code == 0, ran.err
    first, second = (np.asarray(Image.open(path)) for path in ran.out.split())
    assert np.array_equal(first, second)
    negative = 255 - photograph()[127, 128].astype(int)
    assert np.abs(first[127, 128] - negative).max() < 10


def test_missing_weights_are_told_with_place_and_licence(
    velatura: Callable[..., Ran], portrait: Path
):
    ran = velatura("faces", portrait, "--out", "out")
    assert ran.code == 3
    assert ran.out == ""
    for part in ("--restorer", "codeformer-v0.1.0.pth", "Codeformer/", "non-commercial"):
        assert part in ran.err


def test_missing_spandrel_is_told_with_what_to_install(
    velatura: Callable[..., Ran], portrait: Path, models: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.remove(monkeypatch)
    ran = velatura("faces", portrait, "--models-dir", models, "--out", "out")
    assert ran.code == 3
    assert "pip install 'velatura[codeformer]'" in ran.err


def test_faces_are_painted_anew_with_a_checkpoint(
    velatura: Callable[..., Ran], portrait: Path, tiny_checkpoint: Path
):
    small = ("--size", "64x64", "--steps", 4, "--seed", 5)
    models = ("--models-dir", tiny_checkpoint.parent)
    ran = velatura(
        "faces", portrait, "--detail", "--prompt", "a woman", *small, *models, "--out", "out"
    )
    assert ran.code == 0, ran.err
    pixels = np.asarray(Image.open(ran.out.strip()))
    assert np.array_equal(pixels[:20], photograph()[:20])
    assert not np.array_equal(pixels[100:140], photograph()[100:140])


def test_a_picture_without_a_face_is_kept_and_told(
    velatura: Callable[..., Ran], tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.install(monkeypatch)
    Image.new("RGB", (1, 1), (9, 9, 9)).save(tmp_path / "dot.png")
    ran = velatura("faces", "dot.png", "--models-dir", models, "--out", "out")
    assert ran.code == 0
    assert "No face found" in ran.err
    assert Image.open(ran.out.strip()).getpixel((0, 0)) == (9, 9, 9)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--visibility", "nan"), 2, "--visibility: must be from 0.0 to 1.0, got nan"),
        (("--weight", "2"), 2, "--weight"),
        (("--confidence", "-1"), 2, "--confidence"),
        (("--detail", "--strength", "nan"), 2, "--strength"),
        (("--detail", "--size", "63x64"), 2, "--size"),
        (("--prompt", "a woman"), 2, "--prompt: a restorer reads no prompt"),
        (("--restorer", "Resnet"), 3, "--restorer: no face restorer named 'Resnet'"),
    ],
)
def test_wrong_options_are_refused_by_name(
    velatura: Callable[..., Ran], portrait: Path, words: tuple, code: int, said: str
):
    ran = velatura("faces", portrait, *words, "--out", "out")
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_a_file_that_is_no_picture_is_refused(velatura: Callable[..., Ran], tmp_path: Path):
    (tmp_path / "text.png").write_text("not a picture")
    assert velatura("faces", "text.png", "--detail").code == 5
    assert velatura("faces", "missing.png", "--detail").code == 5
