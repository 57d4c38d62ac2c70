"""Enlarging pixels by plain resampling filters, and the rule that every pixel upscaler obeys.

An upscaler enlarges by its own factor, in as many passes as it needs; the driver
:func:`upscale` then brings the result to the target, whose sides are multiples of 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from velatura.errors import RequestError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PASSES = 3
"""An upscaler of fixed factor is run at most this often on its own output."""


class Enlarge(Protocol):
    """The function of an upscaler."""

    def __call__(self, pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
        """One pass over ``pixels``, (h, w, 3), towards width x height; any size may come back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaler:
    """An entry of ``UPSCALERS``.

    Attributes:
        label: The field's name for it.
        enlarge: One pass.
        summary: One line for a menu: what it is good for.
    """

    label: str
    enlarge: Enlarge
    summary: str = ""


def keep(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:  # noqa: ARG001
    """The pixels as they are."""
    return pixels


def lanczos(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resampled with a Lanczos window of three lobes; equal to the input where the size is."""
    return _resized(pixels, width, height, Image.Resampling.LANCZOS)


def nearest(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Each pixel repeated, or the nearest one taken."""
    return _resized(pixels, width, height, Image.Resampling.NEAREST)


def upscale(pixels: NDArray[np.uint8], factor: float, upscaler: Upscaler) -> NDArray[np.uint8]:
    """Pixels enlarged by a factor, each side rounded down to a multiple of 8.

    Args:
        pixels: uint8, (h, w, 3).
        factor: From the input's sides to the output's.
        upscaler: Who enlarges; a last Lanczos pass corrects the size where it differs.

    Raises:
        RequestError: the result would have no pixels.
    """
    height, width = pixels.shape[:2]
    target_width = int(width * factor / 8) * 8
    target_height = int(height * factor / 8) * 8
    if min(target_width, target_height) < 8:
        raise RequestError(
            f"factor: {factor} makes {width}x{height} smaller than 8 pixels; use a larger factor",
            field="factor",
        )
    wanted = int(width * factor), int(height * factor)
    for count in range(PASSES):
        before = pixels.shape[:2]
        if count and before[1] >= target_width and before[0] >= target_height:
            break
        pixels = upscaler.enlarge(pixels, *wanted)
        if pixels.shape[:2] == before:
            break
    return lanczos(pixels, target_width, target_height)


def _resized(
    pixels: NDArray[np.uint8], width: int, height: int, resampling: Image.Resampling
) -> NDArray[np.uint8]:
    """Rows first, then columns: newer Pillow picks the cheaper order, which clips differently."""
    if pixels.shape[:2] == (height, width):
        return pixels
    rows = Image.fromarray(pixels).resize((width, pixels.shape[0]), resampling)
    return np.asarray(rows.resize((width, height), resampling))
