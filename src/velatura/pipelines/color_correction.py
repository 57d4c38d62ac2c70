"""A painting in the colours of the picture it was painted over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the luminosity, of ITU-R BT.601."""


def color_corrected(pixels: NDArray[np.uint8], target: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The painting with the target's histograms in L*a*b*, but its own luminosity.

    Args:
        pixels: The painting, (h, w, 3).
        target: The picture it was painted over, (h, w, 3).
    """
    painted, wanted = _lab(pixels), _lab(target)
    channels = [_matched(painted[..., c], wanted[..., c]) for c in range(3)]
    matched = np.stack(channels, axis=2).astype(np.uint8)
    coloured = cv2.cvtColor(matched, cv2.COLOR_LAB2RGB)
    return (_with_luminosity(coloured / 255, pixels / 255) * 255).astype(np.uint8)


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """L*a*b* in OpenCV's 8 bits."""
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.uint8, copy=False)


def _matched(channel: NDArray[np.uint8], target: NDArray[np.uint8]) -> NDArray[np.float64]:
    """One channel, (h, w), with the distribution of another: histogram specification."""
    counts = np.bincount(channel.ravel(), minlength=256)
    target_counts = np.bincount(target.ravel(), minlength=256)
    values = np.flatnonzero(target_counts)
    shares = np.cumsum(counts) / channel.size
    target_shares = np.cumsum(target_counts[values]) / target.size
    return np.interp(shares, target_shares, values)[channel]


def _with_luminosity(
    colours: NDArray[np.float64], source: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Hue and saturation of one picture, luminosity of another; both (h, w, 3), 0..1.

    The blend mode "luminosity" of the W3C's Compositing and Blending Level 1, section 13.
    """
    colours = colours + (_luminosity(source) - _luminosity(colours))
    middle = _luminosity(colours)
    lowest, highest = colours.min(-1, keepdims=True), colours.max(-1, keepdims=True)
    below, above = lowest < 0, highest > 1
    low_reach = np.where(below, middle - lowest, 1)
    colours = np.where(below, middle + (colours - middle) * middle / low_reach, colours)
    high_reach = np.where(above, highest - middle, 1)
    return np.where(above, middle + (colours - middle) * (1 - middle) / high_reach, colours)


def _luminosity(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    red, green, blue = LUMA
    return (colours[..., :1] * red) + (colours[..., 1:2] * green) + (colours[..., 2:] * blue)
