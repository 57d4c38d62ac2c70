"""The layers that U-Net and autoencoder share: residual blocks and attention.

A :class:`~velatura.models.paths.Path` computes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import interpolate, silu

if TYPE_CHECKING:
    from torch import Tensor, nn

    from velatura.models.blocks import Attention, Residual
    from velatura.models.paths import Path


def residual(path: Path, block: Residual, x: Tensor, shift: Tensor | None = None) -> Tensor:
    """A residual block.

    Args:
        path: How it is computed.
        block: Its weights.
        x: (b c h w).
        shift: What the time adds in the middle, (b c' 1 1) or (1 c' 1 1).
    """
    inner = path.convolve(block.conv1, silu(path.normalise(block.norm1, x), inplace=True), None)
    if shift is not None:
        inner.add_(shift)
    inner = silu(path.normalise(block.norm2, inner), inplace=True)
    if block.conv_shortcut is not None:
        x = path.convolve(block.conv_shortcut, x, None)
    return path.convolve(block.conv2, inner, x)


def attend(
    path: Path,
    attention: Attention,
    x: Tensor,
    told: tuple[Tensor, Tensor],
    added: Tensor,
) -> Tensor:
    """What each token finds in others.

    Args:
        path: How it is computed.
        attention: Its weights.
        x: The tokens that look, (b n c).
        told: Keys and values of those looked at, (b heads m width) each.
        added: What is added to the answer, (b n c).
    """
    keys, values = told
    queries = heads(attention.heads, path.project(attention.to_q, x, None))
    found = path.attend(queries, keys, values)
    return path.project(attention.to_out[0], found.transpose(1, 2).flatten(2), added)


def keys_and_values(path: Path, attention: Attention, x: Tensor) -> tuple[Tensor, Tensor]:
    """Those of tokens that are looked at, (b n c): (b heads n width) each."""
    keys = heads(attention.heads, path.project(attention.to_k, x, None))
    return keys, heads(attention.heads, path.project(attention.to_v, x, None))


def heads(count: int, tokens: Tensor) -> Tensor:
    """(b n heads·width) to (b heads n width)."""
    return tokens.unflatten(2, (count, -1)).transpose(1, 2)


def doubled(path: Path, conv: nn.Conv2d, x: Tensor, size: tuple[int, int] | None = None) -> Tensor:
    """Both sides doubled, then convolved; only then brought to the size wanted.

    The sizes differ where a level had an odd number of rows or columns, that is for pictures whose
    sides are no multiple of 64. diffusers brings the features to that size before the convolution,
    which makes another picture than latent diffusion models were trained to make.

    Args:
        path: How it is computed.
        conv: The convolution.
        x: (b c h w).
        size: Rows and columns wanted; None is both sides doubled.
    """
    x = path.convolve(conv, interpolate(x, scale_factor=2.0, mode="nearest"), None)
    if size is None or x.shape[-2:] == size:
        return x
    return interpolate(x, size=size, mode="nearest")


def as_tokens(x: Tensor) -> Tensor:
    """(b c h w) to (b h·w c); a view where the features lie channels last."""
    return x.flatten(2).transpose(1, 2)


def as_image(tokens: Tensor, size: tuple[int, int]) -> Tensor:
    """(b h·w c) to (b c h w)."""
    return tokens.transpose(1, 2).unflatten(2, size)
