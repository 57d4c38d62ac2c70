"""Automatic levels: each channel's inputs, read off its histogram.

Equal to GIMP 2.10's ``gimp-drawable-levels-stretch``.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from velatura.adjust.channels import places
from velatura.adjust.histogram import count_tones
from velatura.adjust.levels import map_levels
from velatura.adjust.tones import ToneTables
from velatura.records.adjustments import Levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from velatura.records import Pixels
    from velatura.records.adjustments import AutoLevels, Channel

CLIPPED = 0.006
"""Share of the pixels that is cut off at each end, as nearly as whole bins allow."""


def apply_auto_levels(adjustment: AutoLevels, pixels: Pixels) -> Pixels:  # noqa: ARG001
    """The pixels, each channel stretched."""
    tables = ToneTables.for_pixels(pixels)
    for levels in find_levels(pixels):
        channel = places(levels.channel, pixels.shape[2])
        tables = tables.then(channel, partial(map_levels, levels))
    return tables.apply(pixels)


def find_levels(pixels: Pixels) -> tuple[Levels, ...]:
    """The levels that auto levels means for these pixels, which can be shown and edited.

    Args:
        pixels: uint8 or uint16, (h, w, 1, 3 or 4). Where there is alpha it weighs the histogram.
    """
    channels: tuple[Channel, ...] = ("red", "green", "blue")
    if pixels.shape[2] == 1:
        channels = ("value",)
    return tuple(_stretched(channel, count_tones(pixels, channel).tolist()) for channel in channels)


def _stretched(channel: Channel, counts: Sequence[int]) -> Levels:
    total = sum(counts)
    if not total:  # nothing but transparent pixels
        return Levels(channel=channel, low_input=0.0, high_input=0.0)
    last = len(counts) - 1
    dark, bright = _cut(counts, total), _cut(counts[::-1], total)
    return Levels(
        channel=channel,
        low_input=0.0 if dark is None else dark / last,
        high_input=1.0 if bright is None else (last - bright) / last,
    )


def _cut(counts: Sequence[int], total: int) -> int | None:
    """The bin behind the first one after which the share cut off would be further from wanted."""
    passed = 0
    for index, (count, following) in enumerate(pairwise(counts)):
        passed += count
        here = abs(passed / total - CLIPPED)
        if here < abs((passed + following) / total - CLIPPED):
            return index + 1
    return None
