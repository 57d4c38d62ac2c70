from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.library.pictures import CHECKPOINT, painted
from tests.metadata.files import chunk, exif, png, saved
from tests.metadata.requests import requests
from velatura.errors import PictureError
from velatura.metadata import Encoding, encode_picture, format_infotext, format_story, read_story
from velatura.metadata.provenance import format_xmp
from velatura.records import Picture, Txt2Img

TEXT = "a cat\nNegative prompt: dog\nSteps: 8, Sampler: Euler, CFG scale: 7.0, Seed: 1"

FORMATS = [Encoding(format="png"), Encoding(format="jpeg"), Encoding(format="webp")]


def with_story(story: object) -> bytes:
    text = story if isinstance(story, str) else json.dumps(story)
    return png(
        chunk(b"tEXt", b"parameters\x00" + TEXT.encode()),
        chunk(b"tEXt", b"velatura\x00" + text.encode()),
    )


@settings(max_examples=60)
@given(requests)
def test_every_request_comes_back_equal_from_every_format(request_: Txt2Img) -> None:
    picture = painted()
    picture = Picture(pixels=picture.pixels, request=request_, models=picture.models)
    for encoding in FORMATS:
        story = read_story(encode_picture(picture, encoding).data)
        assert story.request == request_
        assert story.is_exact
        assert not story.problems


@pytest.mark.parametrize("encoding", FORMATS)
@pytest.mark.parametrize(
    "prompt",
    [
        "a cat\nNegative prompt: not the negative",
        "a cat\nSteps: 5, Sampler: Euler, Seed: 9, Size: 8x8",
        "  blanks  \n  at the ends  \n",
        "tab\tand\r\nline \u2028 ends",
    ],
)
def test_the_json_wins_where_the_text_is_ambiguous(encoding: Encoding, prompt: str) -> None:
    picture = painted(prompt=prompt)
    story = read_story(encode_picture(picture, encoding).data)
    assert story.request == picture.request
    assert story.infotext.prompt != prompt or "Seed: 9" in prompt


@pytest.mark.parametrize("encoding", FORMATS)
def test_a_file_tells_the_whole_story(encoding: Encoding) -> None:
    picture = replace(painted(prompt="Käfer 🐈"), remarks=("Lora not found: x",))
    story = read_story(encode_picture(picture, encoding).data)
    assert story.text == format_infotext(picture)
    assert story.models == (CHECKPOINT,)
    assert (story.remarks, story.parents) == (picture.remarks, ())
    assert story.id == picture.id
    assert story.source_type.endswith("/digitalsourcetype/trainedAlgorithmicMedia")
    assert story.source in ("PNG text", "EXIF user comment")


def test_a_text_alone_tells_a_request_that_is_not_exact() -> None:
    for data, source in (
        (png(chunk(b"tEXt", b"parameters\x00" + TEXT.encode())), "PNG text"),
        (saved("JPEG", exif=exif(b"UNICODE\x00" + TEXT.encode("utf-16-be"))), "EXIF user comment"),
        (saved("WEBP", exif=exif(b"UNICODE\x00" + TEXT.encode("utf-16-le"))), "EXIF user comment"),
        (saved("GIF", comment=TEXT.encode()), "GIF comment"),
    ):
        story = read_story(data)
        assert (story.source, story.text) == (source, TEXT)
        assert story.request is not None
        assert (story.request.prompt, story.request.seed) == ("a cat", 1)
        assert not story.is_exact


def test_a_text_without_fields_is_no_request() -> None:
    story = read_story(png(chunk(b"tEXt", b"parameters\x00just words")))
    assert story.infotext.prompt == "just words"
    assert story.request is None


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_without_data_has_an_empty_story(file_format: str) -> None:
    story = read_story(saved(file_format))
    assert (story.source, story.text, story.request, story.problems) == ("", "", None, ())


def test_a_novelai_note_is_understood() -> None:
    note = {"steps": 28, "sampler": "k_euler_ancestral", "scale": 11.0, "seed": 5, "uc": "bad"}
    texts = {"Software": "NovelAI", "Description": "a cat", "Comment": json.dumps(note)}
    story = read_story(
        png(*(chunk(b"tEXt", f"{key}\x00{text}".encode()) for key, text in texts.items()))
    )
    assert story.source == "NovelAI note"
    request = story.request
    assert request is not None
    assert (request.prompt, request.negative_prompt, request.sampler) == ("a cat", "bad", "Euler a")
    assert (request.clip_skip, request.noise.ensd, request.guidance_scale) == (2, 31337, 11.0)


