"""The network of ESRGAN and Real-ESRGAN: residual blocks of densely connected convolutions.

Wang et al. 2018, "ESRGAN" (arXiv:1809.00219), section 3.1 and figure 4; the unshuffled input of
small factors is that of Wang et al. 2021, "Real-ESRGAN" (arXiv:2107.10833), section 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu, pixel_unshuffle

RESIDUAL_SCALE = 0.2
"""What a block adds to its input is weighted by this (beta in the paper)."""

SLOPE = 0.2
"""Of the leaky rectifier, below zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RRDBArchitecture:
    """Sizes of the network.

    Attributes:
        features: Channels between the blocks.
        growth: Channels that each convolution of a dense block adds.
        blocks: Residual-in-residual blocks.
        doublings: How often the picture is doubled at the end.
        unshuffle: Squares of this side become channels at the beginning.
    """

    features: int = 64
    growth: int = 32
    blocks: int = 23
    doublings: int = 2
    unshuffle: int = 1

    @property
    def scale(self) -> int:
        """Output pixels for one of the input, along a side."""
        return 2**self.doublings // self.unshuffle


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees the outputs of all before it."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        widths = [features + growth * index for index in range(5)]
        self.conv1 = _conv(widths[0], growth)
        self.conv2 = _conv(widths[1], growth)
        self.conv3 = _conv(widths[2], growth)
        self.conv4 = _conv(widths[3], growth)
        self.conv5 = _conv(widths[4], features)

    def forward(self, x: Tensor) -> Tensor:
        """(b c h w) -> the same shape."""
        seen = x.new_empty(len(x), self.conv5.in_channels, *x.shape[2:])
        seen[:, : x.shape[1]] = x
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            begin, end = conv.in_channels, conv.in_channels + conv.out_channels
            seen[:, begin:end] = _activated(conv(seen[:, :begin]))
        return self.conv5(seen).mul_(RESIDUAL_SCALE).add_(x)


class ResidualBlock(nn.Module):
    """Three dense blocks with a connection around them."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = DenseBlock(features, growth)
        self.rdb2 = DenseBlock(features, growth)
        self.rdb3 = DenseBlock(features, growth)

    def forward(self, x: Tensor) -> Tensor:
        """(b c h w) -> the same shape."""
        return self.rdb3(self.rdb2(self.rdb1(x))).mul_(RESIDUAL_SCALE).add_(x)


class RRDBNet(nn.Module):
    """Enlarges pictures by its scale. Parameters have the names that Real-ESRGAN's files use."""

    def __init__(self, architecture: RRDBArchitecture) -> None:
        super().__init__()
        features = architecture.features
        self.unshuffle = architecture.unshuffle
        self.conv_first = _conv(3 * self.unshuffle**2, features)
        self.body = nn.Sequential(
            *(ResidualBlock(features, architecture.growth) for _ in range(architecture.blocks))
        )
        self.conv_body = _conv(features, features)
        self.doublings = tuple(f"conv_up{index + 1}" for index in range(architecture.doublings))
        for name in self.doublings:
            self.add_module(name, _conv(features, features))
        self.conv_hr = _conv(features, features)
        self.conv_last = _conv(features, 3)

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge pictures.

        Args:
            picture: (b 3 h w), RGB, 0..1; sides in multiples of ``unshuffle``.

        Returns:
            (b 3 h·scale w·scale), about 0..1, not clipped.
        """
        first = self.conv_first(pixel_unshuffle(picture, self.unshuffle))
        features = self.conv_body(self.body(first)).add_(first)
        for name in self.doublings:
            doubled = interpolate(features, scale_factor=2, mode="nearest")
            features = _activated(self.get_submodule(name)(doubled))
        return self.conv_last(_activated(self.conv_hr(features)))


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def _activated(features: Tensor) -> Tensor:
    return leaky_relu(features, SLOPE, inplace=True)
