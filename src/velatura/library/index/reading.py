"""Picture files read for the library: whole, as what they are, with the story in them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyspng

from velatura.errors import PictureError
from velatura.library.index.facts import Facts, facts_of_story
from velatura.library.pictures import LARGEST_FILE, read_pixels
from velatura.library.thumbnails import USUAL_SIDE, shrink
from velatura.metadata import Story, read_story
from velatura.records.bitmap import LARGEST_AREA, LARGEST_SIDE, pixels_id

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.records import Pixels

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"))
"""Endings of the files that are looked at, in lower case."""

_PLAIN_KINDS = (2, 6)
"""PNG's colour types that are RGB and RGBA as they stand."""

_UNPLAIN = (b"tRNS", b"eXIf")
"""Chunks that change what a PNG's pixels are: a transparent colour, an orientation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a file.

    Attributes:
        facts: What is known of the picture; None where it could not be read.
        problem: Why not.
        thumbnail: As WebP, of the usual side; empty where none was asked for.
    """

    facts: Facts | None = None
    problem: str = ""
    thumbnail: bytes = field(default=b"", repr=False)


def read_file(path: Path, *, with_thumbnail: bool = False) -> Reading:
    """What the library knows of a picture file. Whatever is wrong with it is told, not raised.

    Args:
        path: The file.
        with_thumbnail: Whether to make one, as the pixels are at hand.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise PictureError(f"larger than {LARGEST_FILE} bytes; not read")
        data = path.read_bytes()
        pixels = pixels_of(data)
    except (OSError, PictureError) as error:
        return Reading(problem=f"{path}: {str(error).removeprefix('picture: ')}")
    try:
        story = read_story(data)
    except PictureError:  # its pixels could be read: texts beyond all measure, or damaged
        story = Story()
    height, width = pixels.shape[:2]
    facts = facts_of_story(story, pixels_id(pixels), (width, height))
    return Reading(facts=facts, thumbnail=shrink(pixels, USUAL_SIDE) if with_thumbnail else b"")


def pixels_of(data: bytes) -> Pixels:
    """The pixels of a picture file.

    They are those of :func:`~velatura.library.pictures.read_pixels`; the usual kind of file, a PNG
    of 8 bits a channel, is decoded by libspng, which takes half of the time.

    Raises:
        PictureError: it cannot be read.
    """
    if not _is_plain(data):
        return read_pixels(data).array
    try:
        return pyspng.load(data)
    except (ValueError, RuntimeError, MemoryError):  # read_pixels knows what to say of it
        return read_pixels(data).array


def _is_plain(data: bytes) -> bool:
    """Whether a file is a PNG that is whole and as plain as can be.

    Decoders give what they could make of a damaged file, so the chunks' checksums are looked at.
    """
    if not data.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return False
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA or data[24] != 8:
        return False
    position = 8
    while position + 12 <= len(data):
        end = position + 8 + int.from_bytes(data[position : position + 4])
        kind = data[position + 4 : position + 8]
        checksum = int.from_bytes(data[end : end + 4])
        if kind in _UNPLAIN or zlib.crc32(data[position + 4 : end]) != checksum:
            return False
        if kind == b"IEND":
            return data[25] in _PLAIN_KINDS
        position = end + 4
    return False
