"""Latents to pixels and back: the KL autoencoder of latent diffusion (arXiv:2112.10752)."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from math import isqrt
from typing import TYPE_CHECKING

import torch

from velatura.models.blending import blended, magnified
from velatura.models.coding import decode, encode
from velatura.models.latent_colours import fit_colours, published_colours
from velatura.models.paths import path_for
from velatura.models.room import parts_that_fit
from velatura.upscalers.tiles import tile_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.models.latent_colours import Colours
    from velatura.models.paths import Path
    from velatura.models.turns import Turns
    from velatura.models.vae_network import VaeNetwork
    from velatura.upscalers.tiles import Grid

STABLE_DIFFUSION_1 = (128, 256, 512, 512)
"""Channels of the one whose colours are published."""

DECODING, ENCODING = 8, 4.5
"""Features that either takes at its peak for each pixel, of as many channels as its finest level
has: 7.6 to 6.6 and 4 measured, of Stable Diffusion 1.5's at 256² to 512² on a processor."""

LEAST_TILE, OVERLAP = 32, 16
"""Sides of the smallest tile, and what neighbours share, in latent cells."""


class Autoencoder:
    """An autoencoder whose pictures are eight times as wide and high as its latents.

    Args:
        network: The autoencoder.
        path: How it is computed; None is as suits the device it is on.
        turns: Where it takes its turn to compute; None computes where it lies.

    Attributes:
        network: The autoencoder.
        path: How it is computed.
        scale: The latents' factor to unit variance; 0.18215 for SD 1.x.
        factor: Pixels per latent cell, along a side.
    """

    def __init__(
        self, network: VaeNetwork, path: Path | None = None, turns: Turns | None = None
    ) -> None:
        self.network = network
        self._turns = turns
        self.path = path or path_for(network.device, network.dtype)
        self.scale = network.sizes.scale_factor
        self.factor = 2 ** (len(network.sizes.channels) - 1)

    def on(self, network: VaeNetwork) -> Autoencoder:
        """The same around other weights."""
        return Autoencoder(network, self.path, self._turns)

    @cached_property
    def colours(self) -> Colours:
        """The colour of a latent cell, (c + 1, 3): see :mod:`velatura.models.latent_colours`."""
        if self.network.sizes.channels == STABLE_DIFFUSION_1:
            return published_colours()
        return fit_colours(self.decode, self.network.sizes.latent_channels, self.factor)

    def tiles(self, height: int, width: int, features: float = DECODING) -> Grid:
        """The tiles in which latents of a size have to be decoded: one, if memory allows.

        Args:
            height: Latent cells.
            width: Latent cells.
            features: :data:`DECODING`, or :data:`ENCODING` for the other way.
        """
        self._bring()
        network = self.network
        channels, itemsize = network.sizes.channels[0], network.dtype.itemsize
        cell_bytes = features * channels * itemsize * self.factor**2
        fitting = parts_that_fit(height * width, cell_bytes, network.device)
        is_whole = fitting == height * width or self._wraps
        side = 0 if is_whole else max(LEAST_TILE, isqrt(fitting))
        return tile_grid(width, height, tile=side, overlap=OVERLAP)

    def decode(self, latents: Tensor, grid: Grid | None = None) -> Tensor:
        """The picture of one latent.

        Args:
            latents: (c h w), of unit variance.
            grid: The tiles to decode it in; None asks :meth:`tiles`.

        Returns:
            Float32 pixels, (3, h·8, w·8), about -1..1, sRGB-encoded, not clipped.
        """
        grid = grid or self.tiles(*latents.shape[1:])
        self._bring()
        scaled = latents.to(self.network.device, self.network.dtype) / self.scale
        return self._by_tiles(grid, self.factor, lambda y, x: self._decoded(scaled[:, y, x]))

    def encode(self, pixels: Tensor) -> Tensor:
        """The latent of one picture: the mean of the encoder's distribution.

        Args:
            pixels: (3, h, w), -1..1, sRGB-encoded. What is left over of sides that are no multiples
                of 8 is seen, and has no latent of its own.

        Returns:
            Float32 latents, (c, h/8, w/8), of unit variance.
        """
        height, width = (side // self.factor for side in pixels.shape[1:])

        def tile(y: slice, x: slice) -> Tensor:
            rows = self._pixels(y, height)
            return self._encoded(pixels[:, rows, self._pixels(x, width)])

        return self._by_tiles(self.tiles(height, width, ENCODING), 1, tile)

    def _bring(self) -> None:
        if self._turns:
            self._turns.bring(self.network)

    def _pixels(self, cells: slice, length: int) -> slice:
        """The pixels of cells along a side of so many, at its end with those left over."""
        part = magnified(cells, self.factor)
        return part if cells.stop < length else slice(part.start, None)

    def _by_tiles(self, grid: Grid, factor: int, make: Callable[[slice, slice], Tensor]) -> Tensor:
        least = grid if self._wraps else tile_grid(*grid.size, tile=LEAST_TILE, overlap=OVERLAP)
        if grid != least:
            # Others may have taken what was free, or it lies in pieces. Not tried again within a
            # handler, where the error would still hold what was made so far.
            with suppress(torch.OutOfMemoryError):
                return blended(grid, factor, make)
        return blended(least, factor, make)

    @property
    def _wraps(self) -> bool:
        """Whether it makes edges meet: tiles would make each its own edges meet."""
        return self.network.decoder.conv_in.padding_mode == "circular"

    def _decoded(self, scaled: Tensor) -> Tensor:
        return decode(self.network, scaled[None], self.path)[0].float()

    def _encoded(self, pixels: Tensor) -> Tensor:
        picture = pixels[None].to(self.network.device, self.network.dtype)
        return encode(self.network, picture, self.path)[0].float() * self.scale


def to_uint8(pixels: Tensor) -> NDArray[np.uint8]:
    """What :func:`to_eight_bits` gives, on the host."""
    return to_eight_bits(pixels).cpu().numpy()


def to_eight_bits(pixels: Tensor) -> Tensor:
    """Eight-bit pixels: trunc(255 · clamp((v + 1) / 2, 0, 1)). Truncated, as A1111 does.

    Args:
        pixels: (3, h, w), -1..1.

    Returns:
        (h, w, 3) uint8, where they were. Not-a-number becomes 0.
    """
    unit = ((pixels.float() + 1) / 2).nan_to_num(nan=0.0).clamp(0, 1)
    return (255 * unit).to(torch.uint8).permute(1, 2, 0)
