"""Inpaint sketch: what was painted on a picture is where it is painted anew, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from velatura.errors import RequestError
from velatura.pipelines.canvas import flattened
from velatura.records import Bitmap

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKGROUND = "#ffffff"


def sketched(
    painted: Bitmap, original: Bitmap, *, transparency: float = 0.0, mask_blur: float = 4.0
) -> tuple[Bitmap, Bitmap]:
    """The picture and the mask that a sketch on a picture means, for an inpainting request.

    Args:
        painted: The picture with the sketch on it.
        original: The picture without.
        transparency: Of the sketch, from 0 to 100 percent.
        mask_blur: That of the request; the sketch is blurred likewise as it is laid on.

    Raises:
        RequestError: the two differ in size, or not at all, or the transparency is out of range.
    """
    if not 0 <= transparency <= 100:
        raise RequestError(
            f"transparency: must be from 0 to 100, got {transparency}", field="transparency"
        )
    if painted.size != original.size:
        raise RequestError(
            f"image: the sketch has {painted.size[0]}x{painted.size[1]} pixels, the picture "
            f"{original.size[0]}x{original.size[1]}; they must be of one size",
            field="image",
        )
    after, before = flattened(painted, BACKGROUND), flattened(original, BACKGROUND)
    mask = Image.fromarray(_changed(after, before))
    mask = ImageEnhance.Brightness(mask).enhance(1 - transparency / 100)
    soft = ImageFilter.GaussianBlur(mask_blur)
    laid_on = Image.fromarray(after).filter(soft)
    picture = Image.composite(laid_on, Image.fromarray(before), mask.filter(soft))
    return Bitmap(np.asarray(picture), profile=original.profile), Bitmap(np.asarray(mask))


def _changed(after: NDArray[np.uint8], before: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """255 where any channel differs, (h, w).

    Raises:
        RequestError: none does.
    """
    changed = (after != before).any(axis=2)
    if not changed.any():
        raise RequestError("image: nothing is painted on the picture", field="image")
    return np.where(changed, 255, 0).astype(np.uint8)
