"""Small pictures, kept in a folder that may be thrown away.

A thumbnail is named by the picture's id and its own size, so it is never out of date. When the
folder grows beyond its bound, those that were not looked at for the longest time go.
"""

from __future__ import annotations

import io
import os
import re
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from velatura.errors import OutputError, RequestError
from velatura.library.files import save_over
from velatura.records.bitmap import eight_bits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from velatura.records import Pixels

SIDES = (128, 256, 512)
"""Longest sides of thumbnails, in pixels."""

USUAL_SIDE = 256
QUALITY = 80
MOST_BYTES = 2 * 2**30

_KEPT_SHARE = 0.8
"""Of the bound, that is kept when it was passed: so that clearing up is rare."""

_LOOKED_AT_S = 24 * 3600.0
"""A look is noted once in this time."""


def shrink(pixels: Pixels, side: int) -> bytes:
    """A small picture, as WebP; one that is smaller already keeps its size.

    Args:
        pixels: uint8 or uint16, (h, w, 1, 3 or 4).
        side: Of the longer side, in pixels.
    """
    height, width = pixels.shape[:2]
    factor = min(1.0, side / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(eight_bits(pixels), size, interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = np.repeat(small[..., None], 3, axis=2)
    buffer = io.BytesIO()
    # Half the methods' effort costs a third of the time and a tenth more bytes.
    Image.fromarray(small).save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()


class Thumbnails:
    """A folder of thumbnails; safe to use from several threads and processes.

    Args:
        folder: Where they are; made where it is missing.
        most_bytes: What they may take together.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._total: int | None = None

    def get(self, picture_id: str, side: int, read: Callable[[], Pixels]) -> bytes:
        """A thumbnail, made where it is missing. A full disk does not matter: it is not kept then.

        Args:
            picture_id: The picture.
            side: One of :data:`SIDES`.
            read: Gives the picture's pixels.

        Raises:
            RequestError: another side.
            PictureError: what ``read`` raises.
        """
        place = self._place(picture_id, side)
        with suppress(OSError):
            data = place.read_bytes()
            if time.time() - place.stat().st_mtime > _LOOKED_AT_S:
                os.utime(place)
            return data
        data = shrink(read(), side)
        with suppress(OutputError):
            self.put(picture_id, side, data)
        return data

    def put(self, picture_id: str, side: int, data: bytes) -> None:
        """Keep a thumbnail that was made elsewhere.

        Raises:
            OutputError: the disk does not take it.
        """
        save_over(data, self._place(picture_id, side))
        with self._lock:
            self._total = self._measured() if self._total is None else self._total + len(data)
            if self._total > self._most_bytes:
                self._total = self._cleared()

    def forget(self, picture_id: str) -> None:
        """Remove the thumbnails of a picture."""
        for side in SIDES:
            with suppress(OSError):  # what stays goes when the folder is too large
                self._place(picture_id, side).unlink(missing_ok=True)

    def _place(self, picture_id: str, side: int) -> Path:
        if side not in SIDES or not re.fullmatch("[0-9a-f]{64}", picture_id):
            listed = ", ".join(map(str, SIDES))
            raise RequestError(f"side: {side} is not one of {listed}", field="side")
        return self._folder / picture_id[:2] / f"{picture_id}-{side}.webp"

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _cleared(self) -> int:
        """Remove the oldest; what is left."""
        found = sorted(self._files(), key=lambda it: it[0], reverse=True)
        total = 0
        for _, size, path in found:
            total += size
            if total > self._most_bytes * _KEPT_SHARE:
                total -= size
                with suppress(OSError):
                    path.unlink()
        return total

    def _files(self) -> list[tuple[float, int, Path]]:
        """When each was last looked at, its size, its place."""
        found: list[tuple[float, int, Path]] = []
        for path in self._folder.rglob("*.webp"):
            with suppress(OSError):  # another process may be quicker
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
        return found
