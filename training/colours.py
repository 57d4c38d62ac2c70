"""Colour words: what they look like as a background, and how a cut-out takes one on.

A cut-out is tinted by turning the hue of its dominant colour (the fullest bin of a histogram of
hues weighted by saturation) to the wanted hue; pixels of other hues, such as a green leaf or a
black tyre, keep theirs. Hue, saturation and value after Smith 1978, "Color Gamut Transform Pairs".
"""

from __future__ import annotations

import numpy as np
from PIL import Image

# Domain: 0..255, sRGB-encoded. Several shades a word, one is drawn at random.
BACKGROUNDS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "white": ((255, 255, 255), (250, 250, 250)),
    "grey": ((128, 128, 128), (160, 160, 160), (100, 100, 105)),
    "black": ((0, 0, 0), (18, 18, 20)),
    "red": ((200, 30, 35), (225, 60, 50)),
    "orange": ((245, 140, 30), (235, 120, 40)),
    "yellow": ((250, 215, 50), (245, 230, 90)),
    "green": ((50, 150, 70), (90, 180, 90), (30, 110, 60)),
    "blue": ((40, 90, 200), (30, 120, 220), (25, 60, 150)),
    "light blue": ((160, 210, 245), (190, 225, 250)),
    "purple": ((120, 60, 170), (150, 90, 200)),
    "pink": ((250, 160, 190), (245, 190, 210)),
    "brown": ((120, 80, 50), (140, 100, 65)),
    "beige": ((235, 220, 195), (225, 210, 180)),
}

# Hue in PIL's 0..255 and the factors on saturation and value that make the word true.
TINTS: dict[str, tuple[int, float, float]] = {
    "red": (0, 1.0, 1.0),
    "orange": (19, 1.05, 1.1),
    "yellow": (34, 1.0, 1.25),
    "green": (85, 0.9, 0.9),
    "blue": (152, 1.0, 1.0),
    "purple": (193, 0.9, 0.95),
    "pink": (236, 0.55, 1.1),
}
# Where a word's hues begin (PIL's 0..255); from 245 on it is red again.
HUE_STARTS = ((0, "red"), (10, "orange"), (28, "yellow"), (50, "green"), (115, "blue"),
              (178, "purple"), (215, "pink"), (245, "red"))  # fmt: skip
CLEAR_SHARE = 0.45  # of a cut-out's pixels, for a word to be true of it
HUE_REACH = 26  # how far from the dominant hue a pixel still turns with it, of 256


def dominant_hue(hsv: np.ndarray, alpha: np.ndarray) -> int:
    """Return the fullest hue (0..255) of an ``h w 3`` HSV picture, weighted by saturation."""
    weight = hsv[..., 1].astype(np.float64) * (alpha > 128) * (hsv[..., 2] > 50)
    counts, _ = np.histogram(hsv[..., 0], bins=32, range=(0, 256), weights=weight)
    smooth = counts + 0.5 * (np.roll(counts, 1) + np.roll(counts, -1))
    return int(np.argmax(smooth)) * 8 + 4


def tint(picture: Image.Image, word: str) -> Image.Image:
    """Return an RGBA cut-out in another colour."""
    hue, saturation, value = TINTS[word]
    alpha = np.asarray(picture.getchannel("A"))
    hsv = np.asarray(picture.convert("RGB").convert("HSV")).copy()
    offset = (hsv[..., 0].astype(np.int16) - dominant_hue(hsv, alpha) + 128) % 256 - 128
    turns = (np.abs(offset) < HUE_REACH) & (hsv[..., 1] > 40)
    hsv[..., 0] = np.where(turns, (hue + offset // 2) % 256, hsv[..., 0])
    for channel, factor in ((1, saturation), (2, value)):
        scaled = np.clip(hsv[..., channel] * factor, 0, 255).astype(np.uint8)
        hsv[..., channel] = np.where(turns, scaled, hsv[..., channel])
    tinted = Image.fromarray(hsv, "HSV").convert("RGB")
    tinted.putalpha(picture.getchannel("A"))
    return tinted


def colour_of(picture: Image.Image) -> str:
    """Return the colour word that is plainly true of an RGBA cut-out, or nothing."""
    opaque = np.asarray(picture.getchannel("A")) > 128
    hue, saturation, value = np.moveaxis(np.asarray(picture.convert("RGB").convert("HSV")), -1, 0)
    starts = np.array([start for start, _ in HUE_STARTS])
    words = np.array([word for _, word in HUE_STARTS])[np.searchsorted(starts, hue, "right") - 1]
    words = np.where((words == "red") & (saturation < 140) & (value > 190), "pink", words)
    warm = (words == "orange") | (words == "red") | (words == "yellow")
    words = np.where(warm & (value < 165) & (hue > 4) & (hue < 50), "brown", words)
    seen = words[opaque & (saturation > 70) & (value > 50)]
    if not len(seen):
        return ""
    names, counts = np.unique(seen, return_counts=True)
    fullest = int(counts.argmax())
    return str(names[fullest]) if counts[fullest] >= CLEAR_SHARE * opaque.sum() else ""
