"""The compact network of Real-ESRGAN: plain convolutions at the size of the input.

Only the last step goes up: the network says, for each pixel, by how much the pixels of its square
differ from it. Wang et al. 2021, "Real-ESRGAN" (arXiv:2107.10833), whose later releases call it
SRVGGNetCompact; the sub-pixel step is that of Shi et al. 2016 (arXiv:1609.05158).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import interpolate, pixel_shuffle


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactArchitecture:
    """Sizes of the network.

    Attributes:
        features: Channels between the convolutions.
        convolutions: Those between the first and the last.
        scale: Output pixels for one of the input, along a side.
    """

    features: int = 64
    convolutions: int = 16
    scale: int = 4


class CompactNet(nn.Module):
    """Enlarges pictures by its scale. Parameters have the names that Real-ESRGAN's files use."""

    def __init__(self, architecture: CompactArchitecture) -> None:
        super().__init__()
        features = architecture.features
        layers: list[nn.Module] = []
        for inputs in (3, *[features] * architecture.convolutions):
            layers += [nn.Conv2d(inputs, features, 3, padding=1), nn.PReLU(features)]
        layers.append(nn.Conv2d(features, 3 * architecture.scale**2, 3, padding=1))
        self.body = nn.Sequential(*layers)
        self.scale = architecture.scale

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge pictures.

        Args:
            picture: (b 3 h w), RGB, 0..1.

        Returns:
            (b 3 h·scale w·scale), about 0..1, not clipped.
        """
        differences = pixel_shuffle(self.body(picture), self.scale)
        return differences.add_(interpolate(picture, scale_factor=self.scale, mode="nearest"))
