"""A picture and its mask, brought to the size of the painting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from velatura.errors import RequestError
from velatura.masking import (
    Overlay,
    blurred_mask,
    grey_mask,
    masked_region,
    resized_mask,
    strengthened_mask,
    widened,
)
from velatura.pipelines.canvas import flattened
from velatura.upscalers import resize_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.masking.mask import Mask
    from velatura.records import Inpaint
    from velatura.upscalers import ResizeMode, Upscaler


_FITTED = {
    "whole": "the mask was blurred in its own pixels, and brought to the painting's size like it",
    "masked": "the mask was stretched",
}
"""What becomes of a mask that has another size than the picture, by the painted area."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A picture and its masks, in pixels.

    Attributes:
        pixels: What is painted over, (h, w, 3).
        mask: Of the painting's size, (h, w).
        latent_mask: The same for the latents.
        overlay: What is laid over the result.
    """

    pixels: NDArray[np.uint8]
    mask: Mask
    latent_mask: Mask
    overlay: Overlay


def request_mask(request: Inpaint) -> tuple[Mask, tuple[str, ...]]:
    """The request's mask, inverted and blurred as it says, and what to know about it.

    To cut out a masked area, mask and picture have to lie on each other. Where the whole picture
    is painted the mask keeps its size until both are resized, each from its own.

    Raises:
        RequestError: it is empty, and the request says to refuse that.
    """
    mask = grey_mask(request.mask, rounded=is_rounded(request))
    remarks = ()
    size, picture_size = request.mask.size, request.image.size
    if size != picture_size:
        remarks = (
            f"The mask has {size[0]}x{size[1]} pixels, the picture "
            f"{picture_size[0]}x{picture_size[1]}; {_FITTED[request.area]}",
        )
        if request.area == "masked":
            mask = resized_mask(mask, "stretch", *picture_size)
    if request.invert:
        mask = 255 - mask
    blur_y = request.mask_blur if request.mask_blur_y is None else request.mask_blur_y
    mask = blurred_mask(mask, request.mask_blur, blur_y)
    if not mask.any() and request.empty_mask == "refuse":
        raise RequestError(
            "mask: nothing in it is white, so there is nothing to paint; draw something, invert "
            'it, or set empty_mask to "whole" to paint the whole picture',
            field="mask",
        )
    return mask, remarks


def is_rounded(request: Inpaint) -> bool:
    """Whether masks are black and white where they decide over latents."""
    return request.mask_round and request.soft is None


def prepared(request: Inpaint, mask: Mask, upscaler: Upscaler | None = None) -> Prepared:
    """The request's picture and masks.

    Args:
        request: The complete request.
        mask: As :func:`request_mask` gives it.
        upscaler: What enlarges a picture that is smaller than the painting.
    """
    original = flattened(request.image, request.background)
    size = request.width, request.height
    region = None
    if request.area == "masked" and (found := masked_region(mask, request.padding)):
        height, width = mask.shape
        region = widened(found, size, (width, height))
    if region is not None:
        overlay = Overlay(pixels=original, mask=mask, region=region)
        pixels = resize_picture(original[region.window], "fill", *size, upscaler)
        return _with_masks(request, pixels, mask, "fill", overlay)
    if request.resize_mode != "latent":
        mode = request.resize_mode
        pixels = resize_picture(original, mode, *size, upscaler)
        overlay = Overlay(pixels=pixels, mask=strengthened_mask(resized_mask(mask, mode, *size)))
        return _with_masks(request, pixels, mask, mode, overlay)
    if request.old_latent_overlay:
        overlay = _corner_overlay(original, strengthened_mask(resized_mask(mask, "fill", *size)))
        return _with_masks(request, original, mask, "fill", overlay)
    shown = resize_picture(original, "stretch", *size)
    overlay = Overlay(pixels=shown, mask=strengthened_mask(resized_mask(mask, "stretch", *size)))
    return _with_masks(request, original, mask, "stretch", overlay)


def _corner_overlay(original: NDArray[np.uint8], mask: Mask) -> Overlay:
    """The original at its own size in the upper left corner; beyond it all is painting."""
    height, width = original.shape[:2]
    rows, columns = min(height, mask.shape[0]), min(width, mask.shape[1])
    pixels = np.zeros((*mask.shape, 3), np.uint8)
    pixels[:rows, :columns] = original[:rows, :columns]
    shown = np.full_like(mask, 255)
    shown[:rows, :columns] = resized_mask(mask, "fill", width, height)[:rows, :columns]
    return Overlay(pixels=pixels, mask=shown)


def _with_masks(
    request: Inpaint, pixels: NDArray[np.uint8], mask: Mask, mode: ResizeMode, overlay: Overlay
) -> Prepared:
    def working(mask: Mask) -> Mask:
        shown = mask if overlay.region is None else mask[overlay.region.window]
        return resized_mask(shown, mode, request.width, request.height)

    own = None
    if request.latent_mask is not None:
        height, width = mask.shape
        grey = grey_mask(request.latent_mask, rounded=is_rounded(request))
        own = working(resized_mask(grey, "stretch", width, height))
    main = working(mask)
    latent = main if own is None else own
    return Prepared(pixels=pixels, mask=main, latent_mask=latent, overlay=overlay)
