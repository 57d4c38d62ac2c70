from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.metadata.files import exif
from velatura.metadata.exif import exif_block, user_comment

HEADER = b"Exif\x00\x00"


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\x00" + "a Käfer 🐈".encode("utf-16-be"),
        b"UNICODE\x00" + "a Käfer 🐈".encode("utf-16-le"),
        b"UNICODE\x00" + "\ufeffa Käfer 🐈".encode("utf-16-be"),
        bytes(8) + "a Käfer 🐈".encode(),
        b"ASCII\x00\x00\x00" + "a Käfer 🐈".encode() + bytes(3),
    ],
)
def test_a_comment_is_read_in_every_writing(comment: bytes) -> None:
    assert user_comment(exif(comment).removeprefix(HEADER)) == "a Käfer 🐈"


def block(order: Literal["little", "big"], comment: bytes) -> bytes:
    """A block in either order of bytes."""

    def directory(tag: int, kind: int, count: int, value: int) -> bytes:
        sizes = ((1, 2), (tag, 2), (kind, 2), (count, 4), (value, 4), (0, 4))
        return b"".join(number.to_bytes(size, order) for number, size in sizes)

    header = (b"II*\x00" if order == "little" else b"MM\x00*") + (8).to_bytes(4, order)
    pointer = directory(0x8769, 4, 1, 26)
    return header + pointer + directory(0x9286, 7, len(comment), 44) + comment


def test_both_orders_of_bytes_are_read() -> None:
    comment = b"UNICODE\x00\x00h\x00i"
    assert user_comment(block("little", comment)) == "hi"
    assert user_comment(block("big", comment)) == "hi"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff")))
def test_what_is_written_is_read(prompt: str) -> None:
    comment = prompt + "\nSteps: 20, Sampler: Euler, CFG scale: 7.0, Seed: 1" * (
        1 + len(prompt) // 40
    )
    assert exif_block(comment) == block("big", b"UNICODE\x00" + comment.encode("utf-16-be"))
    assert user_comment(exif_block(comment)) == comment


def test_a_block_without_a_comment_has_none() -> None:
    assert user_comment(b"II*\x00\x08\x00\x00\x00\x00\x00") == ""


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"not TIFF at all",
        b"II*\x00\x08\x00\x00\x00\xff\xff",
        exif(b"UNICODE\x00" + b"x" * 40).removeprefix(HEADER)[:-20],
    ],
)
def test_a_damaged_block_is_refused(block: bytes) -> None:
    with pytest.raises(ValueError, match=r"TIFF header|longer than the block"):
        user_comment(block)


@given(st.binary(max_size=200), st.sampled_from((b"II*\x00", b"MM\x00*")))
def test_any_block_is_read_or_refused(rest: bytes, header: bytes) -> None:
    try:
        user_comment(header + rest)
    except ValueError:
        event("refused")
