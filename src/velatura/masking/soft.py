"""Soft inpainting: what shows of a painting follows from how far it has gone from the original."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from velatura.masking.mask import resized_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.masking.mask import Mask
    from velatura.records import SoftInpainting

REACH = 2
"""Cells to each side that the filters look at."""

KERNEL_WIDTH = 1.5
"""The kernel falls to 1/e of its height at this many cells."""

FILTERS = ((0.9, 1.0), (0.25, 0.75))
"""Shares of the sorted neighbourhood that are averaged, first the highest, then the middle."""

EDGE_BLUR = 4
"""Radius in pixels of the blur that takes the steps of the latent grid away."""


def revealing_mask(
    distance: NDArray[np.float32],
    mask: NDArray[np.float32],
    soft: SoftInpainting,
    size: tuple[int, int],
) -> Mask:
    """How much of a painting shows, (height, width): 255 is the painting, 0 the original.

    With d the filtered distance and t the threshold, the original has the share
    ``smootherstep(1 / (1 + (d / t)^c))`` (Perlin 2002, doi:10.1145/566654.566636).

    Args:
        distance: Length of the latents' difference in each cell, (h w).
        mask: 1 where painted anew, (h w).
        soft: Threshold, contrast, and how far the mask moves the threshold.
        size: Width and height of the painting in pixels.
    """
    filtered = distance.astype(np.float64)
    for lowest, highest in FILTERS:
        filtered = weighted_percentiles(filtered, lowest, highest)
    hold = 1 - np.clip(mask, 0, 1) ** (soft.preservation / 2)
    hold = 0.5 * (1 - soft.mask_influence) + hold * soft.mask_influence
    threshold = soft.threshold * hold / (1.00001 - hold)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 / (1 + (filtered / threshold) ** soft.difference_contrast)
    share = np.nan_to_num(share, nan=1.0)  # no distance against no threshold
    cells = (255 * (1 - _smootherstep(share))).astype(np.uint8)
    grown = Image.fromarray(resized_mask(cells, "fill", *size))
    return np.asarray(grown.filter(ImageFilter.GaussianBlur(EDGE_BLUR)))


def weighted_percentiles(
    values: NDArray[np.float64], lowest: float, highest: float
) -> NDArray[np.float64]:
    """Each cell's mean over a part of its sorted neighbourhood.

    Neighbours are stacked in the order of their values, each as high as its weight; the mean is
    taken from ``lowest`` to ``highest`` of the stack, at least over a height of 1.

    Args:
        values: (h, w).
        lowest: Where the part begins, as a share of the stack.
        highest: Where it ends.
    """
    stacked, weights = _neighbours(values)
    order = np.argsort(stacked, axis=0)
    stacked = np.take_along_axis(stacked, order, 0)
    ends = np.cumsum(np.take_along_axis(weights, order, 0), axis=0)
    starts = np.concatenate((np.zeros_like(ends[:1]), ends[:-1]))
    total = ends[-1]
    begin, end = total * lowest, total * highest
    narrow = end - begin < 1
    middle = (begin + end) / 2
    begin, end = np.where(narrow, middle - 0.5, begin), np.where(narrow, middle + 0.5, end)
    over = np.maximum(end - total, 0) * narrow
    begin = np.maximum(begin - over, 0)
    end = np.where(narrow, begin + 1, end)
    shares = np.clip(np.minimum(end, ends) - np.maximum(begin, starts), 0, None)
    return (stacked * shares).sum(0) / shares.sum(0)


def kernel() -> NDArray[np.float64]:
    """Weights of a neighbourhood: a Gaussian that is cut so as to end in 0, and 1 in its middle."""
    offsets = np.arange(-REACH, REACH + 1)
    squares = offsets[:, None] ** 2.0 + offsets[None, :] ** 2.0
    end = np.exp(-((REACH + 1) ** 2) / KERNEL_WIDTH**2)
    return np.maximum(0, (np.exp(-squares / KERNEL_WIDTH**2) - end) / (1 - end))


def _neighbours(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each cell's neighbourhood and its weights, (cells, h, w); those outside weigh nothing."""
    height, width = values.shape
    padded, inside = np.pad(values, REACH), np.pad(np.ones_like(values), REACH)
    shifts = [(y, x) for y in range(2 * REACH + 1) for x in range(2 * REACH + 1)]
    weights = kernel()
    windows = [(slice(y, y + height), slice(x, x + width)) for y, x in shifts]
    return (
        np.stack([padded[window] for window in windows]),
        np.stack([inside[w] * weights[s] for w, s in zip(windows, shifts, strict=True)]),
    )


def _smootherstep(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x**3 * (x * (6 * x - 15) + 10)
