"""Boxes as arrays of left, top, right, bottom: the arithmetic between a detector's stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def suppress(
    boxes: Floats, scores: Floats, limit: float, share: Literal["union", "smaller"] = "union"
) -> NDArray[np.intp]:
    """Indices of the boxes that stay, best first: none overlaps a better one too much.

    Args:
        boxes: (n, 4).
        scores: (n,).
        limit: Largest overlap that is tolerated, 0 to 1.
        share: What the common area is divided by: the area of both boxes together, or that of the
            smaller one (which finds boxes within boxes).
    """
    left, top, right, bottom = boxes.T
    areas = (right - left) * (bottom - top)
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while order.size:
        best, others = order[0], order[1:]
        kept.append(int(best))
        width = np.minimum(right[best], right[others]) - np.maximum(left[best], left[others])
        height = np.minimum(bottom[best], bottom[others]) - np.maximum(top[best], top[others])
        common = width.clip(min=0) * height.clip(min=0)
        if share == "union":
            whole = areas[best] + areas[others] - common
        else:
            whole = np.minimum(areas[best], areas[others])
        order = others[common <= limit * whole]
    return np.array(kept, dtype=np.intp)


def moved(boxes: Floats, offsets: Floats) -> Floats:
    """Boxes whose edges are moved by ``offsets``, (n, 4), in units of each box's own size."""
    size = boxes[:, 2:] - boxes[:, :2]
    return boxes + offsets * np.concatenate([size, size], axis=1)


def squared(boxes: Floats) -> Floats:
    """The square around the centre of each box, as large as its longer side."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([centre - half, centre + half], axis=1)
