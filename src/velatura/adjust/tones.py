"""Whole numbers to tones and back, and tables that map one to the other.

A table has an entry for each value a pixel can have. Tables one after another make one table, and
since each of them rounds, applying that one equals applying them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from velatura.records import Pixels


def top_of(pixels: Pixels) -> int:
    """The largest value a pixel can have: 255 or 65535."""
    return int(np.iinfo(pixels.dtype).max)


def tones(top: int) -> NDArray[np.float64]:
    """The tones 0/top, 1/top, ... top/top, in the single precision in which GIMP holds them."""
    return (np.arange(top + 1) / top).astype(np.float32).astype(np.float64)


def stored(values: NDArray[np.floating], top: int) -> Pixels:
    """Tones as whole numbers: clamped to 0..1, then rounded to the nearest, halves to even."""
    return np.rint(np.clip(values, 0, 1) * top).astype(np.uint8 if top == 255 else np.uint16)


@dataclass(frozen=True, slots=True)
class ToneTables:
    """One table for each channel of a picture.

    Attributes:
        tables: (channels, top + 1), of the picture's own type.
        is_identity: Whether nothing has been put into the tables yet.
    """

    tables: Pixels
    is_identity: bool = True

    @classmethod
    def for_pixels(cls, pixels: Pixels) -> ToneTables:
        """Tables that change nothing."""
        table = np.arange(top_of(pixels) + 1, dtype=pixels.dtype)
        return cls(np.tile(table, (pixels.shape[2], 1)))

    def then(
        self,
        places: Iterable[int],
        tone: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    ) -> ToneTables:
        """These tables, followed by a map of tones in some of the channels."""
        top = self.tables.shape[1] - 1
        table = stored(tone(tones(top)), top)
        tables = self.tables.copy()
        for place in places:
            tables[place] = table[tables[place]]
        return ToneTables(tables, is_identity=False)

    def apply(self, pixels: Pixels) -> Pixels:
        """Each value of (height, width, channels) looked up in its channel's table."""
        if self.is_identity:
            return pixels
        if pixels.dtype == np.uint8:
            return _looked_up(pixels, self.tables)
        channels = [table[pixels[..., place]] for place, table in enumerate(self.tables)]
        return np.stack(channels, axis=2)


def _looked_up(pixels: Pixels, tables: Pixels) -> Pixels:
    """The same on every core, and faster still where all channels share a table."""
    is_shared = (tables == tables[0]).all()
    table = tables[0] if is_shared else np.ascontiguousarray(tables.T)[None]  # 1 256 channels
    looked_up = cv2.LUT(np.ascontiguousarray(pixels), table)
    return cast("Pixels", looked_up.reshape(pixels.shape))
