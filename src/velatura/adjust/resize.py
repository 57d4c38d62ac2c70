"""Resize: the picture resampled to another size.

Kernels are widened when a picture shrinks, so that each output pixel averages all that it covers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from velatura.adjust.planes import filter_pixels
from velatura.errors import RequestError
from velatura.records.bitmap import LARGEST_AREA, LARGEST_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Pixels
    from velatura.records.adjustments import Kernel, Resize

KERNELS: dict[Kernel, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def apply_resize(adjustment: Resize, pixels: Pixels) -> Pixels:
    """The pixels at their new size; where that is the old one, untouched."""
    size = resized_size(adjustment, pixels.shape[1], pixels.shape[0])
    if size == (pixels.shape[1], pixels.shape[0]):
        return pixels
    kernel = KERNELS[adjustment.kernel]
    if adjustment.kernel == "nearest":
        rows, columns = _nearest(pixels.shape[0], size[1]), _nearest(pixels.shape[1], size[0])
        return pixels[rows[:, None], columns]

    def mix(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(Image.fromarray(plane).resize(size, kernel))

    return filter_pixels(pixels, mix, linear_light=adjustment.linear_light)


def resized_size(adjustment: Resize, width: int, height: int) -> tuple[int, int]:
    """Width and height wanted.

    Raises:
        RequestError: more pixels than are allowed.
    """
    wanted = (
        adjustment.width or max(1, round(width * adjustment.height / height)),
        adjustment.height or max(1, round(height * adjustment.width / width)),
    )
    check_size(*wanted, field="width")
    return wanted


def check_size(width: int, height: int, *, field: str) -> None:
    """Refuse a result that no picture may have.

    Raises:
        RequestError: naming the size.
    """
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA:
        raise RequestError(
            f"{field}: the picture would have {width}x{height} pixels; each side may have "
            f"{LARGEST_SIDE}, and the whole {LARGEST_AREA}",
            field=field,
        )


def _nearest(old: int, new: int) -> NDArray[np.intp]:
    """For each new row or column the old one whose centre is nearest; the later of two."""
    return (np.arange(new) * 2 + 1) * old // (2 * new)
