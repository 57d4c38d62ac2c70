"""Group normalisation of features that lie channels last, on a processor.

PyTorch's own computes the variance as E[x²] - E[x]², of which few digits are left where the mean is
large, and sums over all pixels at once, which loses more where there are many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

MANY = 2**14
"""Pixels, beyond which sums over all of them lose digits."""

AT_ONCE = 2**20
"""Features: they stay in the processor's caches."""


def normalise_groups(norm: nn.GroupNorm, x: Tensor) -> Tensor:
    """What the layer's own call should give (Wu and He 2018, arXiv:1803.08494).

    Args:
        norm: The layer.
        x: (b c h w), channels last.

    Returns:
        (b c h w), channels last.
    """
    means = _by_groups(norm, x.mean((2, 3)))
    if x[0, 0].numel() <= MANY:
        return norm(x - means[:, :, None, None])
    found = torch.empty_like(x)
    for mean, given, made in zip(means, _lines(x), _lines(found), strict=True):
        _normalise_parts(norm, mean, given, made)
    return found


def _normalise_parts(norm: nn.GroupNorm, mean: Tensor, x: Tensor, found: Tensor) -> None:
    """Some pixels at a time, without a second copy of (h·w c)."""
    pixels = max(1, AT_ONCE // norm.num_channels)
    parts = x.split(pixels)
    squares = torch.stack([(part - mean).square_().mean(0) * len(part) for part in parts])
    variance = _by_groups(norm, squares.sum(0, keepdim=True) / len(x))[0]
    scale = norm.weight * (variance + norm.eps).rsqrt()
    shift = norm.bias - mean * scale
    for part, result in zip(parts, found.split(pixels), strict=True):
        torch.addcmul(shift, part, scale, out=result)


def _by_groups(norm: nn.GroupNorm, each: Tensor) -> Tensor:
    """The mean of each channel's group, in place of its own, (b c)."""
    groups = each.unflatten(1, (norm.num_groups, -1))
    return groups.mean(2, keepdim=True).expand_as(groups).flatten(1)


def _lines(x: Tensor) -> Tensor:
    """(b c h w) as (b h·w c); a view where they lie so."""
    return x.permute(0, 2, 3, 1).flatten(1, 2)
