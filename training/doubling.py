"""Upsampling in diffusers' U-Net, as the product computes it, so that tall pictures are learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from torch import nn

from velatura.models.layers import doubled
from velatura.models.paths import PLAIN

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor


class Doubling(nn.Module):
    """See :func:`velatura.models.layers.doubled`.

    Args:
        conv: The convolution.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, hidden_states: Tensor, output_size: tuple[int, int] | None = None) -> Tensor:
        """(b c h w) to (b c 2h 2w), or to ``output_size``."""
        return doubled(PLAIN, self.conv, hidden_states, output_size)


def use_doubling(network: UNet2DConditionModel) -> None:
    """Put :class:`Doubling` in the place of every upsampler."""
    for block in network.up_blocks:
        upsamplers = cast("nn.ModuleList | None", block.upsamplers)
        if upsamplers is not None:
            block.upsamplers = nn.ModuleList(
                Doubling(cast("nn.Conv2d", entry.conv)) for entry in upsamplers
            )
