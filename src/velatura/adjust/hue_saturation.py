"""Hue, saturation and lightness, of all colours or of one sixth of the circle.

Domain and range: 0..1, gamma-encoded. In the HSL model, with hue h, saturation s and lightness l
from 0 to 1, offsets H = degrees / 180, S and L = percent / 100, a = L/2, and the weight w with
which a colour belongs to the range:

    h ← h + w H/2, wrapped into 0..1
    s ← w clamp(s (1 + S)) + (1 − w) s
    l ← w (l (1 + a)  where a < 0,  else  l + a (1 − l)) + (1 − w) l

A colour belongs to the range whose sixth of the circle is centred on it; with an overlap o > 0 the
weight passes from one range to the next over o/6 of the circle. Greys count as red.

Equal to GIMP 2.10's ``gimp-drawable-hue-saturation``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from velatura.adjust.tones import stored, tones, top_of
from velatura.records.adjustments import HueRange

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Pixels
    from velatura.records.adjustments import HueSaturation

    Tones = NDArray[np.float64]

SIXTHS = 6
RANGES = get_args(HueRange)[1:]
"""The six ranges in the order of their hues, red at 0."""

BAND = 2**16
"""Pixels computed at once: what fits into a processor's cache."""


def apply_hue_saturation(adjustment: HueSaturation, pixels: Pixels) -> Pixels:
    """The pixels, uint8 or uint16, (h, w, 3 or 4), with their colours changed; alpha is kept."""
    top = top_of(pixels)
    table = tones(top)
    changed = pixels.copy()
    flat, source = changed.reshape(-1, pixels.shape[2]), pixels.reshape(-1, pixels.shape[2])
    for first in range(0, len(flat), BAND):
        rgb = table[source[first : first + BAND, :3].T]  # 3 pixels
        flat[first : first + BAND, :3] = stored(_recoloured(adjustment, rgb), top).T
    return changed


def _recoloured(adjustment: HueSaturation, rgb: Tones) -> Tones:
    """Colours, (3, n), from 0 to 1, after the change."""
    sector, saturation, lightness = _to_hsl(rgb)
    weight = _weight(sector, adjustment)
    sector = sector + weight * (adjustment.hue / 180) * (SIXTHS / 2)
    sector = np.where(sector < 0, sector + SIXTHS, sector)
    sector = np.where(sector > SIXTHS, sector - SIXTHS, sector)
    stronger = np.clip(saturation * (1 + adjustment.saturation / 100), 0, 1)
    saturation = weight * stronger + (1 - weight) * saturation
    lift = adjustment.lightness / 200
    lit = lightness * (1 + lift) if lift < 0 else lightness + lift * (1 - lightness)
    lightness = weight * lit + (1 - weight) * lightness
    return _to_rgb(sector, saturation, lightness)


def _weight(sector: Tones, adjustment: HueSaturation) -> Tones:
    """How far each hue, in sixths of the circle, belongs to the range: 0 to 1."""
    if adjustment.range == "all":
        return np.ones_like(sector)
    overlap = adjustment.overlap / 100
    first = np.searchsorted(np.arange(SIXTHS) + 0.5 + overlap / 2, sector, side="right")
    second = np.zeros_like(sector)
    if overlap:
        # clipped before the division, which a tiny overlap would take beyond all numbers
        second = np.clip(sector - first - 0.5 + overlap / 2, 0, overlap) / overlap
    wanted = RANGES.index(adjustment.range)
    return np.where(first % SIXTHS == wanted, 1 - second, 0) + np.where(
        (first + 1) % SIXTHS == wanted, second, 0
    )


def _to_hsl(rgb: Tones) -> tuple[Tones, Tones, Tones]:
    """Hue in sixths of the circle, 0..6, saturation and lightness; a grey's hue is 0."""
    red, green, blue = rgb
    largest, smallest = rgb.max(axis=0), rgb.min(axis=0)
    spread, total = largest - smallest, largest + smallest
    is_grey = spread == 0
    lightness = total / 2
    room = np.where(lightness <= 0.5, total, 2 - total)
    saturation = spread / np.where(is_grey, 1, room)
    divisor = np.where(is_grey, 1, spread)
    sector = np.where(
        red == largest,
        (green - blue) / divisor,
        np.where(green == largest, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )
    return np.where(sector < 0, sector + SIXTHS, sector), saturation, lightness


def _to_rgb(sector: Tones, saturation: Tones, lightness: Tones) -> Tones:
    """Colours, (3, n); each of red, green and blue is a trapezium around the circle."""
    upper = np.where(
        lightness <= 0.5,
        lightness * (1 + saturation),
        lightness + saturation - lightness * saturation,
    )
    lower = 2 * lightness - upper
    around = np.stack([sector + 2, sector, sector - 2])
    around = np.where(around >= SIXTHS, around - SIXTHS, around)
    around = np.where(around < 0, around + SIXTHS, around)
    return lower + (upper - lower) * np.clip(np.minimum(around, 4 - around), 0, 1)
