"""Levels and curves on a large picture: one look-up against Pillow's point after point."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from velatura.adjust import apply
from velatura.records import Curves, Levels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from velatura.records import Adjustment, Pixels

LEVELS = Levels(low_input=0.1, high_input=0.9, gamma=1.3)
CURVES = Curves(points=((0.0, 0.0), (0.25, 0.18), (0.75, 0.84), (1.0, 1.0)))
CHAINS = {"value": (LEVELS, CURVES), "channel": (replace(LEVELS, channel="red"), CURVES)}
"""One table for all channels, and one for each."""

RAMP = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(3, axis=2)


def measure(width: int = 6000, height: int = 4000, rounds: int = 9) -> dict[str, float]:
    """Median seconds of each chain both ways, in turn, after a round to warm up.

    Raises:
        RuntimeError: if the two ways do not give the same pixels.
    """
    pixels = _picture(width, height)
    image = Image.fromarray(pixels)
    figures: dict[str, float] = {}
    for name, chain in CHAINS.items():
        tables = [_pillow_table(adjustment) for adjustment in chain]
        ours, theirs = _both(partial(apply, pixels, chain), partial(_points, image, tables), rounds)
        figures |= {f"{name}, ours": ours, f"{name}, Pillow": theirs}
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


def _both(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Median seconds of two calls, which take turns."""
    ours()
    theirs()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    first, second = np.median(np.array(pairs), axis=0)
    return float(first), float(second)


def _seconds(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:]))))
