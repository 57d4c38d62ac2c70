"""Words, a picture and a mask to pictures: painted anew under the mask, the same outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from velatura.errors import RequestError
from velatura.masking import (
    Overlay,
    blurred_mask,
    grey_mask,
    latent_mask,
    masked_region,
    resized_mask,
    spread_colours,
    strengthened_mask,
    widened,
)
from velatura.masking.soft import revealing_mask
from velatura.pipelines.canvas import fitted, flattened
from velatura.pipelines.ground import Ground
from velatura.pipelines.img2img import cells_of, latents_of, paint_over, whole_ground
from velatura.pipelines.mask_view import masked_view
from velatura.upscalers import resize_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.masking.mask import Mask
    from velatura.pipelines.kit import Kit
    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import Inpaint, Picture, Step
    from velatura.upscalers import ResizeMode


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


def inpaint(request: Inpaint, kit: Kit, resume: Snapshot | None = None) -> Iterator[Step | Picture]:
    """A step after each sampling step, and a picture for each seed, batch by batch.

    Args:
        request: The complete request.
        kit: What to paint with.
        resume: Where to carry on; batches finished before it are not made again.
    """
    yield from paint_over(ground(request, kit), request, kit, resume)


def ground(request: Inpaint, kit: Kit) -> Ground:
    """The request's picture, prepared to be painted over under its mask.

    Raises:
        RequestError: the mask is empty, and the request says to refuse that.
    """
    mask, remarks = request_mask(request)
    if not mask.any() and request.empty_mask == "whole":
        return whole_ground(request, kit)
    prepared = _prepared(request, mask, kit)
    pixels = prepared.pixels
    if request.content != "original":
        pixels = spread_colours(pixels, _of_size(prepared.latent_mask, pixels))
    latents = latents_of(pixels, request, kit)
    height, width = cells_of(request)
    share = latent_mask(prepared.latent_mask, width, height, rounded=is_rounded(request))
    if not share.any():
        remarks += (
            "The mask is too small for the latents, nothing was painted; "
            "paint only the masked area, or a larger mask",
        )
    cells = torch.from_numpy(share).to(latents)
    if request.content in ("latent noise", "latent nothing"):
        latents = latents * (1 - cells)
    return Ground(
        latents=latents,
        noisy=request.content == "latent noise",
        mask=cells,
        soft=request.soft,
        beside=_view(request, prepared, pixels, kit),
        colours=pixels if request.color_correction else None,
        overlay=_overlay(request, prepared, latents, cells) if request.overlay else None,
        remarks=remarks,
    )


def request_mask(request: Inpaint) -> tuple[Mask, tuple[str, ...]]:
    """The request's mask, inverted and blurred as it says, and what to know about it.

    Raises:
        RequestError: it is empty, and the request says to refuse that.
    """
    mask = grey_mask(request.mask, rounded=is_rounded(request))
    remarks = ()
    size, picture_size = request.mask.size, request.image.size
    if size != picture_size:
        remarks = (
            f"The mask has {size[0]}x{size[1]} pixels, the picture "
            f"{picture_size[0]}x{picture_size[1]}; the mask was stretched",
        )
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


def _prepared(request: Inpaint, mask: Mask, kit: Kit) -> Prepared:
    original = flattened(request.image, request.background)
    region = None
    if request.area == "masked" and (found := masked_region(mask, request.padding)):
        height, width = mask.shape
        region = widened(found, (request.width, request.height), (width, height))
    if region is not None:
        overlay = Overlay(pixels=original, mask=mask, region=region)
        pixels = fitted(original[region.window], "fill", request, kit)
        return _with_masks(request, pixels, mask, "fill", overlay)
    size = request.width, request.height
    if request.resize_mode != "latent":
        mode = request.resize_mode
        pixels = fitted(original, mode, request, kit)
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


def _of_size(mask: Mask, pixels: NDArray[np.uint8]) -> Mask:
    """The mask at the size of a picture."""
    height, width = pixels.shape[:2]
    return resized_mask(mask, "stretch", width, height)


def _view(
    request: Inpaint, prepared: Prepared, pixels: NDArray[np.uint8], kit: Kit
) -> Tensor | None:
    """What an inpainting checkpoint sees."""
    share = _of_size(prepared.mask, pixels).astype(np.float32) / np.float32(255)
    if is_rounded(request):
        share = np.around(share)
    strength = request.conditioning_mask
    return masked_view(kit.model, pixels, share, strength, cells_of(request))


def _overlay(
    request: Inpaint, prepared: Prepared, original: Tensor, mask: Tensor
) -> Callable[[Tensor], Overlay]:
    soft, overlay = request.soft, prepared.overlay
    if soft is None:
        return lambda _: overlay

    def revealing(latent: Tensor) -> Overlay:
        distance = (latent - original[0]).norm(dim=0).float().cpu().numpy()
        size = request.width, request.height
        shown = revealing_mask(distance, mask.float().cpu().numpy(), soft, size)
        return overlay.through(shown)

    return revealing
