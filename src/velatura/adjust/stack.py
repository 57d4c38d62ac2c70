"""A list of adjustments, applied in order.

Tone adjustments one after another become one table for each channel. Each of them rounds to the
picture's own whole numbers, so the result is that of applying them one at a time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from velatura.adjust.channels import places
from velatura.adjust.kinds import ADJUSTMENTS
from velatura.adjust.tones import ToneTables
from velatura.errors import RequestError
from velatura.records.bitmap import checked_pixels
from velatura.records.plain import at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from velatura.records import Pixels
    from velatura.records.adjustments import Adjustment, Channel


def apply(pixels: Pixels, adjustments: Sequence[Adjustment]) -> Pixels:
    """Pixels after all the adjustments.

    Args:
        pixels: uint8 or uint16, (h, w, 1, 3 or 4): grey, RGB, or RGB and alpha.
        adjustments: What to do, in order. Where there is nothing to do the pixels come back.

    Returns:
        Pixels of the same type and channels, and perhaps another size.

    Raises:
        RequestError: an adjustment does not suit the picture; nothing was done.
    """
    pixels = checked_pixels(pixels)
    check_adjustments(adjustments, pixels.shape)
    count = pixels.shape[2]
    tables = ToneTables.for_pixels(pixels)
    for adjustment in adjustments:
        kind = ADJUSTMENTS[adjustment.kind]
        if kind.tone is not None:
            channel = places(_channel(adjustment), count)
            tables = tables.then(channel, partial(kind.tone, adjustment))
        elif kind.change is not None:
            pixels = kind.change(adjustment, tables.apply(pixels))
            tables = ToneTables.for_pixels(pixels)
    return np.ascontiguousarray(tables.apply(pixels))


def check_adjustments(adjustments: Sequence[Adjustment], shape: tuple[int, ...]) -> tuple[int, int]:
    """Refuse adjustments that a picture cannot have, without its pixels.

    Args:
        adjustments: What is to be done, in order.
        shape: (height, width, channels) of the picture.

    Returns:
        Width and height of the result.

    Raises:
        RequestError: naming the adjustment by its place, from 0, and its parameter.
    """
    height, width, count = shape
    for index, adjustment in enumerate(adjustments):
        kind = ADJUSTMENTS[adjustment.kind]
        with at(f"adjustments[{index}]"):
            places(_channel(adjustment), count)
            if kind.needs_colour and count == 1:
                raise RequestError(
                    f"kind: {adjustment.kind} needs a colour picture, this one is greyscale",
                    field="kind",
                )
            if kind.size is not None:
                width, height = kind.size(adjustment, width, height)
    return width, height


def _channel(adjustment: Adjustment) -> Channel:
    return getattr(adjustment, "channel", "value")
