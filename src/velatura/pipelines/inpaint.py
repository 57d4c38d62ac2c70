"""Words, a picture and a mask to pictures: painted anew under the mask, the same outside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from velatura.masking import latent_mask, resized_mask, spread_colours
from velatura.masking.soft import revealing_mask
from velatura.pipelines.ground import Ground
from velatura.pipelines.img2img import cells_of, latents_of, paint_over, upscaler_of, whole_ground
from velatura.pipelines.mask_view import masked_view
from velatura.pipelines.masked_picture import is_rounded, prepared, request_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.masking import Overlay
    from velatura.masking.mask import Mask
    from velatura.pipelines.kit import Kit
    from velatura.pipelines.masked_picture import Prepared
    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import Inpaint, Picture, Step


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
    masked = prepared(request, mask, upscaler_of(request, kit))
    pixels = masked.pixels
    if request.content != "original":
        pixels = spread_colours(pixels, _of_size(masked.latent_mask, pixels))
    latents = latents_of(pixels, request, kit)
    height, width = cells_of(request)
    share = latent_mask(masked.latent_mask, width, height, rounded=is_rounded(request))
    if (region := masked.overlay.region) and region.width > request.width:
        remarks += (
            f"{region.width}x{region.height} pixels were painted in "
            f"{request.width}x{request.height} and enlarged again; for more detail give a larger "
            "size, or paint less of the picture",
        )
    if not share.any():
        remarks += (
            "The mask is too small for the latents, nothing was painted; "
            "blur it less, paint only the masked area with less padding, or give a larger mask",
        )
    cells = torch.from_numpy(share).to(latents)
    if request.content in ("latent noise", "latent nothing"):
        latents = latents * (1 - cells)
    return Ground(
        latents=latents,
        noisy=request.content == "latent noise",
        mask=cells,
        soft=request.soft,
        beside=_view(request, masked, pixels, kit),
        colours=pixels if request.color_correction else None,
        overlay=_overlay(request, masked, cells) if request.overlay else None,
        remarks=remarks,
    )


def _of_size(mask: Mask, pixels: NDArray[np.uint8]) -> Mask:
    """The mask at the size of a picture."""
    height, width = pixels.shape[:2]
    return resized_mask(mask, "stretch", width, height)


def _view(request: Inpaint, masked: Prepared, pixels: NDArray[np.uint8], kit: Kit) -> Tensor | None:
    """What an inpainting checkpoint sees."""
    share = _of_size(masked.mask, pixels).astype(np.float32) / np.float32(255)
    if is_rounded(request):
        share = np.around(share)
    strength = request.conditioning_mask
    return masked_view(kit.model, pixels, share, strength, cells_of(request))


def _overlay(
    request: Inpaint, masked: Prepared, mask: Tensor
) -> Callable[[Tensor, Tensor], Overlay]:
    """What is laid over the result; with a soft mask, that depends on what became of it."""
    soft, overlay = request.soft, masked.overlay

    def same(_latent: Tensor, _begun: Tensor) -> Overlay:
        return overlay

    if soft is None:
        return same

    def revealing(latent: Tensor, begun: Tensor) -> Overlay:
        distance = (latent - begun).norm(dim=0).float().cpu().numpy()
        size = request.width, request.height
        return overlay.through(revealing_mask(distance, mask.float().cpu().numpy(), soft, size))

    return revealing
