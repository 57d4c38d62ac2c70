"""The KL autoencoder's weights (arXiv:2112.10752, appendix G), under their names in diffusers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import nn

from velatura.models.blocks import GROUPS, Attention, Level, Resampling, Residual, Row

if TYPE_CHECKING:
    import torch

    from velatura.models.architecture import VaeArchitecture

EPS = 1e-6
"""Added to the variance in group normalisations."""

COLOURS = 3


class VaeNetwork(nn.Module):
    """The autoencoder.

    Args:
        sizes: Its sizes.

    Attributes:
        sizes: Its sizes.
    """

    def __init__(self, sizes: VaeArchitecture) -> None:
        super().__init__()
        latents = sizes.latent_channels
        self.sizes = sizes
        self.encoder = Encoder(sizes)
        self.decoder = Decoder(sizes)
        self.quant_conv = nn.Conv2d(2 * latents, 2 * latents, 1)
        self.post_quant_conv = nn.Conv2d(latents, latents, 1)

    @property
    def device(self) -> torch.device:
        """Where its weights lie."""
        return self.decoder.conv_in.weight.device

    @property
    def dtype(self) -> torch.dtype:
        """The precision it computes in."""
        return self.decoder.conv_in.weight.dtype


class Encoder(nn.Module):
    """Pixels to mean and logarithm of the variance of latents.

    Args:
        sizes: The autoencoder's.
    """

    def __init__(self, sizes: VaeArchitecture) -> None:
        super().__init__()
        finest, coarsest = sizes.channels[0], sizes.channels[-1]
        self.conv_in = nn.Conv2d(COLOURS, finest, 3, padding=1)
        self.down_blocks: Row[Level[Residual, PixelAttention]] = Row(
            Level(
                _residuals(before, channels, sizes.res_blocks),
                downsamplers=[Resampling(channels, stride=2, padding=0)] if level else [],
            )
            for level, (before, channels) in _levels((finest, *sizes.channels))
        )
        self.mid_block = _middle(coarsest)
        self.conv_norm_out = nn.GroupNorm(GROUPS, coarsest, EPS)
        self.conv_out = nn.Conv2d(coarsest, 2 * sizes.latent_channels, 3, padding=1)


class Decoder(nn.Module):
    """Latents to pixels.

    Args:
        sizes: The autoencoder's.
    """

    def __init__(self, sizes: VaeArchitecture) -> None:
        super().__init__()
        finest, coarsest = sizes.channels[0], sizes.channels[-1]
        self.conv_in = nn.Conv2d(sizes.latent_channels, coarsest, 3, padding=1)
        self.mid_block = _middle(coarsest)
        self.up_blocks: Row[Level[Residual, PixelAttention]] = Row(
            Level(
                _residuals(before, channels, sizes.res_blocks + 1),
                upsamplers=[Resampling(channels)] if level else [],
            )
            for level, (before, channels) in _levels((coarsest, *reversed(sizes.channels)))
        )
        self.conv_norm_out = nn.GroupNorm(GROUPS, finest, EPS)
        self.conv_out = nn.Conv2d(finest, COLOURS, 3, padding=1)


class PixelAttention(Attention):
    """Attention over all pixels, in one part.

    Args:
        channels: Channels in and out.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, channels, heads=1, biased=True)
        self.group_norm = nn.GroupNorm(GROUPS, channels, EPS)


def _levels(widths: tuple[int, ...]) -> list[tuple[int, tuple[int, int]]]:
    """Channels into and out of each level, numbered so that the last is 0."""
    pairs = list(pairwise(widths))
    return list(zip(reversed(range(len(pairs))), pairs, strict=True))


def _residuals(before: int, channels: int, count: int) -> list[Residual]:
    widths = (before, *[channels] * count)
    return [Residual(*pair, EPS) for pair in pairwise(widths)]


def _middle(channels: int) -> Level[Residual, PixelAttention]:
    return Level(_residuals(channels, channels, 2), [PixelAttention(channels)])
