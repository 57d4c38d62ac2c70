"""Latents to pixels and back: the KL autoencoder of latent diffusion (arXiv:2112.10752)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import torch

from velatura.models.latent_colours import fit_colours, published_colours

if TYPE_CHECKING:
    import numpy as np
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.models.latent_colours import Colours

STABLE_DIFFUSION_1 = (128, 256, 512, 512)
"""Channels of the one whose colours are published."""


class Autoencoder:
    """An autoencoder whose pictures are eight times as wide and high as its latents.

    Attributes:
        network: The autoencoder.
        scale: The latents' factor to unit variance; 0.18215 for SD 1.x.
        factor: Pixels per latent cell, along a side.
    """

    def __init__(self, network: AutoencoderKL) -> None:
        self.network = network
        self.scale: float = network.config["scaling_factor"]
        self.factor = 2 ** (len(network.config["block_out_channels"]) - 1)

    @cached_property
    def colours(self) -> Colours:
        """The colour of a latent cell, (c + 1, 3): see :mod:`velatura.models.latent_colours`."""
        if tuple(self.network.config["block_out_channels"]) == STABLE_DIFFUSION_1:
            return published_colours()
        return fit_colours(self.decode, self.network.config["latent_channels"], self.factor)

    def decode(self, latents: Tensor) -> Tensor:
        """The picture of one latent.

        Args:
            latents: (c h w), of unit variance.

        Returns:
            Float32 pixels, (3, h·8, w·8), about -1..1, sRGB-encoded, not clipped.
        """
        scaled = latents[None].to(self.network.device, self.network.dtype) / self.scale
        return self.network.decode(cast("Any", scaled), return_dict=False)[0][0].float()

    def encode(self, pixels: Tensor) -> Tensor:
        """The latent of one picture: the mean of the encoder's distribution.

        Args:
            pixels: (3, h, w), -1..1, sRGB-encoded; sides in multiples of 8.

        Returns:
            Float32 latents, (c, h/8, w/8), of unit variance.
        """
        picture = pixels[None].to(self.network.device, self.network.dtype)
        (distribution,) = self.network.encode(picture, return_dict=False)
        return distribution.mode()[0].float() * self.scale


def to_uint8(pixels: Tensor) -> NDArray[np.uint8]:
    """Eight-bit pixels: trunc(255 · clamp((v + 1) / 2, 0, 1)). Truncated, as A1111 does.

    Args:
        pixels: (3, h, w), -1..1.

    Returns:
        (h, w, 3) uint8. Not-a-number becomes 0.
    """
    unit = ((pixels.float() + 1) / 2).nan_to_num(nan=0.0).clamp(0, 1)
    return (255 * unit).to(torch.uint8).permute(1, 2, 0).cpu().numpy()
