"""Styles that no source has, made from one that does: line art, and a cut-out as if photographed.

Each takes an RGBA cut-out and returns one of the same size; all are deterministic.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

INK = 25.0  # of 255
EDGE_LOW, EDGE_HIGH = (
    14.0,
    40.0,
)  # change from pixel to pixel, of 255, where a line begins and is full
LINE_SIDE = (
    160  # longest side at which lines are drawn, so that they have the same width everywhere
)


def _edges(pixels: np.ndarray) -> np.ndarray:
    """Return the largest change of any channel at each pixel: ``h w c`` to ``h w``."""
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = np.abs(padded[1:-1, 2:] - padded[1:-1, :-2])
    down = np.abs(padded[2:, 1:-1] - padded[:-2, 1:-1])
    return np.maximum(across, down).max(-1)


def line_art(picture: Image.Image) -> Image.Image:
    """Return the outlines of a cut-out and of its parts, dark on white."""
    scale = LINE_SIDE / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    margin = 4
    canvas = Image.new("RGBA", (size[0] + 2 * margin, size[1] + 2 * margin), (255, 255, 255, 0))
    canvas.paste(small, (margin, margin), small)
    smooth = np.asarray(canvas.filter(ImageFilter.GaussianBlur(1.2)), np.float32)
    strength = np.clip((_edges(smooth) - EDGE_LOW) / (EDGE_HIGH - EDGE_LOW), 0, 1)
    shade = Image.fromarray((255 - strength * (255 - INK)).astype(np.uint8))
    shade = shade.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(0.6))
    drawn = Image.merge("RGB", (shade, shade, shade))
    shape = canvas.getchannel("A").filter(ImageFilter.MaxFilter(5))
    drawn.putalpha(shape)
    return drawn.resize(picture.size, Image.Resampling.LANCZOS, box=(0, 0, *canvas.size))


def as_photographed(picture: Image.Image) -> Image.Image:
    """Return a rendered cut-out with the paler colours and softer edges of a photograph."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    grey = pixels.mean(-1, keepdims=True)
    pale = grey + 0.8 * (pixels - grey)
    toned = 255 * np.clip(pale / 255, 0, 1) ** 1.15  # darker middle tones
    photographed = Image.fromarray(toned.astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))
    photographed.putalpha(picture.getchannel("A").filter(ImageFilter.GaussianBlur(1.0)))
    return photographed
