from __future__ import annotations

import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metadata.files import PNG_SIGNATURE, chunk, exif, png, saved
from velatura.errors import PictureError
from velatura.metadata.containers import LONGEST_TEXT, LONGEST_TEXTS, Blocks, read_blocks

SAMPLES = {
    "PNG": png(chunk(b"tEXt", b"parameters\x00a cat"), chunk(b"eXIf", exif(b"x" * 20)[6:])),
    "JPEG": saved("JPEG", exif=exif(b"UNICODE\x00\x00a"), xmp=b"<x/>"),
    "WebP": saved("WEBP", exif=exif(b"UNICODE\x00\x00a"), xmp=b"<x/>"),
    "GIF": saved("GIF", comment=b"a cat"),
}


def bomb(size: int) -> bytes:
    """Zero bytes, packed about a thousandfold, without ever holding them all."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(2**20)) for _ in range(size // 2**20)]
    return b"".join(parts) + packer.flush()


@pytest.mark.parametrize(("file_format", "beginning"), [("TIFF", b"II*\x00"), ("BMP", b"BM")])
def test_formats_without_texts_of_ours_are_known_and_empty(
    file_format: str, beginning: bytes
) -> None:
    assert read_blocks(beginning + bytes(40)) == Blocks(file_format)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_format_is_known_by_content(name: str) -> None:
    blocks = read_blocks(SAMPLES[name])
    assert blocks.format == name
    assert not blocks.problems


@pytest.mark.parametrize(
    "body",
    [
        chunk(b"tEXt", b"parameters\x00a caf\xe9"),
        chunk(b"zTXt", b"parameters\x00\x00" + zlib.compress(b"a caf\xe9")),
        chunk(b"iTXt", b"parameters\x00\x00\x00en\x00Parameter\x00" + "a café".encode()),
        chunk(b"iTXt", b"parameters\x00\x01\x00\x00\x00" + zlib.compress("a café".encode())),
    ],
)
def test_every_kind_of_png_text_is_read(body: bytes) -> None:
    assert read_blocks(png(body)).texts == {"parameters": "a café"}


def test_text_after_the_pixels_is_read() -> None:
    end = chunk(b"IEND", b"")
    data = png().removesuffix(end) + chunk(b"tEXt", b"parameters\x00late") + end
    assert read_blocks(data).texts == {"parameters": "late"}


@pytest.mark.parametrize(
    "body",
    [chunk(b"tEXt", b"no keyword"), chunk(b"zTXt", b"key\x00\x00not packed")],
)
def test_a_damaged_text_is_a_problem_not_an_end(body: bytes) -> None:
    blocks = read_blocks(png(body, chunk(b"tEXt", b"parameters\x00a cat")))
    assert blocks.texts == {"parameters": "a cat"}
    assert len(blocks.problems) == 1


@pytest.mark.parametrize(
    "body",
    [
        chunk(b"zTXt", b"parameters\x00\x00" + bomb(256 * 2**20)),
        chunk(b"iTXt", b"parameters\x00\x01\x00\x00\x00" + bomb(256 * 2**20)),
    ],
)
def test_a_packed_bomb_is_refused_without_unpacking_it(body: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(PictureError, match="unpacks to more than"):
            read_blocks(png(body))
        assert tracemalloc.get_traced_memory()[1] < 4 * LONGEST_TEXT
    finally:
        tracemalloc.stop()


def test_many_large_texts_are_refused_together() -> None:
    each = bomb(LONGEST_TEXT)
    count = LONGEST_TEXTS // LONGEST_TEXT + 1
    chunks = [chunk(b"zTXt", f"text{i}\x00\x00".encode() + each) for i in range(count)]
    assert len(read_blocks(png(*chunks[:-1])).texts) == count - 1
    with pytest.raises(PictureError, match="more than"):
        read_blocks(png(*chunks))


def test_a_picture_that_would_unfold_to_gigabytes_costs_nothing() -> None:
    tracemalloc.start()
    data = png(chunk(b"tEXt", b"parameters\x00a"), width=2**31 - 1, height=2**31 - 1)
    assert read_blocks(data).texts == {"parameters": "a"}
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_chunk_longer_than_the_file_is_refused() -> None:
    with pytest.raises(PictureError, match="cut off"):
        read_blocks(PNG_SIGNATURE + b"\xff\xff\xff\xfftEXtabc")


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG", b"RIFF1234WEBQ", b"%PDF-1.4"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError, match="expected PNG, JPEG, WebP, GIF, TIFF or BMP"):
        read_blocks(data)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_off_anywhere_is_read_or_refused(name: str) -> None:
    data = SAMPLES[name]
    for length in range(len(data)):
        with suppress(PictureError):
            assert read_blocks(data[:length]).format == name


@given(
    st.sampled_from(sorted(SAMPLES)),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
)
def test_a_damaged_file_is_read_or_refused(name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(SAMPLES[name])
    for place, value in changes:
        data[place % len(data)] = value
    with suppress(PictureError):
        read_blocks(bytes(data))
