"""Pixels that a request begins with: a picture to paint over, a mask, a sketch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from velatura.errors import RequestError

if TYPE_CHECKING:
    from velatura.records.picture import ModelUse
    from velatura.records.request import Request

Pixels = NDArray[np.uint8 | np.uint16]
"""(height, width, channels), sRGB-encoded unless a profile says otherwise."""

LARGEST_SIDE = 32768
"""Pixels along a side."""

LARGEST_AREA = 2**28
"""Pixels in all: 16384 x 16384."""

CHANNELS = (1, 3, 4)
"""Grey; red, green, blue; the same with alpha, not premultiplied."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """How a bitmap was made by us.

    Attributes:
        request: The complete request that makes exactly it.
        models: The model files that took part.
    """

    request: Request
    models: tuple[ModelUse, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Bitmap:
    """Pixels as a value: read-only, known by what they are.

    Two bitmaps are equal if their ids are. One whose pixels are None is only remembered, from the
    story in a picture's file: its origin tells how to make it again.

    Attributes:
        pixels: uint8 or uint16, (height, width, channels), sRGB-encoded; 1, 3 or 4 channels.
        id: SHA-256 of size and pixels, in hex; computed where there are pixels.
        origin: How it was made; None came from outside.
        profile: The ICC profile it came with.
    """

    pixels: Pixels | None
    id: str = ""
    origin: Origin | None = None
    profile: bytes = b""

    def __post_init__(self) -> None:
        if self.pixels is None:
            if not self.id:
                raise RequestError("image: neither pixels nor the id of remembered ones")
            return
        kept = np.array(checked_pixels(self.pixels), order="C")
        kept.flags.writeable = False
        object.__setattr__(self, "pixels", kept)
        object.__setattr__(self, "id", pixels_id(kept))

    @property
    def array(self) -> Pixels:
        """The pixels.

        Raises:
            RequestError: they are only remembered.
        """
        if self.pixels is None:
            raise RequestError(
                f"image: the pixels of picture {self.id[:12]} are not at hand; "
                "run the workflow that makes it"
            )
        return self.pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.array.shape[:2]
        return width, height

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bitmap) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        if self.pixels is None:
            return f"Bitmap({self.id[:12]}, remembered)"
        height, width, channels = self.pixels.shape
        return f"Bitmap({self.id[:12]}, {width}x{height}x{channels})"


def checked_pixels(
    pixels: Pixels,
) -> Pixels:
    """The pixels, (h, w, c); grey ones, (h, w), get their third axis.

    Raises:
        RequestError: another type or shape, or a size that no request takes.
    """
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    is_picture = pixels.ndim == 3 and pixels.shape[2] in CHANNELS
    is_known = pixels.dtype.type in (np.uint8, np.uint16)
    if not (is_known and is_picture):
        raise RequestError(
            "image: expected uint8 or uint16 pixels of shape (height, width, 1, 3 or 4), "
            f"got {pixels.dtype} of shape {pixels.shape}"
        )
    height, width = pixels.shape[:2]
    if min(height, width) < 1 or max(height, width) > LARGEST_SIDE or height * width > LARGEST_AREA:
        raise RequestError(
            f"image: {width}x{height} pixels; each side must be from 1 to {LARGEST_SIDE}, "
            f"and the whole at most {LARGEST_AREA} pixels"
        )
    return pixels


def eight_bits(pixels: Pixels) -> NDArray[np.uint8]:
    """The pixels with 8 bits each, rounded."""
    if pixels.dtype == np.uint16:
        return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return pixels.astype(np.uint8, copy=False)


def pixels_id(pixels: Pixels) -> str:
    """SHA-256 of size and pixels, in hex.

    Args:
        pixels: (height, width, channels).
    """
    height, width, channels = pixels.shape
    layout = "" if (channels, pixels.dtype) == (3, np.uint8) else f"x{channels}:{pixels.dtype}"
    digest = hashlib.sha256(f"{width}x{height}{layout}:".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
