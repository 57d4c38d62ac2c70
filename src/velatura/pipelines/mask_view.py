"""What an inpainting checkpoint sees beside the latents: the mask, and the picture without it.

Five channels: the mask, 1 where the picture is painted anew, and the latents of the picture with
grey under the mask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import interpolate

from velatura.diffusion.noise import LATENT_CELL
from velatura.pipelines.latents import signed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.models.base import Model


def blank_view(model: Model, size: tuple[int, int]) -> Tensor | None:
    """That of a picture which is painted anew everywhere, (1 5 h w).

    Args:
        model: The model; None comes back for one that sees no mask.
        size: Width and height in pixels.
    """
    if not model.sees_mask:
        return None
    width, height = size
    grey = model.autoencoder.encode(torch.zeros(3, height, width))[None]
    mask = grey.new_ones(1, 1, height // LATENT_CELL, width // LATENT_CELL)
    return torch.cat((mask, grey), dim=1)


def masked_view(
    model: Model,
    pixels: NDArray[np.uint8],
    mask: NDArray[np.float32],
    share: float,
    cells: tuple[int, int],
) -> Tensor | None:
    """That of a picture and its mask, (1 5 h w).

    Args:
        model: The model; None comes back for one that sees no mask.
        pixels: (h, w, 3).
        mask: (h, w), 0..1.
        share: How much of the picture under the mask is hidden, 0..1.
        cells: Height and width of the latents.
    """
    if not model.sees_mask:
        return None
    picture, hidden = signed(pixels), torch.from_numpy(mask)
    seen = torch.lerp(picture, picture * (1 - hidden), share)
    latents = model.autoencoder.encode(seen)[None]
    if latents.shape[2:] != cells:
        latents = interpolate(latents, size=cells, mode="bilinear")
    small = interpolate(hidden[None, None], size=cells).to(latents)
    return torch.cat((small, latents), dim=1)
