"""Upsampling inside the U-Net, as the latent diffusion models were trained to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from torch import nn
from torch.nn.functional import interpolate

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor


class Doubling(nn.Module):
    """Both sides doubled, then convolved; only then brought to the size wanted.

    The sizes differ where a level had an odd number of rows or columns, that is for pictures whose
    sides are no multiple of 64. diffusers brings the features to that size before the
    convolution, which makes another picture.

    Args:
        conv: The convolution.
    """

    def __init__(self, conv: nn.Module) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, hidden_states: Tensor, output_size: tuple[int, int] | None = None) -> Tensor:
        """(b c h w) to (b c 2h 2w), or to ``output_size``."""
        return doubled(self.conv, hidden_states, output_size)


def doubled(
    convolve: Callable[[Tensor], Tensor], x: Tensor, size: tuple[int, int] | None
) -> Tensor:
    """(b c h w) to (b c 2h 2w), or to ``size``; see :class:`Doubling`."""
    x = convolve(interpolate(x, scale_factor=2.0, mode="nearest"))
    if size is None or x.shape[-2:] == size:
        return x
    return interpolate(x, size=size, mode="nearest")


def use_doubling(network: UNet2DConditionModel) -> None:
    """Put :class:`Doubling` in the place of every upsampler of a network being built."""
    for block in network.up_blocks:
        upsamplers = cast("nn.ModuleList | None", block.upsamplers)
        if upsamplers is not None:
            block.upsamplers = nn.ModuleList(
                Doubling(cast("nn.Module", entry.conv)) for entry in upsamplers
            )
