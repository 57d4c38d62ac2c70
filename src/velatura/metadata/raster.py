"""Pixels as the bytes of a picture file, with 8 or 16 bits a channel."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image

from velatura.errors import RequestError

if TYPE_CHECKING:
    from velatura.records import Pixels

FileFormat = Literal["png", "jpeg", "webp"]

LARGEST_SIDES: dict[FileFormat, int] = {"png": 2**31 - 1, "jpeg": 65535, "webp": 16383}

_PNG_HEAD = 33
"""Bytes of a PNG's signature and header chunk."""


def holds(file_format: FileFormat, pixels: Pixels) -> bool:
    """Whether files of this format can hold the pixels: size, alpha, depth."""
    if file_format == "png":
        return True
    fits = max(pixels.shape[:2]) <= LARGEST_SIDES[file_format] and pixels.dtype == np.uint8
    return fits and not (file_format == "jpeg" and pixels.shape[2] == 4)


def encode_raster(pixels: Pixels, file_format: FileFormat, options: dict[str, Any]) -> bytes:
    """The file of pixels, with what else is to stand in it.

    Args:
        pixels: uint8 or uint16, (h, w, 1, 3 or 4).
        file_format: A format that holds them.
        options: Of Pillow's ``save``: texts, profile, quality.

    Raises:
        RequestError: the format cannot hold the pixels.
    """
    if not holds(file_format, pixels):
        height, width, channels = pixels.shape
        raise RequestError(
            f"format: {file_format} files cannot hold {width}x{height} pixels of {channels} "
            f"{pixels.dtype} channels; choose PNG",
            field="format",
        )
    if pixels.dtype == np.uint16:
        return _deep_png(pixels, options)
    plain = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(plain)).save(buffer, file_format.upper(), **options)
    return buffer.getvalue()


def _deep_png(pixels: Pixels, options: dict[str, Any]) -> bytes:
    """A PNG of 16 bits a channel, which Pillow cannot write.

    What stands between a PNG's header and its pixels is taken from a small file that it can.
    """
    import cv2

    channels = pixels.shape[2]
    blue_first = pixels[..., [2, 1, 0, 3][:channels]] if channels > 1 else pixels
    data = cv2.imencode(".png", np.ascontiguousarray(blue_first))[1].tobytes()
    shell = encode_raster(np.zeros((1, 1, channels), np.uint8), "png", options)
    said = shell[_PNG_HEAD : shell.index(b"IDAT") - 4]
    return data[:_PNG_HEAD] + said + data[_PNG_HEAD:]
