"""Upsampling inside the U-Net, as the latent diffusion models were trained to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from torch import nn
from torch.nn.functional import interpolate

if TYPE_CHECKING:
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
        doubled = self.conv(interpolate(hidden_states, scale_factor=2.0, mode="nearest"))
        if output_size is None or doubled.shape[-2:] == output_size:
            return doubled
        return interpolate(doubled, size=output_size, mode="nearest")


def use_doubling(network: UNet2DConditionModel) -> None:
    """Put :class:`Doubling` in the place of every upsampler of a network being built."""
    for block in network.up_blocks:
        upsamplers = cast("nn.ModuleList | None", block.upsamplers)
        if upsamplers is not None:
            block.upsamplers = nn.ModuleList(
                Doubling(cast("nn.Module", entry.conv)) for entry in upsamplers
            )
