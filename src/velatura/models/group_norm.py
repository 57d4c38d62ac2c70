"""Group normalisation of features that lie channels last, on a processor.

PyTorch's own computes the variance as E[x²] - E[x]² over all of them in one sum, of which few
digits are left where the mean is large or a picture has many pixels. This one takes the squares of
what is left without the mean, some pixels at a time, and so needs no second copy of the features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

AT_ONCE = 2**20
"""Features: they stay in the processor's caches."""


def normalise_groups(norm: nn.GroupNorm, x: Tensor) -> Tensor:
    """What the layer's own call gives (Wu and He 2018, arXiv:1803.08494).

    Args:
        norm: The layer.
        x: (b c h w), channels last.

    Returns:
        (b c h w), channels last.
    """
    found = torch.empty_like(x)
    pixels = max(1, AT_ONCE // norm.num_channels)
    means = _by_groups(norm, x.mean((2, 3)))
    for mean, given, made in zip(means, _lines(x), _lines(found), strict=True):
        parts = given.split(pixels)
        squares = torch.stack([(part - mean).square_().mean(0) * len(part) for part in parts])
        variance = _by_groups(norm, squares.sum(0, keepdim=True) / len(given))[0]
        scale = norm.weight * (variance + norm.eps).rsqrt()
        shift = norm.bias - mean * scale
        for part, result in zip(parts, made.split(pixels), strict=True):
            torch.addcmul(shift, part, scale, out=result)
    return found


def _by_groups(norm: nn.GroupNorm, each: Tensor) -> Tensor:
    """The mean of each channel's group, in place of its own, (b c)."""
    groups = each.unflatten(1, (norm.num_groups, -1))
    return groups.mean(2, keepdim=True).expand_as(groups).flatten(1)


def _lines(x: Tensor) -> Tensor:
    """(b c h w) as (b h·w c); a view where they lie so."""
    return x.permute(0, 2, 3, 1).flatten(1, 2)
