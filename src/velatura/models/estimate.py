"""One estimate of the U-Net, as fast as the device computes it.

This walks through the modules of diffusers' network and gives what the network's own call gives,
to within rounding. It differs in what it does not do again: what the layers make of a prompt is
computed once for the prompt (:func:`read_text`), what they make of a time once for the time
(:func:`read_time`), and weights are brought into the kernels' layout once. How a device computes
is told by :data:`PATHS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from torch import nn
from torch.nn.functional import gelu, linear, pad, scaled_dot_product_attention, silu

from velatura.models.doubling import doubled
from velatura.models.layout import channels_last, packed_convolution, packed_matrix
from velatura.models.recording import record_on_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor

    from velatura.models.recording import Record

    Shifts = tuple[Tensor, ...]
    """What the time adds in each residual block, (b c 1 1) or (1 c 1 1), in walking order."""

    Texts = tuple[tuple[Tensor, Tensor], ...]
    """Keys and values of each cross-attention, (b heads n width), in walking order."""

    Walk = Callable[[Tensor, Shifts, Texts, Tensor | None], "Estimate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How a kind of device computes the network.

    Attributes:
        layout: How the features lie in memory.
        convolve: A convolution, and what is added to its result.
        project: A matrix with its bias, and what is added to its result.
        record: Records whole calls, to be played again; None where that gains nothing.
        compile: Compiles the walk through a network; None walks as it is.
    """

    layout: torch.memory_format
    convolve: Callable[[nn.Conv2d, Tensor, Tensor | None], Tensor]
    project: Callable[[nn.Linear, Tensor, Tensor | None], Tensor]
    record: Record | None = None
    compile: Callable[[Walk], Walk] | None = None


