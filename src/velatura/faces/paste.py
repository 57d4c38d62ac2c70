"""Putting a restored face back, so that no edge shows.

The mask is an ellipse in the standard pose, full over eyes, nose and mouth and falling off smoothly
to hairline, ears and chin. (A1111 asks a face-parsing network which pixels are skin; its weights
are not ours to ship.) Outside the ellipse the picture stays as it is, to the byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from velatura.faces.align import Similarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.faces.align import Points

    Pixels = NDArray[np.uint8 | np.uint16]

CENTRE = 256 + 288j
HALF_WIDTH, HALF_HEIGHT = 165.0, 205.0
"""The ellipse in the standard pose, in its pixels."""

FULL = 0.72
"""Share of the ellipse's radius within which the restored face stands alone."""


def face_weight(points: Points) -> NDArray[np.float32]:
    """How much of the restored face shows, 0 to 1, at points of the standard pose."""
    away = points - CENTRE
    radius = np.hypot(away.real / HALF_WIDTH, away.imag / HALF_HEIGHT)
    t = ((1 - radius) / (1 - FULL)).clip(0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def paste(pixels: Pixels, face: NDArray[np.uint8], similarity: Similarity) -> Pixels:
    """The picture with a face laid over it; values are truncated.

    Args:
        pixels: uint8 or uint16 RGB, (h, w, 3); not changed.
        face: uint8 RGB, (512, 512, 3), in the standard pose.
        similarity: From the picture to the standard pose.
    """
    left, top, right, bottom = _bounds(similarity.inverse, pixels.shape[1], pixels.shape[0])
    if left >= right or top >= bottom:
        return pixels
    rows, columns = np.mgrid[top:bottom, left:right]
    weight = face_weight(similarity(columns + 1j * rows))[:, :, None]
    shift = similarity.shift + similarity.turn * complex(left, top)
    laid = cv2.warpAffine(
        face,
        Similarity(similarity.turn, shift).matrix,
        (right - left, bottom - top),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    result = pixels.copy()
    region = result[top:bottom, left:right]
    depth = np.iinfo(pixels.dtype).max / 255
    region[:] = region + weight * (laid * np.float32(depth) - region)
    return result


def blend(before: Pixels, after: Pixels, visibility: float) -> Pixels:
    """(1 - visibility) of one picture and ``visibility`` of the other; values are truncated."""
    mixed = np.empty_like(before)
    for first, second, row in zip(before, after, mixed, strict=True):  # a row at a time: no copies
        row[:] = first + np.float32(visibility) * (second.astype(np.float32) - first)
    return mixed


def _bounds(to_picture: Similarity, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the part of the picture that the ellipse touches."""
    corners = CENTRE + np.array(
        [complex(x * HALF_WIDTH, y * HALF_HEIGHT) for x in (-1, 1) for y in (-1, 1)]
    )
    places = to_picture(corners)
    left, top = places.real.min(), places.imag.min()
    right, bottom = places.real.max() + 1, places.imag.max() + 1
    return (
        max(0, int(left)),
        max(0, int(top)),
        min(width, int(right) + 1),
        min(height, int(bottom) + 1),
    )
