"""Levels and curves on a large picture: one look-up against Pillow's point after point."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from velatura.adjust import apply
from velatura.records import Curves, Levels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from velatura.records import Adjustment, Pixels

LEVELS = Levels(low_input=0.1, high_input=0.9, gamma=1.3)
CURVES = Curves(points=((0.0, 0.0), (0.25, 0.18), (0.75, 0.84), (1.0, 1.0)))
CHAINS = {"value": (LEVELS, CURVES), "channel": (replace(LEVELS, channel="red"), CURVES)}
"""One table for all channels, and one for each."""

RAMP = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(3, axis=2)


def measure(width: int = 6000, height: int = 4000, rounds: int = 9) -> dict[str, float]:
    """Median seconds of each chain both ways, in turn, after a round to warm up.

    "Processor" seconds are those of all threads together; waiting for other programs adds nothing.

    Raises:
        RuntimeError: if the two ways do not give the same pixels.
    """
    pixels = _picture(width, height)
    image = Image.fromarray(pixels)
    figures: dict[str, float] = {}
    for name, chain in CHAINS.items():
        tables = [_pillow_table(adjustment) for adjustment in chain]
        calls = {"ours": partial(apply, pixels, chain), "Pillow": partial(_points, image, tables)}
        figures |= {f"{name}, {what}": value for what, value in _in_turn(calls, rounds).items()}
        if not np.array_equal(apply(pixels, chain), np.asarray(_points(image, tables))):
            raise RuntimeError(f"{name}: the two ways give different pixels")
    return figures


def _picture(width: int, height: int) -> Pixels:
    """Soft shapes with grain, as photographs have them."""
    random = np.random.default_rng(7)
    coarse = Image.fromarray(random.integers(0, 256, (30, 45, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))
    grain = random.integers(0, 8, (height, width, 3), dtype=np.uint8)
    return smooth // 32 * 31 + grain


def _pillow_table(adjustment: Adjustment) -> list[int]:
    """What one adjustment makes of each value, red first, as ``Image.point`` takes it."""
    return apply(RAMP, (adjustment,))[0].T.ravel().tolist()


def _points(image: Image.Image, tables: Sequence[list[int]]) -> Image.Image:
    for table in tables:
        image = image.point(table)
    return image


def _in_turn(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of calls that take turns, by the clock and by the processor."""
    for call in calls.values():
        call()
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, call in calls.items():
            clock, processor = perf_counter(), process_time()
            call()
            taken.setdefault(name, []).append(perf_counter() - clock)
            taken.setdefault(f"{name}, processor", []).append(process_time() - processor)
    return {name: median(seconds) for name, seconds in taken.items()}


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:]))))
