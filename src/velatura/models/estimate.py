"""One estimate of the U-Net, as fast as the device computes it.

This walks through the modules of diffusers' network and gives what the network's own call gives,
to within rounding. It differs in what it does not do again: what the layers make of a prompt is
computed once for the prompt (:func:`read_text`), what they make of a time once for the time
(:func:`read_time`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from torch import nn
from torch.nn.functional import gelu, silu

from velatura.models.doubling import doubled
from velatura.models.layers import (
    as_image,
    as_tokens,
    attend,
    heads,
    keys_and_values,
    residual,
)
from velatura.models.layout import channels_last

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor

    from velatura.models.paths import Path

    Shifts = tuple[Tensor, ...]
    """What the time adds in each residual block, (b c 1 1) or (1 c 1 1), in walking order."""

    Texts = tuple[tuple[Tensor, Tensor], ...]
    """Keys and values of each cross-attention, (b heads n width), in walking order."""

    Walk = Callable[[Tensor, Shifts, Texts, Tensor | None], "Estimate"]


def read_time(network: UNet2DConditionModel, t: Tensor) -> Shifts:
    """What times mean to each residual block.

    Args:
        network: The U-Net.
        t: Training time of each latent, (b,), or of all, (1,); 0 to 999, fractions allowed.
    """
    weight = network.conv_in.weight
    waves = network.time_proj(t.to(weight.device)).to(weight.dtype)
    features = silu(network.time_embedding(waves))
    return tuple(block.time_emb_proj(features)[:, :, None, None] for block, _ in _walk(network))


def read_text(network: UNet2DConditionModel, context: Tensor) -> Texts:
    """What a prompt means to each cross-attention.

    Args:
        network: The U-Net.
        context: Features of the prompt's tokens, (b n width).
    """
    weight = network.conv_in.weight
    context = context.to(weight.device, weight.dtype)
    attentions = (
        block.attn2
        for _, transformer in _walk(network)
        if transformer is not None
        for block in transformer.transformer_blocks
    )
    return tuple(
        (
            heads(attention, attention.to_k(context)).contiguous(),
            heads(attention, attention.to_v(context)).contiguous(),
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


def walk_through(network: UNet2DConditionModel, path: Path) -> Walk:
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
    network: UNet2DConditionModel,
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
    x = silu(path.normalise(cast("nn.GroupNorm", network.conv_norm_out), x), inplace=True)
    return Estimate(path.convolve(network.conv_out, x, None).contiguous(), inner)


def _inner(network: UNet2DConditionModel, layers: _Layers, surface: Tensor) -> Tensor:
    """All the way down and up again, but for the outermost block."""
    convolve = layers.path.convolve
    x, kept = surface, [surface]
    for block in network.down_blocks:
        for layer, transformer in _pairs(block):
            x = layers.step(layer, transformer, x)
            kept.append(x)
        for down in cast("Any", block.downsamplers) or ():
            x = convolve(down.conv, x, None)
            kept.append(x)
    for layer, transformer in _middle(network):
        x = layers.step(layer, transformer, x)
    for block in network.up_blocks:
        for layer, transformer in _pairs(block)[: len(kept) - 1]:
            x = layers.step(layer, transformer, torch.cat((x, kept.pop()), dim=1))
        for up in cast("Any", block.upsamplers) or ():
            x = doubled(lambda wide, up=up: convolve(up.conv, wide, None), x, _size(kept[-1]))
    return x


@dataclass(frozen=True, slots=True)
class _Layers:
    """The kinds of layers, and what they know of the time and the prompt."""

    path: Path
    shifts: Iterator[Tensor]
    texts: Iterator[tuple[Tensor, Tensor]]

    def step(self, block: Any, transformer: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        """A residual block, and the transformer behind it where there is one."""
        x = residual(self.path, block, x, next(self.shifts))
        return x if transformer is None else self.transformer(transformer, x)

    def transformer(self, module: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        size = _size(x)
        inner = self.path.normalise(module.norm, x)
        if module.use_linear_projection:
            tokens = self.path.project(module.proj_in, as_tokens(inner), None)
        else:
            tokens = as_tokens(self.path.convolve(module.proj_in, inner, None))
        for block in module.transformer_blocks:
            tokens = self.block(block, tokens)
        if module.use_linear_projection:
            return as_image(self.path.project(module.proj_out, tokens, as_tokens(x)), size)
        return self.path.convolve(module.proj_out, as_image(tokens, size), x)

    def block(self, block: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        path, seen = self.path, block.norm1(x)
        x = attend(path, block.attn1, seen, keys_and_values(path, block.attn1, seen), x)
        x = attend(path, block.attn2, block.norm2(x), next(self.texts), x)
        wide, gate = path.project(block.ff.net[0].proj, block.norm3(x), None).chunk(2, dim=-1)
        return path.project(block.ff.net[2], gelu(gate).mul_(wide), x)


def _pairs(block: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401
    """A block's residual blocks, each with the transformer behind it or None."""
    transformers = getattr(block, "attentions", None) or [None] * len(block.resnets)
    return list(zip(block.resnets, transformers, strict=True))


def _middle(network: UNet2DConditionModel) -> Iterator[tuple[Any, Any]]:
    """The same of the middle, whose last residual block has none behind it."""
    block = cast("Any", network.mid_block)
    return zip(block.resnets, (*block.attentions, None), strict=True)


def _walk(network: UNet2DConditionModel) -> Iterator[tuple[Any, Any]]:
    """All pairs, in the order in which :func:`estimate` comes by."""
    for block in network.down_blocks:
        yield from _pairs(block)
    yield from _middle(network)
    for block in network.up_blocks:
        yield from _pairs(block)


def _size(x: Tensor) -> tuple[int, int]:
    return x.shape[-2], x.shape[-1]
