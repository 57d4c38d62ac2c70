"""The user comment of an EXIF block: written, and read without trusting any number in it.

The block is a TIFF file (TIFF 6.0, section 2): a directory of 12-byte entries, one of which points
to the EXIF directory, which holds the comment (Exif 2.32, 4.6.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIF_HEADER = b"Exif\x00\x00"
"""What stands before the block in a JPEG file."""

_EXIF_POINTER, _USER_COMMENT = 0x8769, 0x9286
_LONG, _UNDEFINED = 4, 7
_UNICODE = b"UNICODE\x00"

_BYTE_TYPES = (1, 2, 7)
"""Byte, ASCII and undefined: one byte each."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a directory; ``kind`` is the type of its values."""

    tag: int
    kind: int
    count: int
    value: bytes


def exif_block(comment: str) -> bytes:
    """A block that holds nothing but a user comment, in UTF-16 with the high byte first."""
    text = _UNICODE + comment.encode("utf-16-be")
    first = _directory(8, _EXIF_POINTER, _LONG, 1)
    second = _directory(8 + len(first), _USER_COMMENT, _UNDEFINED, len(text))
    return b"MM\x00*" + (8).to_bytes(4) + first + second + text


def _directory(start: int, tag: int, kind: int, count: int) -> bytes:
    """A directory at ``start`` with one entry, whose value follows right after it."""
    length = 2 + 12 + 4
    entry = tag.to_bytes(2) + kind.to_bytes(2) + count.to_bytes(4) + (start + length).to_bytes(4)
    return (1).to_bytes(2) + entry + bytes(4)


def user_comment(block: bytes) -> str:
    """The comment in an EXIF block; empty where there is none.

    Raises:
        ValueError: the block is damaged.
    """
    order = _order(block)
    offset = int.from_bytes(block[4:8], order)
    for pointer in _entries(block, offset, order):
        if pointer.tag != _EXIF_POINTER:
            continue
        for entry in _entries(block, int.from_bytes(pointer.value, order), order):
            if entry.tag == _USER_COMMENT and entry.kind in _BYTE_TYPES:
                return _text(_content(block, entry, order))
    return ""


def _order(block: bytes) -> Literal["little", "big"]:
    if block[:4] == b"II*\x00":
        return "little"
    if block[:4] == b"MM\x00*":
        return "big"
    raise ValueError("it has no TIFF header")


def _entries(block: bytes, offset: int, order: Literal["little", "big"]) -> Iterator[_Entry]:
    count = int.from_bytes(block[offset : offset + 2], order)
    start = offset + 2
    if start + 12 * count > len(block):
        raise ValueError("a directory is longer than the block")
    for position in range(start, start + 12 * count, 12):
        entry = block[position : position + 12]
        yield _Entry(
            tag=int.from_bytes(entry[:2], order),
            kind=int.from_bytes(entry[2:4], order),
            count=int.from_bytes(entry[4:8], order),
            value=entry[8:],
        )


def _content(block: bytes, entry: _Entry, order: Literal["little", "big"]) -> bytes:
    """An entry's bytes; more than four stand elsewhere in the block."""
    if entry.count <= 4:
        return entry.value[: entry.count]
    start = int.from_bytes(entry.value, order)
    if start + entry.count > len(block):
        raise ValueError("the user comment is longer than the block")
    return block[start : start + entry.count]


def _text(comment: bytes) -> str:
    """The comment's text: a code of eight bytes tells how it is written."""
    code, text = comment[:8], comment[8:]
    if code != _UNICODE:
        return text.decode("utf-8", errors="replace").strip("\x00")
    # The order of bytes is not told; every infotext has many letters whose high byte is zero.
    is_little = text[1::2].count(0) > text[::2].count(0)
    encoding = "utf-16-le" if is_little else "utf-16-be"
    return text.decode(encoding, errors="replace").strip("\x00\ufeff")
