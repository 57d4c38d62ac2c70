"""Picture files made by hand, for tests of what is read from them."""

from __future__ import annotations

import io
import zlib
from typing import Any

from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return len(body).to_bytes(4) + kind + body + checksum.to_bytes(4)


def png(*chunks: bytes, width: int = 1, height: int = 1) -> bytes:
    """A PNG with these chunks before its pixels; the pixels are there only for 1x1."""
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x00\x00\x00"))
    return PNG_SIGNATURE + chunk(b"IHDR", header) + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def saved(file_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, file_format, **options)
    return buffer.getvalue()


def exif(comment: bytes) -> bytes:
    """An EXIF block with a user comment, as Pillow writes it."""
    block = Image.Exif()
    block.get_ifd(0x8769)[0x9286] = comment
    return block.tobytes()
