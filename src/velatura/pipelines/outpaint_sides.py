"""Outpainting side by side: left, right, top, bottom, over noise in the picture's likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from velatura.masking.matched_noise import matched_noise
from velatura.pipelines.margins import blocks, frame_mask, grown_margins, part_request

if TYPE_CHECKING:
    from collections.abc import Generator

    from velatura.pipelines.margins import Pixels8
    from velatura.pipelines.parts import Parts
    from velatura.records import Outpaint, Step

Side = Literal["left", "right", "top", "bottom"]

CELL = 8


def paint_sides(request: Outpaint, pixels: Pixels8, parts: Parts) -> Generator[Step, None, Pixels8]:
    """The grown picture, (h, w, 3)."""
    for side, margin in _goes(request, pixels):
        pixels = yield from _continued(request, pixels, side, margin, parts)
    return pixels


def count_sides(request: Outpaint, pixels: Pixels8) -> int:
    """How many parts will be painted."""
    return len(_goes(request, pixels))


def _goes(request: Outpaint, pixels: Pixels8) -> list[tuple[Side, int]]:
    """Sides in order, and how many pixels each go adds to them."""
    height, width = pixels.shape[:2]
    margins = grown_margins(request, width, height)
    sides: dict[Side, tuple[int, int]] = {
        "left": (margins.left, request.width),
        "right": (margins.right, request.width),
        "top": (margins.top, request.height),
        "bottom": (margins.bottom, request.height),
    }
    goes: list[tuple[Side, int]] = []
    for side, (margin, painted) in sides.items():
        most = max(CELL, int(painted * request.most_new) // CELL * CELL)
        while margin > 0:
            goes.append((side, min(margin, most)))
            margin -= most
    return goes


def _continued(
    request: Outpaint, pixels: Pixels8, side: Side, margin: int, parts: Parts
) -> Generator[Step, None, Pixels8]:
    """The picture with one side grown, (h, w, 3)."""
    height, width = pixels.shape[:2]
    is_wide = side in ("left", "right")
    grown = (width + margin, height) if is_wide else (width, height + margin)
    canvas = np.zeros((blocks(grown[1]), blocks(grown[0]), 3), np.uint8)
    left, top = margin if side == "left" else 0, margin if side == "top" else 0
    canvas[top : top + height, left : left + width] = pixels
    blur = _blurs(request)
    mask = _side_mask(canvas.shape[:2], grown, side, margin, blur)
    canvas = matched_noise(canvas, mask, request.fall_off, request.color_variation)
    window = _window(request, canvas.shape[:2], grown, side)
    shown = mask[window]
    inset = (blur[0] * 2, blur[1] * 2)
    latent = _side_mask(shown.shape, grown, side, margin, inset)
    part = part_request(request, canvas[window], shown, latent, (blur[0] * 4, blur[1] * 4))
    canvas[window] = yield from parts.paint(part)
    return canvas[: grown[1], : grown[0]].copy()


def _blurs(request: Outpaint) -> tuple[float, float]:
    """Along rows and columns: there is none in a direction in which nothing grows."""
    across = request.mask_blur if request.left or request.right else 0.0
    return across, request.mask_blur if request.top or request.bottom else 0.0


def _side_mask(
    shape: tuple[int, ...],
    grown: tuple[int, int],
    side: Side,
    margin: int,
    inset: tuple[float, float],
) -> Pixels8:
    """White where it is new, and so far into the old as ``inset`` says, along rows and columns."""
    height, width = shape[:2]
    across, down = margin + int(inset[0]), margin + int(inset[1])
    return frame_mask(
        (width, height),
        across if side == "left" else 0,
        down if side == "top" else 0,
        width - across if side == "right" else grown[0],
        height - down if side == "bottom" else grown[1],
    )


def _window(
    request: Outpaint, shape: tuple[int, ...], grown: tuple[int, int], side: Side
) -> tuple[slice, slice]:
    """Rows and columns of the canvas that are painted: its end, as wide as a painting."""
    height, width = shape[:2]
    across = min(request.width, grown[0] // CELL * CELL)
    down = min(request.height, grown[1] // CELL * CELL)
    whole = slice(0, height), slice(0, width)
    return {
        "left": (whole[0], slice(0, across)),
        "right": (whole[0], slice(width - across, width)),
        "top": (slice(0, down), whole[1]),
        "bottom": (slice(height - down, height), whole[1]),
    }[side]
