"""``velatura upscale`` and ``velatura upscalers``, as a shell calls them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from velatura import read_story
from velatura.upscalers import LATENT_UPSCALERS, PACKAGED_UPSCALERS, UPSCALERS
from velatura.upscalers.compact import CompactArchitecture, CompactNet


@pytest.fixture
def picture(tmp_path):
    """``cat.png``: 20 x 12 pixels, with a text in it."""
    info = PngInfo()
    info.add_text("Comment", "kept")
    pixels = np.random.default_rng(1).integers(0, 256, (12, 20, 3), np.uint8)
    path = tmp_path / "cat.png"
    Image.fromarray(pixels).save(path, pnginfo=info)
    return path


@pytest.fixture
def folder(tmp_path):
    """A folder of models with a small upscaler of its own."""
    torch.random.default_generator.manual_seed(1)
    network = CompactNet(CompactArchitecture(features=4, convolutions=1, scale=2))
    (tmp_path / "models" / "ESRGAN").mkdir(parents=True)
    torch.save({"params": network.state_dict()}, tmp_path / "models" / "ESRGAN" / "2x-Small.pth")
    return tmp_path / "models"


def size(path):
    with Image.open(path) as image:
        return image.size


def test_pictures_become_larger_and_keep_name_and_texts(velatura, picture, tmp_path):
    second = tmp_path / "a [dog].png"
    Image.new("RGB", (8, 8), "red").save(second)
    ran = velatura("upscale", picture, second, "--upscaler", "lanczos", "--by", 2, "--out", "o")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["o/00001-cat.png", "o/00002-a (dog).png"]
    assert size("o/00001-cat.png") == (40, 24)
    assert size("o/00002-a (dog).png") == (16, 16)
    story = read_story("o/00001-cat.png")
    assert story.texts["Comment"] == "kept"
    assert story.texts["extras"].startswith("Postprocess upscale by: 2.0, ")
    assert story.request.upscaler == "Lanczos"


def test_options_arrive_in_the_request(velatura, picture):
    words = "--upscaler Nearest --to 64x64 --crop --exact --second Bicubic --second-visibility 0.25"
    more = "--max-side 99 --tile 64 --overlap 8 --json --out o"
    ran = velatura("upscale", picture, *words.split(), *more.split())
    told = json.loads(ran.out)
    request = told["request"]
    assert (told["width"], told["height"], told["seed"]) == (64, 64, None)
    assert (request["width"], request["height"], request["crop"], request["exact"]) == (
        64, 64, True, True,
    )  # fmt: skip
    assert (request["second_upscaler"], request["second_visibility"]) == ("Bicubic", 0.25)
    assert (request["max_side"], request["tile"], request["overlap"]) == (99, 64, 8)


@pytest.mark.parametrize(
    ("name", "label"),
    [("r-esrgan animevideo", "R-ESRGAN AnimeVideo"), ("2X-small", "2x-Small")],
)
def test_networks_are_found_by_name_packaged_ones_and_those_in_folders(
    velatura, picture, folder, name, label
):
    ran = velatura(
        "upscale", picture, "--upscaler", name, "--by", 2, "--models-dir", folder, "--out", "o"
    )
    assert (ran.code, ran.err) == (0, "")
    story = read_story(ran.out.strip())
    assert story.request.upscaler == label
    assert [(use.kind, use.name, len(use.hash)) for use in story.models] == [
        ("upscaler", label, 10)
    ]


def test_the_hires_pass_can_use_a_network(paint):
    ran = paint(
        "a cat", "--hires", "--hires-scale", 1.5, "--hires-steps", 1,
        "--hires-upscaler", "R-ESRGAN AnimeVideo", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["width"], told["height"]) == (96, 96)
    assert told["request"]["hires"]["upscaler"] == "R-ESRGAN AnimeVideo"
    assert "Hires upscaler: R-ESRGAN AnimeVideo" in told["infotext"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--upscaler", "R-ESRGAN"], 2, "--upscaler: unknown upscaler 'R-ESRGAN'; did you mean"),
        (["--second", "Lanzcos"], 2, "--second: unknown second_upscaler 'Lanzcos'; did you mean"),
        (["--by", "0"], 2, "--by: must be above 0.0 to 64.0, got 0.0"),
        (["--by", "nan"], 2, "--by: must be above"),
        (["--by", "64", "--upscaler", "Nearest", "--exact"], 0, ""),
        (["--to", "40000x8"], 2, "--to: must be from 0 to 32768"),
        (["--to", "32768x32768", "--upscaler", "Lanczos"], 2, "use a smaller factor"),
        (["--to", "wide"], 2, "--to: expected WIDTHxHEIGHT"),
        (["--crop"], 2, "--crop: needs a width and a height to crop to"),
        (["--tile", "40"], 2, "--tile: must be 0, or at least twice the overlap"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_that_names_the_option(
    velatura, picture, tmp_path, words, code, message
):
    ran = velatura("upscale", picture, *words, "--out", "o")
    assert ran.code == code
    assert message in ran.err
    assert (tmp_path / "o").exists() == (code == 0)
    assert len(ran.err.splitlines()) == (code != 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "no such picture file"),
        (b"", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "damaged or cut off"),
        (b"GIF89a", "damaged or cut off"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(velatura, tmp_path, data, message):
    path = tmp_path / "bad.png"
    if data is not None:
        path.write_bytes(data)
    ran = velatura("upscale", path, "--upscaler", "Lanczos", "--out", "o")
    assert ran.code == 5
    assert "bad.png" in ran.err
    assert message in ran.err


def test_a_file_that_is_no_network_is_refused(velatura, picture, folder):
    (folder / "ESRGAN" / "broken.pth").write_bytes(b"PK\x03\x04 not much of an archive")
    words = ("--upscaler", "broken", "--models-dir", folder, "--out", "o")
    ran = velatura("upscale", picture, *words)
    assert ran.code == 3
    assert "broken.pth" in ran.err


def test_the_list_names_every_upscaler_and_the_files_found(velatura, folder):
    rows = json.loads(velatura("upscalers", "--json", "--models-dir", folder).out)
    names = [row["name"] for row in rows]
    assert names == [*UPSCALERS, *PACKAGED_UPSCALERS, "2x-Small", *LATENT_UPSCALERS]
    table = velatura("upscalers", "--models-dir", folder).out
    assert all(name in table for name in names)