@pytest.mark.parametrize("comment", ["", "{", "[1]", "[" * 100_000])
def test_a_damaged_novelai_note_leaves_the_prompt(comment: str) -> None:
    texts = {"Software": "NovelAI", "Description": "a cat", "Comment": comment}
    story = read_story(
        png(*(chunk(b"tEXt", f"{key}\x00{text}".encode()) for key, text in texts.items()))
    )
    assert (story.infotext.prompt, story.request) == ("a cat", None)


@pytest.mark.parametrize(
    "note",
    [
        "{", "[]", "3", '"x"', {}, {"velatura": 1}, {"velatura": 99, "request": {}},
        {"velatura": 1, "request": {"mood": 1}}, {"velatura": 1, "request": {"steps": 0}},
        {"velatura": 1, "request": {}, "models": 3},
        {"velatura": 1, "request": {}, "models": [{"kind": "x"}]},
        {"velatura": 1, "request": {}, "models": [3]}, {"velatura": 1, "request": []},
        {"velatura": 1, "request": {}, "remarks": 5}, "[" * 100_000,
        {"velatura": 2, "request": {}, "ancestors": 3},
        {"velatura": 2, "request": {}, "bitmaps": 3},
        {"velatura": 2, "request": {}, "ancestors": [3]}, {"velatura": 3, "request": {}},
        {"velatura": 2, "request": {}, "ancestors": [{"id": "a", "request": {"steps": 0}}]},
        {"velatura": 2, "request": {}, "ancestors": [{"id": 3, "request": {}}]},
        {"velatura": 2, "request": {}, "ancestors": [{"id": "a", "request": {}}] * 1001},
        {"velatura": 2, "request": {}, "ancestors": [{"id": "a", "request": {}, "models": 3}]},
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_used_leaves_what_the_text_tells(note: object) -> None:
    story = read_story(with_story(note))
    assert story.request is not None
    assert (story.request.prompt, story.is_exact) == ("a cat", False)
    assert len(story.problems) == 1
    assert "\n" not in story.problems[0]


@pytest.mark.parametrize(
    "packet",
    [
        b"not xml",
        b"",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"<?xml version='1.0' encoding='utf-7'?><x/>",
        b"<a>" * 100_000,
    ],
)
def test_a_damaged_xmp_packet_is_a_problem_not_an_end(packet: bytes) -> None:
    text = b"parameters\x00" + TEXT.encode()
    data = png(
        chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + packet), chunk(b"tEXt", text)
    )
    story = read_story(data)
    assert story.text == TEXT
    assert len(story.problems) == (1 if packet else 0)


def test_a_damaged_exif_block_is_a_problem_not_an_end() -> None:
    text = chunk(b"tEXt", b"parameters\x00" + TEXT.encode())
    story = read_story(png(chunk(b"eXIf", b"nonsense"), text))
    assert story.text == TEXT
    assert story.problems == ("the EXIF block is damaged: it has no TIFF header",)


def test_the_source_type_is_read_from_attributes_too() -> None:
    packet = format_xmp("x").decode()
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    element = f"<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>"
    assert element in packet
    packet = packet.replace(element, "").replace(
        'rdf:about=""', f'rdf:about="" Iptc4xmpExt:DigitalSourceType="{source}"'
    )
    assert 'Type="http' in packet
    assert read_story(saved("JPEG", xmp=packet.encode())).source_type == source


def test_a_path_that_is_no_picture_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("words")
    for path in (tmp_path, tmp_path / "missing.png", tmp_path / "words.png", Path("a\x00b")):
        with pytest.raises(PictureError) as caught:
            read_story(path)
        assert "\n" not in str(caught.value)


def test_recorded_files_are_read(golden: Path) -> None:
    paths = sorted((golden / "cases").glob("*.0.png"))
    stories = [read_story(path) for path in paths]
    assert sum(story.request is not None for story in stories) > 100
    assert not any(story.problems for story in stories)


def test_the_note_is_plain_ascii() -> None:
    assert format_story(painted(prompt="Käfer\x00\ud800🐈")).isascii()
