"""One estimate of the U-Net, as fast as the device computes it.

What the layers make of a prompt is computed once for the prompt (:func:`read_text`), what they make
of a time once for the time (:func:`read_time`). diffusers' network gives the same to within
rounding, for sides that are multiples of 64 pixels (see :func:`~velatura.models.layers.doubled`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from math import log
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn
from torch.nn.functional import gelu, silu

from velatura.models.layers import (
    as_image,
    as_tokens,
    attend,
    doubled,
    heads,
    keys_and_values,
    residual,
)
from velatura.models.layout import channels_last

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from velatura.models.blocks import Level
    from velatura.models.paths import Path
    from velatura.models.unet_network import (
        TimedResidual,
        Transformer,
        TransformerBlock,
        UnetNetwork,
    )

    Shifts = tuple[Tensor, ...]
    """What the time adds in each residual block, (b c 1 1) or (1 c 1 1), in walking order."""

    Texts = tuple[tuple[Tensor, Tensor], ...]
    """Keys and values of each cross-attention, (b heads n width), in walking order."""

    Walk = Callable[[Tensor, Shifts, Texts, Tensor | None], "Estimate"]


def read_time(network: UnetNetwork, t: Tensor) -> Shifts:
    """What times mean to each residual block.

    Args:
        network: The U-Net.
        t: Training time of each latent, (b,), or of all, (1,); 0 to 999, fractions allowed.
    """
    embedding = network.time_embedding
    waves = _waves(t.to(network.device), embedding.linear_1.in_features).to(network.dtype)
    features = silu(embedding.linear_2(silu(embedding.linear_1(waves))))
    return tuple(block.time_emb_proj(features)[:, :, None, None] for block, _ in _walk(network))


def _waves(t: Tensor, count: int) -> Tensor:
    """Cosines and sines of times, (b count); section 3.5 of arXiv:1706.03762, cosines first."""
    places = torch.arange(count // 2, device=t.device, dtype=torch.float32)
    angles = t[:, None].float() * torch.exp(-log(10_000) * places / len(places))
    return torch.cat((angles.cos(), angles.sin()), dim=1)


def read_text(network: UnetNetwork, context: Tensor) -> Texts:
    """What a prompt means to each cross-attention.

    Args:
        network: The U-Net.
        context: Features of the prompt's tokens, (b n width).
    """
    context = context.to(network.device, network.dtype)
    attentions = (
        block.attn2
        for _, transformer in _walk(network)
        if transformer is not None
        for block in transformer.transformer_blocks
    )
    return tuple(
        (
            heads(attention.heads, attention.to_k(context)).contiguous(),
            heads(attention.heads, attention.to_v(context)).contiguous(),
        )
        for attention in attentions
    )


class Estimate(NamedTuple):
    """What the network predicts, and what it thought.

    Attributes:
        predicted: (b c h w).
        inner: Features before its outermost block, (b c' h w): all but the finest detail is
            decided in them. A later estimate may begin with them.
    """

    predicted: Tensor
    inner: Tensor


def walk_through(network: UnetNetwork, path: Path) -> Walk:
    """The network's :func:`estimate`, ready to be asked for again and again."""

    def walk(x: Tensor, shifts: Shifts, texts: Texts, inner: Tensor | None) -> Estimate:
        return estimate(network, x, shifts, texts, path, inner)

    if path.compile is None:
        return walk
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            channels_last(module)  # else compiled code would lay it so at every call
    return path.compile(walk)


def estimate(
    network: UnetNetwork,
    x: Tensor,
    shifts: Shifts,
    texts: Texts,
    path: Path,
    inner: Tensor | None = None,
) -> Estimate:
    """What the network predicts.

    Args:
        network: The U-Net.
        x: Scaled noisy latents in the network's precision, (b c h w).
        shifts: From :func:`read_time`.
        texts: From :func:`read_text`.
        path: From :func:`path_for`.
        inner: Those of an earlier estimate, in place of computing them: only the outermost block
            is gone through (DeepCache, Ma et al. 2023, arXiv:2312.00858).
    """
    surface = path.convolve(network.conv_in, x.contiguous(memory_format=path.layout), None)
    block, transformer = list(_walk(network))[-1]
    if inner is None:
        layers = _Layers(path, iter(shifts), iter(texts))
        inner = _inner(network, layers, surface)
    else:
        # Out of a snapshot they come in rows, and kernels' last bits depend on how features lie.
        inner = inner.contiguous(memory_format=path.layout)
        layers = _Layers(path, iter(shifts[-1:]), iter(texts[-1:]))
    x = layers.step(block, transformer, torch.cat((inner, surface), dim=1))
    x = silu(path.normalise(network.conv_norm_out, x), inplace=True)
    return Estimate(path.convolve(network.conv_out, x, None).contiguous(), inner)


def _inner(network: UnetNetwork, layers: _Layers, surface: Tensor) -> Tensor:
    """All the way down and up again, but for the outermost block."""
    convolve = layers.path.convolve
    x, kept = surface, [surface]
    for block in network.down_blocks:
        for layer, transformer in block.pairs():
            x = layers.step(layer, transformer, x)
            kept.append(x)
        for down in block.downsamplers:
            x = convolve(down.conv, x, None)
            kept.append(x)
    for layer, transformer in network.mid_block.pairs():
        x = layers.step(layer, transformer, x)
    for block in network.up_blocks:
        for layer, transformer in islice(block.pairs(), len(kept) - 1):
            x = layers.step(layer, transformer, torch.cat((x, kept.pop()), dim=1))
        for up in block.upsamplers:
            x = doubled(layers.path, up.conv, x, _size(kept[-1]))
    return x


@dataclass(frozen=True, slots=True)
class _Layers:
    """The kinds of layers, and what they know of the time and the prompt."""

    path: Path
    shifts: Iterator[Tensor]
    texts: Iterator[tuple[Tensor, Tensor]]

    def step(self, block: TimedResidual, transformer: Transformer | None, x: Tensor) -> Tensor:
        """A residual block, and the transformer behind it where there is one."""
        x = residual(self.path, block, x, next(self.shifts))
        return x if transformer is None else self.transformer(transformer, x)

    def transformer(self, module: Transformer, x: Tensor) -> Tensor:
        path, inner = self.path, self.path.normalise(module.norm, x)
        if isinstance(module.proj_in, nn.Linear):
            tokens = path.project(module.proj_in, as_tokens(inner), None)
        else:
            tokens = as_tokens(path.convolve(module.proj_in, inner, None))
        for block in module.transformer_blocks:
            tokens = self.block(block, tokens)
        if isinstance(module.proj_out, nn.Linear):
            return as_image(path.project(module.proj_out, tokens, as_tokens(x)), _size(x))
        return path.convolve(module.proj_out, as_image(tokens, _size(x)), x)

    def block(self, block: TransformerBlock, x: Tensor) -> Tensor:
        path, seen = self.path, block.norm1(x)
        x = attend(path, block.attn1, seen, keys_and_values(path, block.attn1, seen), x)
        x = attend(path, block.attn2, block.norm2(x), next(self.texts), x)
        wide, gate = path.project(block.ff.widening, block.norm3(x), None).chunk(2, dim=-1)
        return path.project(block.ff.narrowing, gelu(gate).mul_(wide), x)


def _walk(network: UnetNetwork) -> Iterator[tuple[TimedResidual, Transformer | None]]:
    """All pairs, in the order in which :func:`estimate` comes by."""
    levels: tuple[Level[TimedResidual, Transformer], ...]
    levels = (*network.down_blocks, network.mid_block, *network.up_blocks)
    return chain.from_iterable(level.pairs() for level in levels)


def _size(x: Tensor) -> tuple[int, int]:
    return x.shape[-2], x.shape[-1]
