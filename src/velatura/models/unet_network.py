"""The denoising U-Net's weights (arXiv:2112.10752, section 3.3), under their names in diffusers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, cast

from torch import nn

from velatura.models.blocks import GROUPS, Attention, Level, Resampling, Residual, Row

if TYPE_CHECKING:
    import torch

    from velatura.models.architecture import UnetArchitecture

EPS, TRANSFORMER_EPS = 1e-5, 1e-6
"""Added to the variance in group normalisations."""


class UnetNetwork(nn.Module):
    """The U-Net.

    Args:
        sizes: Its sizes.

    Attributes:
        sizes: Its sizes.
    """

    def __init__(self, sizes: UnetArchitecture) -> None:
        super().__init__()
        self.sizes = sizes
        finest, coarsest = sizes.channels[0], sizes.channels[-1]
        times = 4 * finest
        self.time_embedding = TimeEmbedding(finest, times)
        self.conv_in = nn.Conv2d(sizes.in_channels, finest, 3, padding=1)
        self.down_blocks: Row[Level[TimedResidual, Transformer]] = Row(_way_down(sizes, times))
        self.mid_block = Level(
            [TimedResidual(coarsest, coarsest, times) for _ in range(2)],
            [Transformer(coarsest, sizes.depth[-1], sizes)],
        )
        self.up_blocks: Row[Level[TimedResidual, Transformer]] = Row(_way_up(sizes, times))
        self.conv_norm_out = nn.GroupNorm(GROUPS, finest, EPS)
        self.conv_out = nn.Conv2d(finest, sizes.out_channels, 3, padding=1)

    @property
    def device(self) -> torch.device:
        """Where its weights lie."""
        return self.conv_in.weight.device

    @property
    def dtype(self) -> torch.dtype:
        """The precision it computes in."""
        return self.conv_in.weight.dtype


class TimeEmbedding(nn.Module):
    """What is made of a time's waves.

    Args:
        inputs: Waves.
        outputs: Features.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(inputs, outputs)
        self.linear_2 = nn.Linear(outputs, outputs)


class TimedResidual(Residual):
    """A residual block that is told the time.

    Args:
        inputs: Channels that come in.
        outputs: Channels that go out.
        times: Features of the time.
    """

    def __init__(self, inputs: int, outputs: int, times: int) -> None:
        super().__init__(inputs, outputs, EPS)
        self.time_emb_proj = nn.Linear(times, outputs)


class Transformer(nn.Module):
    """What looks at the whole picture and at the prompt.

    Args:
        channels: Channels in and out.
        depth: Blocks.
        sizes: The U-Net's.
    """

    def __init__(self, channels: int, depth: int, sizes: UnetArchitecture) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels, TRANSFORMER_EPS)
        self.proj_in = _projection(channels, sizes)
        self.transformer_blocks: Row[TransformerBlock] = Row(
            TransformerBlock(channels, sizes) for _ in range(depth)
        )
        self.proj_out = _projection(channels, sizes)


class TransformerBlock(nn.Module):
    """Tokens look at each other, then at the prompt, then each is thought over by itself.

    Args:
        width: Features of a token.
        sizes: The U-Net's.
    """

    def __init__(self, width: int, sizes: UnetArchitecture) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn1 = Attention(width, width, sizes.heads)
        self.norm2 = nn.LayerNorm(width)
        self.attn2 = Attention(width, sizes.context_width, sizes.heads)
        self.norm3 = nn.LayerNorm(width)
        self.ff = FeedForward(width, 4 * width)


class FeedForward(nn.Module):
    """A perceptron of which one half gates the other (GEGLU, arXiv:2002.05202).

    Args:
        width: Features in and out.
        inner: Features inside.
    """

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        nothing = nn.Identity()  # where training drops features: the next has number 2
        self.net = nn.ModuleList([Gated(width, inner), nothing, nn.Linear(inner, width)])

    @property
    def widening(self) -> nn.Linear:
        """To what is gated and what gates it."""
        return cast("Gated", self.net[0]).proj

    @property
    def narrowing(self) -> nn.Linear:
        """And back."""
        return cast("nn.Linear", self.net[2])


class Gated(nn.Module):
    """The first half of :class:`FeedForward`.

    Args:
        width: Features in.
        inner: Features out, once gated.
    """

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 2 * inner)


def _projection(channels: int, sizes: UnetArchitecture) -> nn.Linear | nn.Conv2d:
    if sizes.linear_projection:
        return nn.Linear(channels, channels)
    return nn.Conv2d(channels, channels, 1)


def _way_down(sizes: UnetArchitecture, times: int) -> list[Level[TimedResidual, Transformer]]:
    levels, before = [], sizes.channels[0]
    for level, channels in enumerate(sizes.channels):
        widths = (before, *[channels] * sizes.res_blocks[level])
        is_last = level == len(sizes.channels) - 1
        levels.append(
            Level(
                [TimedResidual(*pair, times) for pair in pairwise(widths)],
                _transformers(sizes, level, sizes.res_blocks[level]),
                downsamplers=[] if is_last else [Resampling(channels, stride=2)],
            )
        )
        before = channels
    return levels


def _way_up(sizes: UnetArchitecture, times: int) -> list[Level[TimedResidual, Transformer]]:
    levels, before, kept = [], sizes.channels[-1], _kept(sizes)
    for level in reversed(range(len(sizes.channels))):
        channels, count = sizes.channels[level], sizes.res_blocks[level] + 1
        widths = (before, *[channels] * (count - 1))
        levels.append(
            Level(
                [TimedResidual(width + kept.pop(), channels, times) for width in widths],
                _transformers(sizes, level, count),
                upsamplers=[Resampling(channels)] if level else [],
            )
        )
        before = channels
    return levels


def _kept(sizes: UnetArchitecture) -> list[int]:
    """Channels of what the way down keeps for the way up, in its order."""
    kept = [sizes.channels[0]]
    for channels, count in zip(sizes.channels, sizes.res_blocks, strict=True):
        kept += [channels] * (count + 1)  # the last is what leads to the next level
    return kept[:-1]


def _transformers(sizes: UnetArchitecture, level: int, count: int) -> list[Transformer]:
    channels, depth = sizes.channels[level], sizes.depth[level]
    return [
        Transformer(channels, depth, sizes) for _ in range(count if sizes.attention[level] else 0)
    ]
