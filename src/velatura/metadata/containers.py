"""The blocks of text and metadata inside PNG, JPEG, WebP and GIF files; TIFF and BMP have none.

Files are walked block by block and pixels are never decoded, so a picture that would unfold to
gigabytes costs nothing here. Every size read from the file is held against the file's length and
against fixed limits before anything of that size is made.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from velatura.errors import PictureError
from velatura.metadata.exif import EXIF_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_TEXT = 16 * 2**20
"""Bytes of one text, unpacked."""

LONGEST_TEXTS = 32 * 2**20
"""Bytes of all texts of a file together, unpacked."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
_PNG_XMP = "XML:com.adobe.xmp"


@dataclass(slots=True)
class Blocks:
    """What a file says beside its pixels.

    Attributes:
        format: "PNG", "JPEG", "WebP", "GIF", "TIFF" or "BMP".
        texts: PNG text chunks by keyword; a GIF's comment under "comment".
        exif: The EXIF block as TIFF data, or nothing.
        xmp: The XMP packet, or nothing.
        is_lossy: Whether the pixels were written with loss.
        problems: What could not be read, a sentence each.
    """

    format: str
    is_lossy: bool = False
    texts: dict[str, str] = field(default_factory=dict[str, str])
    exif: bytes = b""
    xmp: bytes = b""
    problems: list[str] = field(default_factory=list[str])


def read_blocks(data: bytes) -> Blocks:
    """The blocks of a picture file.

    Raises:
        PictureError: none of the formats, or cut off, or a text beyond the limits.
    """
    for is_format, read in _READERS:
        if is_format(data):
            return read(data)
    raise PictureError("not a picture that can be read: expected PNG, JPEG, WebP, GIF, TIFF or BMP")


def _read_png(data: bytes) -> Blocks:
    blocks = Blocks("PNG")
    room = LONGEST_TEXTS
    for kind, body in _png_chunks(data):
        if kind == b"eXIf":
            blocks.exif = body
        if kind not in (b"tEXt", b"zTXt", b"iTXt"):
            continue
        try:
            keyword, text = _png_text(kind, body, min(room, LONGEST_TEXT))
        except ValueError as error:
            blocks.problems.append(f"a {kind.decode()} chunk cannot be read: {error}")
            continue
        room -= len(text)
        if keyword == _PNG_XMP:
            blocks.xmp = text.encode(errors="replace")
        else:
            blocks.texts[keyword] = text
    return blocks


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk; pixels are passed over."""
    position = len(PNG_SIGNATURE)
    while position < len(data):
        head = data[position : position + 8]
        size, kind = int.from_bytes(head[:4]), head[4:]
        end = position + 8 + size
        if len(head) < 8 or end + 4 > len(data):
            raise PictureError("the PNG file is cut off: a chunk is longer than what is left")
        if kind == b"IEND":
            return
        yield kind, b"" if kind == b"IDAT" else data[position + 8 : end]
        position = end + 4
    raise PictureError("the PNG file is cut off: its end mark is missing")


def _png_text(kind: bytes, body: bytes, limit: int) -> tuple[str, str]:
    """Keyword and text of a text chunk (PNG specification, 11.3.3)."""
    keyword, separator, rest = body.partition(b"\x00")
    if not separator:
        raise ValueError("it has no keyword")
    encoding = "latin-1"
    is_packed = kind == b"zTXt"
    if is_packed:
        rest = rest[1:]
    if kind == b"iTXt":
        encoding = "utf-8"
        is_packed = rest[:1] == b"\x01"
        rest = rest[2:].split(b"\x00", 2)[-1]
    text = _unpacked(rest, limit) if is_packed else rest
    if len(text) > limit:
        raise PictureError(f"a text in the PNG file is longer than {limit} bytes")
    return keyword.decode("latin-1"), text.decode(encoding, errors="replace")


def _unpacked(packed: bytes, limit: int) -> bytes:
    """Unpacked text, given up as soon as it passes the limit."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(text) > limit:
        raise PictureError(f"a text in the PNG file unpacks to more than {limit} bytes")
    return text


def _read_jpeg(data: bytes) -> Blocks:
    """EXIF and XMP of a JPEG file: application segments before the pixels."""
    blocks = Blocks("JPEG", is_lossy=True)
    position = 2
    while True:
        while data[position : position + 2] == b"\xff\xff":
            position += 1
        head = data[position : position + 4]
        if len(head) < 4 or head[0] != 0xFF:
            raise PictureError("the JPEG file is cut off before its pixels")
        if head[1] in (0xDA, 0xD9):  # the pixels begin, or the file ends
            return blocks
        end = position + 2 + int.from_bytes(head[2:])
        if end > len(data):
            raise PictureError("the JPEG file is cut off: a segment is longer than what is left")
        body = data[position + 4 : end]
        if head[1] == 0xE1 and body.startswith(EXIF_HEADER):
            blocks.exif = body.removeprefix(EXIF_HEADER)
        if head[1] == 0xE1 and body.startswith(_XMP_HEADER):
            blocks.xmp = body.removeprefix(_XMP_HEADER)
        position = end


def _read_webp(data: bytes) -> Blocks:
    blocks = Blocks("WebP")
    position = 12
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while position + 8 <= end:
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        kind, start = data[position : position + 4], position + 8
        if start + size > len(data):
            raise PictureError("the WebP file is cut off: a chunk is longer than what is left")
        if kind == b"VP8 ":
            blocks.is_lossy = True
        if kind == b"EXIF":
            blocks.exif = data[start : start + size].removeprefix(EXIF_HEADER)
        if kind == b"XMP ":
            blocks.xmp = data[start : start + size]
        position = start + size + size % 2
    return blocks


def _read_gif(data: bytes) -> Blocks:
    """The first comment of a GIF file (GIF89a, 24)."""
    blocks = Blocks("GIF")
    if len(data) < 13:
        raise PictureError("the GIF file is cut off before its pixels")
    position = 13 + _palette_size(data[10])
    while position < len(data) and data[position] == 0x21:  # extensions before the first picture
        label = data[position + 1 : position + 2]
        position, body = _gif_sub_blocks(data, position + 2)
        if label == b"\xfe":
            blocks.texts.setdefault("comment", body.decode("utf-8", errors="replace"))
    return blocks


def _gif_sub_blocks(data: bytes, position: int) -> tuple[int, bytes]:
    """The position after a chain of sub-blocks, and their content."""
    parts: list[bytes] = []
    while position < len(data) and data[position]:
        end = position + 1 + data[position]
        parts.append(data[position + 1 : end])
        position = end
    if position >= len(data):
        raise PictureError("the GIF file is cut off inside an extension")
    return position + 1, b"".join(parts)


def _palette_size(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _is_webp(data: bytes) -> bool:
    return data.startswith(b"RIFF") and data[8:12] == b"WEBP"


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Blocks]], ...] = (
    (lambda data: data.startswith(PNG_SIGNATURE), _read_png),
    (lambda data: data.startswith(b"\xff\xd8\xff"), _read_jpeg),
    (_is_webp, _read_webp),
    (lambda data: data.startswith((b"GIF87a", b"GIF89a")), _read_gif),
    (lambda data: data.startswith((b"II*\x00", b"MM\x00*")), lambda _: Blocks("TIFF")),
    (lambda data: data.startswith(b"BM"), lambda _: Blocks("BMP")),
)
