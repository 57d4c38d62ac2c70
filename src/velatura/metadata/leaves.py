"""Bitmaps from outside, as they are carried along in a picture's story: PNG in base64.

What is read is held against limits before anything is unpacked, and against the bitmap's id
afterwards.
"""

from __future__ import annotations

import base64
import binascii
import io
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from velatura.errors import PictureError
from velatura.metadata.raster import encode_raster
from velatura.records import Bitmap
from velatura.records.bitmap import LARGEST_SIDE

if TYPE_CHECKING:
    from velatura.records import Pixels

LARGEST_LEAVES = 2**26
"""Pixels of all the bitmaps of a story together."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_CHANNELS = {0: 1, 2: 3, 6: 4}
"""Channels of the PNG colour types that bitmaps have."""

_BLUE_FIRST = [2, 1, 0, 3]
"""OpenCV's order of channels, and the way back."""


def leaf_to_plain(bitmap: Bitmap) -> dict[str, str]:
    """A bitmap that has pixels, as it stands in JSON."""
    plain = {"png": base64.b64encode(encode_raster(bitmap.array, "png", {})).decode()}
    if bitmap.profile:
        plain["profile"] = base64.b64encode(bitmap.profile).decode()
    return plain


def leaf_from_plain(values: Any, *, largest: int = LARGEST_LEAVES) -> Bitmap:  # noqa: ANN401
    """The bitmap of :func:`leaf_to_plain`.

    Args:
        values: What stands in the JSON.
        largest: How many pixels it may have.

    Raises:
        PictureError: not base64, no such PNG, damaged, or too large.
    """
    if not isinstance(values, dict):
        raise PictureError("expected an object with a png")
    data = _from_base64(values.get("png"), "png")
    width, height, channels = _checked_header(data, largest)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape[:2] != (height, width):
        raise PictureError("the PNG is damaged")
    ordered = pixels if pixels.ndim == 2 else pixels[:, :, _BLUE_FIRST[:channels]]
    profile = _from_base64(values.get("profile", ""), "profile")
    return Bitmap(cast("Pixels", ordered), profile=profile)


def _checked_header(data: bytes, largest: int) -> tuple[int, int, int]:
    """Width, height and channels, as the PNG claims them (PNG specification, 11.2.2)."""
    if not data.startswith(_SIGNATURE) or len(data) < 33:
        raise PictureError("not a PNG")
    header = io.BytesIO(data[16:26])
    width, height = int.from_bytes(header.read(4)), int.from_bytes(header.read(4))
    depth, colours = header.read(2)
    if depth not in (8, 16) or colours not in _CHANNELS:
        raise PictureError("a PNG of another kind than grey, RGB or RGBA with 8 or 16 bits")
    is_possible = min(width, height) > 0 and max(width, height) <= LARGEST_SIDE
    if not is_possible or width * height > largest:
        raise PictureError(f"{width}x{height} pixels, which is more than a story may carry")
    return width, height, _CHANNELS[colours]


def _from_base64(text: Any, name: str) -> bytes:  # noqa: ANN401
    if not isinstance(text, str):
        raise PictureError(f"{name}: expected base64 text")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError(f"{name}: not base64: {error}") from error
