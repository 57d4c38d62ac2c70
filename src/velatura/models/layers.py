"""The layers that U-Net and autoencoder share: residual blocks and attention.

The modules are diffusers'; a :class:`~velatura.models.paths.Path` computes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.nn.functional import silu

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.models.paths import Path


def residual(path: Path, block: Any, x: Tensor, shift: Tensor | None = None) -> Tensor:  # noqa: ANN401
    """A residual block.

    Args:
        path: How it is computed.
        block: The ``ResnetBlock2D``.
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
    attention: Any,  # noqa: ANN401
    x: Tensor,
    told: tuple[Tensor, Tensor],
    added: Tensor,
) -> Tensor:
    """What each token finds in others.

    Args:
        path: How it is computed.
        attention: The ``Attention``.
        x: The tokens that look, (b n c).
        told: Keys and values of those looked at, (b heads m width) each.
        added: What is added to the answer, (b n c).
    """
    keys, values = told
    queries = heads(attention, path.project(attention.to_q, x, None))
    found = path.attend(queries, keys, values)
    return path.project(attention.to_out[0], found.transpose(1, 2).flatten(2), added)


def keys_and_values(path: Path, attention: Any, x: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
    """Those of tokens that are looked at, (b n c): (b heads n width) each."""
    keys = heads(attention, path.project(attention.to_k, x, None))
    return keys, heads(attention, path.project(attention.to_v, x, None))


def heads(attention: Any, tokens: Tensor) -> Tensor:  # noqa: ANN401
    """(b n heads·width) to (b heads n width)."""
    return tokens.unflatten(2, (attention.heads, -1)).transpose(1, 2)


def as_tokens(x: Tensor) -> Tensor:
    """(b c h w) to (b h·w c); a view where the features lie channels last."""
    return x.flatten(2).transpose(1, 2)


def as_image(tokens: Tensor, size: tuple[int, int]) -> Tensor:
    """(b h·w c) to (b c h w)."""
    return tokens.transpose(1, 2).unflatten(2, size)
