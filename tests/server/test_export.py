"""Files of pictures in other formats."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from velatura.library.opened import Opened
from velatura.metadata import Encoding, read_story
from velatura.records import Bitmap
from velatura.server.export import disposition, export_picture


@pytest.fixture(scope="module")
def made(studio):
    return studio.done(studio.submit(prompt="an exported fig", seed=9))["pictures"][0]


def file(studio, made, **asked):
    return studio.get(f"/api/pictures/{made['id']}/file", params=asked)


def test_a_file_is_as_it_was_written_and_has_a_name(studio, made):
    answer = file(studio, made)
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    assert answer.headers["content-disposition"].endswith('.png"')
    assert read_story(answer.content).is_exact


@pytest.mark.parametrize(("form", "suffix"), [("jpeg", ".jpg"), ("webp", ".webp")])
def test_other_formats_tell_the_same_story(studio, made, form, suffix):
    answer = file(studio, made, format=form, quality=70, download="true")
    assert answer.headers["content-type"] == f"image/{form}"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-disposition"].endswith(f'{suffix}"')
    story = read_story(answer.content)
    assert "Seed: 9" in story.text
    assert story.request.prompt == "an exported fig"


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_without_metadata_nothing_is_told(studio, made, form):
    data = file(studio, made, format=form, metadata="false").content
    assert b"exported fig" not in data
    story = read_story(data)
    assert (story.text, story.request, story.source_type) == ("", None, "")
    assert Image.open(io.BytesIO(data)).size == (made["width"], made["height"])


def test_a_lower_quality_is_smaller(studio, made):
    sizes = [
        len(file(studio, made, format="jpeg", quality=quality, metadata="false").content)
        for quality in (10, 90)
    ]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize(
    "asked", [{"format": "gif"}, {"quality": 0}, {"quality": "high"}, {"metadata": "perhaps"}]
)
def test_what_cannot_be_is_refused_with_its_field(studio, made, asked):
    answer = file(studio, made, **asked)
    assert answer.status_code == 422
    assert answer.json()["field"] == next(iter(asked))


def test_what_is_transparent_shows_white_in_a_jpeg():
    pixels = np.zeros((16, 16, 4), np.uint8)
    exported = export_picture(
        Opened(bitmap=Bitmap(pixels)), Encoding(format="jpeg", quality=100), has_story=True
    )
    assert np.asarray(Image.open(io.BytesIO(exported.data))).min() == 255


def test_sixteen_bits_become_eight_and_their_profile_stays():
    pixels = np.full((16, 16, 3), 128 * 257, np.uint16)
    opened = Opened(bitmap=Bitmap(pixels, profile=b"a profile"))
    exported = export_picture(opened, Encoding(format="webp", quality=100), has_story=False)
    image = Image.open(io.BytesIO(exported.data))
    assert abs(int(np.asarray(image).mean()) - 128) <= 1
    assert image.info["icc_profile"] == b"a profile"


def test_a_name_of_any_letters_is_told_in_letters_that_a_header_takes():
    told = disposition('каша "1"', ".png", is_download=True)
    assert told.isascii()
    assert told.count('"') == 2
    assert "filename*=UTF-8''%D0%BA" in told
