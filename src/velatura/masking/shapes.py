"""Masks drawn as shapes: a rectangle, an ellipse, a polygon; and the transparent part of a picture.

Coordinates are pixels from the left and top edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from velatura.errors import RequestError
from velatura.records import Bitmap

if TYPE_CHECKING:
    from collections.abc import Sequence

WHITE = 255


def rectangle_mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> Bitmap:
    """White in a rectangle.

    Args:
        size: Width and height of the picture.
        box: Left, top, width and height; what lies outside the picture is left out.

    Raises:
        RequestError: nothing of it lies in the picture.
    """
    left, top, width, height = _checked_box(box)
    mask = np.zeros((size[1], size[0]), np.uint8)
    mask[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)] = WHITE
    return _bitmap(mask)


def ellipse_mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> Bitmap:
    """White in the ellipse that fills a rectangle: pixels whose centre lies in it.

    Args:
        size: Width and height of the picture.
        box: Left, top, width and height.

    Raises:
        RequestError: nothing of it lies in the picture.
    """
    left, top, width, height = _checked_box(box)
    x = (np.arange(size[0]) + 0.5 - left - width / 2) / (width / 2)
    y = (np.arange(size[1]) + 0.5 - top - height / 2) / (height / 2)
    inside = x[None, :] ** 2 + y[:, None] ** 2 <= 1
    return _bitmap(np.where(inside, WHITE, 0).astype(np.uint8))


def polygon_mask(size: tuple[int, int], corners: Sequence[tuple[float, float]]) -> Bitmap:
    """White in a polygon, its outline included.

    Args:
        size: Width and height of the picture.
        corners: Three points or more, (x, y) each.

    Raises:
        RequestError: fewer corners, or nothing of it lies in the picture.
    """
    if len(corners) < 3:
        raise RequestError(f"mask: a polygon needs three corners, got {len(corners)}", field="mask")
    image = Image.new("L", size)
    ImageDraw.Draw(image).polygon([*map(tuple, corners)], fill=WHITE)
    return _bitmap(np.asarray(image))


def transparent_mask(picture: Bitmap) -> Bitmap:
    """White where a picture is transparent, as far as it is.

    Raises:
        RequestError: it has no transparency.
    """
    pixels = picture.array
    if pixels.shape[2] != 4:
        raise RequestError("mask: the picture has no transparency to paint", field="mask")
    return _bitmap(np.iinfo(pixels.dtype).max - pixels[..., 3])


def _checked_box(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    if min(box[2:]) < 1:
        raise RequestError(
            f"mask: width and height must be at least 1, got {box[2]}x{box[3]}", field="mask"
        )
    return box


def _bitmap(mask: np.ndarray) -> Bitmap:
    if not mask.any():
        raise RequestError("mask: nothing of it lies in the picture", field="mask")
    return Bitmap(mask)
