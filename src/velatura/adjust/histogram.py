"""How often each tone occurs in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from velatura.adjust.channels import has_alpha, places
from velatura.adjust.tones import tones, top_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Pixels
    from velatura.records.adjustments import Channel

LUMINANCE = (0.22248840, 0.71690369, 0.06060791)
"""Weights of red, green and blue in luminance: those of sRGB, adapted to D50."""

DEEP_BINS = 1024
"""Bins for pictures of 16 bits; those of 8 bits have one for each value."""

ROWS = 2**20
"""Pixels counted at once, so that a large picture is not unfolded whole."""


def count_tones(pixels: Pixels, channel: Channel | Literal["luminance"]) -> NDArray[np.int64]:
    """How much of a picture lies in each tone.

    Args:
        pixels: uint8 or uint16, (h, w, 1, 3 or 4).
        channel: "value" is the largest of red, green and blue; "luminance" their weighted sum.

    Returns:
        (256,) or, for uint16, (1024,): pixels whose tone rounds to k/255 or k/1023. Where there is
        alpha each pixel counts as its alpha, 0 to 255 or 65535, rather than as 1, but for "alpha".

    Raises:
        RequestError: the picture has no such channel.
    """
    top = top_of(pixels)
    last = min(top, DEEP_BINS - 1)
    bins = np.floor(tones(top) * last + 0.5).astype(np.intp)
    counts = np.zeros(last + 1)
    rows = max(1, ROWS // pixels.shape[1])
    for first in range(0, len(pixels), rows):
        band = pixels[first : first + rows]
        weights = None
        if has_alpha(pixels.shape[2]) and channel != "alpha":
            weights = band[..., -1].ravel()
        counts += np.bincount(bins[_one(band, channel)].ravel(), weights, last + 1)
    return counts.astype(np.int64)


def _one(pixels: Pixels, channel: Channel | Literal["luminance"]) -> Pixels:
    """The channel as whole numbers, (h, w)."""
    count = pixels.shape[2]
    if channel != "luminance":
        return pixels[..., list(places(channel, count))].max(axis=2)
    if count == 1:
        return pixels[..., 0]
    luminance = sum(weight * pixels[..., place] for place, weight in enumerate(LUMINANCE))
    return np.floor(luminance + 0.5).astype(pixels.dtype)
