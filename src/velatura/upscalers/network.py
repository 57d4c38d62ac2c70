"""A neural network as an upscaler of eight-bit pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import pad

from velatura.records.upscale import OVERLAP, TILE
from velatura.upscalers.driver import Upscaler
from velatura.upscalers.resample import lanczos
from velatura.upscalers.tiles import enlarge_tiles, tile_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PixelNetwork:
    """A network that makes larger pictures of pictures.

    Attributes:
        module: (1 3 h w), RGB, 0..1 -> (1 3 h·scale w·scale), about 0..1; holds the weights.
        scale: Its factor.
        multiple: Sides of what it takes are multiples of this; pictures are continued by their
            mirror image for it, and the result is cut.
        run: Called in place of the module, where it wants to be called in its own way.
    """

    module: nn.Module
    scale: int
    multiple: int = 1
    run: Callable[[Tensor], Tensor] | None = None

    @property
    def networks(self) -> tuple[nn.Module, ...]:
        """What holds its weights."""
        return (self.module,)

    @torch.inference_mode()
    def enlarge(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """One picture or tile, enlarged: round(255 · clamp(v, 0, 1)).

        Args:
            pixels: (h, w, 3).

        Returns:
            (h·scale, w·scale, 3); not-a-number becomes 0.
        """
        height, width = pixels.shape[:2]
        weight = next(self.module.parameters())
        values = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]
        values = self._filled_up(values.to(weight.device).to(weight.dtype).div_(255))
        large = (self.run or self.module)(values)[0, :, : height * self.scale, : width * self.scale]
        large = large.float().nan_to_num(nan=0.0).clamp_(0, 1).mul_(255).round_().to(torch.uint8)
        return large.permute(1, 2, 0).contiguous().cpu().numpy()

    def _filled_up(self, values: Tensor) -> Tensor:
        """With more pixels on the right and at the bottom, where sides do not suit."""
        below, right = (-side % self.multiple for side in values.shape[2:])
        if not below and not right:
            return values
        can_mirror = values.shape[2] > below and values.shape[3] > right
        return pad(values, (0, right, 0, below), mode="reflect" if can_mirror else "replicate")


def network_upscaler(
    label: str, network: PixelNetwork, *, tile: int = TILE, overlap: int = OVERLAP
) -> Upscaler:
    """The upscaler that a network is.

    Args:
        label: Its name.
        network: The network.
        tile: Longest side of a tile; 0 takes each picture in one.
        overlap: Pixels that neighbouring tiles share.
    """

    def steps(width: int, height: int) -> int:
        return tile_grid(width, height, tile=tile, overlap=overlap).count

    enlarge = partial(_enlarged, network, tile, overlap)
    return Upscaler(label=label, enlarge=enlarge, scale=network.scale, steps=steps)


def _enlarged(
    network: PixelNetwork,
    tile: int,
    overlap: int,
    pixels: NDArray[np.uint8],
    width: int,  # noqa: ARG001
    height: int,  # noqa: ARG001
) -> Generator[None, None, NDArray[np.uint8]]:
    """One pass: colours through the network, alpha by Lanczos beside them."""
    old_height, old_width = pixels.shape[:2]
    grid = tile_grid(old_width, old_height, tile=tile, overlap=overlap)
    colours = yield from enlarge_tiles(pixels[:, :, :3], grid, network.scale, network.enlarge)
    if pixels.shape[2] == 3:
        return colours
    alpha = lanczos(pixels[:, :, 3:], old_width * network.scale, old_height * network.scale)
    return np.concatenate((colours, alpha), axis=2)