def _convolve(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    return conv(x) if added is None else conv(x).add_(added)


def _convolve_last(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    return _convolve(channels_last(conv), x, added)


def _project(matrix: nn.Linear, x: Tensor, added: Tensor | None = None) -> Tensor:
    product = linear(x, matrix.weight, matrix.bias)
    return product if added is None else product.add_(added)


def _convolve_packed(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    padding = cast("tuple[int, int]", conv.padding)
    if conv.padding_mode == "circular" and any(padding):
        x = pad(x, (padding[1], padding[1], padding[0], padding[0]), mode="circular")
        padding = (0, 0)
    weight = packed_convolution(conv, x, padding)
    sizes = (weight, conv.bias, padding, conv.stride, conv.dilation, conv.groups)
    pointwise = torch.ops.mkldnn._convolution_pointwise
    if added is None:
        return pointwise(x, *sizes, "none", [], "")
    return pointwise.binary(x, added, *sizes, "add", None, None, [], None)


def _project_packed(matrix: nn.Linear, x: Tensor, added: Tensor | None = None) -> Tensor:
    weight = packed_matrix(matrix, x[..., 0].numel())
    pointwise = torch.ops.mkldnn._linear_pointwise
    if added is None:
        return pointwise(x, weight, matrix.bias, "none", [], "")
    return pointwise.binary(x, added, weight, matrix.bias, "add")


PLAIN = Path(layout=torch.contiguous_format, convolve=_convolve, project=_project)
"""What any device can do."""

PATHS: Mapping[str, Path] = {
    "cpu": Path(layout=torch.channels_last, convolve=_convolve_packed, project=_project_packed),
    "cuda": Path(
        layout=torch.channels_last,
        convolve=_convolve_last,
        project=_project,
        record=record_on_card,
    ),
    "cuda, compiled": Path(
        layout=torch.channels_last,
        convolve=_convolve,
        project=_project,
        record=record_on_card,
        # One for all sizes that are multiples of 64 pixels, instead of one for each.
        compile=partial(torch.compile, dynamic=True, fullgraph=True),
    ),
}
"""Kind of device -> how it computes; those not named take :data:`PLAIN`."""


def path_for(network: UNet2DConditionModel, *, compiles: bool = False) -> Path:
    """How a network is computed where it lives, in its precision.

    Args:
        network: The U-Net.
        compiles: Whether to compile it, where that is in the table.
    """
    weight = network.conv_in.weight
    has_kernels = torch.backends.mkldnn.is_available() and weight.dtype is torch.float32
    if weight.device.type == "cpu" and not has_kernels:
        return PLAIN
    device = weight.device.type
    plainly = PATHS.get(device, PLAIN)
    return PATHS.get(f"{device}, compiled", plainly) if compiles else plainly


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
            _heads(attention, attention.to_k(context)).contiguous(),
            _heads(attention, attention.to_v(context)).contiguous(),
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
    residual, transformer = list(_walk(network))[-1]
    if inner is None:
        layers = _Layers(path, iter(shifts), iter(texts))
        inner = _inner(network, layers, surface)
    else:
        layers = _Layers(path, iter(shifts[-1:]), iter(texts[-1:]))
    x = layers.step(residual, transformer, torch.cat((inner, surface), dim=1))
    x = silu(cast("Any", network.conv_norm_out)(x), inplace=True)
    return Estimate(path.convolve(network.conv_out, x, None).contiguous(), inner)


def _inner(network: UNet2DConditionModel, layers: _Layers, surface: Tensor) -> Tensor:
    """All the way down and up again, but for the outermost block."""
    convolve = layers.path.convolve
    x, kept = surface, [surface]
    for block in network.down_blocks:
        for residual, transformer in _pairs(block):
            x = layers.step(residual, transformer, x)
            kept.append(x)
        for down in cast("Any", block.downsamplers) or ():
            x = convolve(down.conv, x, None)
            kept.append(x)
    for residual, transformer in _middle(network):
        x = layers.step(residual, transformer, x)
    for block in network.up_blocks:
        for residual, transformer in _pairs(block)[: len(kept) - 1]:
            x = layers.step(residual, transformer, torch.cat((x, kept.pop()), dim=1))
        for up in cast("Any", block.upsamplers) or ():
            x = doubled(lambda wide, up=up: convolve(up.conv, wide, None), x, _size(kept[-1]))
    return x


@dataclass(frozen=True, slots=True)
class _Layers:
    """The kinds of layers, and what they know of the time and the prompt."""

    path: Path
    shifts: Iterator[Tensor]
    texts: Iterator[tuple[Tensor, Tensor]]

    def step(self, residual: Any, transformer: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        """A residual block, and the transformer behind it where there is one."""
        x = self.residual(residual, x)
        return x if transformer is None else self.transformer(transformer, x)

    def residual(self, block: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        convolve = self.path.convolve
        inner = convolve(block.conv1, silu(block.norm1(x), inplace=True), None)
        inner = silu(block.norm2(inner.add_(next(self.shifts))), inplace=True)
        if block.conv_shortcut is not None:
            x = convolve(block.conv_shortcut, x, None)
        return convolve(block.conv2, inner, x)

    def transformer(self, module: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        size = _size(x)
        inner = module.norm(x)
        if module.use_linear_projection:
            tokens = self.path.project(module.proj_in, _tokens(inner), None)
        else:
            tokens = _tokens(self.path.convolve(module.proj_in, inner, None))
        for block in module.transformer_blocks:
            tokens = self.block(block, tokens)
        if module.use_linear_projection:
            return _image(self.path.project(module.proj_out, tokens, _tokens(x)), size)
        return self.path.convolve(module.proj_out, _image(tokens, size), x)

    def block(self, block: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        project = self.path.project
        seen = block.norm1(x)
        keys = _heads(block.attn1, project(block.attn1.to_k, seen, None))
        values = _heads(block.attn1, project(block.attn1.to_v, seen, None))
        x = self.attend(block.attn1, seen, (keys, values), x)
        x = self.attend(block.attn2, block.norm2(x), next(self.texts), x)
        wide, gate = project(block.ff.net[0].proj, block.norm3(x), None).chunk(2, dim=-1)
        return project(block.ff.net[2], gelu(gate).mul_(wide), x)

    def attend(
        self,
        attention: Any,  # noqa: ANN401
        x: Tensor,
        told: tuple[Tensor, Tensor],
        added: Tensor,
    ) -> Tensor:
        keys, values = told
        queries = _heads(attention, self.path.project(attention.to_q, x, None))
        found = scaled_dot_product_attention(queries, keys, values)
        return self.path.project(attention.to_out[0], found.transpose(1, 2).flatten(2), added)


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


def _tokens(x: Tensor) -> Tensor:
    """(b c h w) to (b h·w c); a view where the features lie channels last."""
    return x.flatten(2).transpose(1, 2)


def _image(tokens: Tensor, size: tuple[int, int]) -> Tensor:
    """(b h·w c) to (b c h w)."""
    return tokens.transpose(1, 2).unflatten(2, size)


def _heads(attention: Any, tokens: Tensor) -> Tensor:  # noqa: ANN401
    """(b n heads·width) to (b heads n width)."""
    return tokens.unflatten(2, (attention.heads, -1)).transpose(1, 2)
