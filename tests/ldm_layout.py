"""Random weights in the original Stable Diffusion 1.x single-file layout, for tests.

Names and shapes are written out from the layout itself, not through Velatura's own name table,
so that loading such a file checks that table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file

if TYPE_CHECKING:
    from pathlib import Path

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Sizes of a small latent diffusion model.

    Every count of channels is a multiple of 32, the groups of the networks' normalisations.
    """

    channels: tuple[int, ...] = (32, 64)
    res_blocks: tuple[int, ...] = (1, 1)
    attention: tuple[bool, ...] = (True, False)
    context: int = 32
    text_layers: int = 2
    vocabulary: int = 49408
    vae_channels: tuple[int, ...] = (32, 32, 32, 32)
    vae_res_blocks: int = 1
    in_channels: int = 4


def layout_shapes(layout: Layout) -> Shapes:
    """Every tensor of the checkpoint: full name -> shape."""
    parts = {
        "model.diffusion_model.": unet_shapes(layout),
        "first_stage_model.": vae_shapes(layout),
        "cond_stage_model.transformer.text_model.": text_shapes(layout),
    }
    return {prefix + name: shape for prefix, part in parts.items() for name, shape in part.items()}


def random_weights(shapes: Shapes, *, seed: int = 0) -> dict[str, torch.Tensor]:
    """Half-precision weights that keep activations near unit size."""
    generator = torch.Generator().manual_seed(seed)
    weights: dict[str, torch.Tensor] = {}
    for name, shape in shapes.items():
        if len(shape) == 1:
            value = torch.zeros(shape) if name.endswith("bias") else torch.ones(shape)
            value = value + 0.05 * torch.randn(shape, generator=generator)
        else:
            fan_in = 1 if "embedding" in name else max(1, torch.Size(shape[1:]).numel())
            value = torch.randn(shape, generator=generator) / fan_in**0.5
        weights[name] = value.half()
    return weights


def write_checkpoint(path: Path, layout: Layout | None = None, *, seed: int = 0) -> Path:
    """A checkpoint file of random weights and, beside it, the sidecar with the head count."""
    save_file(random_weights(layout_shapes(layout or Layout()), seed=seed), path)
    sidecar = {"velatura": {"text_model": {"num_attention_heads": 4}}}
    path.with_suffix(".json").write_text(json.dumps(sidecar))
    return path


def unet_shapes(layout: Layout) -> Shapes:
    base = layout.channels[0]
    time = 4 * base
    shapes: Shapes = {}
    shapes |= _layer("time_embed.0", time, base) | _layer("time_embed.2", time, time)
    shapes |= _layer("input_blocks.0.0", base, layout.in_channels, 3, 3)
    down, skips = _unet_down(layout, time)
    last = layout.channels[-1]
    shapes |= down | _unet_res("middle_block.0", last, last, time)
    shapes |= _unet_attention("middle_block.1", last, layout.context)
    shapes |= _unet_res("middle_block.2", last, last, time) | _unet_up(layout, time, skips)
    return shapes | _norm("out.0", base) | _layer("out.2", 4, base, 3, 3)


def _unet_down(layout: Layout, time: int) -> tuple[Shapes, list[int]]:
    """The way down, and the widths of what it hands across."""
    shapes: Shapes = {}
    skips, current, block = [layout.channels[0]], layout.channels[0], 1
    for level, width in enumerate(layout.channels):
        for _ in range(layout.res_blocks[level]):
            shapes |= _unet_res(f"input_blocks.{block}.0", current, width, time)
            if layout.attention[level]:
                shapes |= _unet_attention(f"input_blocks.{block}.1", width, layout.context)
            skips.append(width)
            current, block = width, block + 1
        if level < len(layout.channels) - 1:
            shapes |= _layer(f"input_blocks.{block}.0.op", width, width, 3, 3)
            skips.append(width)
            block += 1
    return shapes, skips


def _unet_up(layout: Layout, time: int, skips: list[int]) -> Shapes:
    shapes: Shapes = {}
    current, block = layout.channels[-1], 0
    for level in reversed(range(len(layout.channels))):
        width = layout.channels[level]
        for repeat in range(layout.res_blocks[level] + 1):
            shapes |= _unet_res(f"output_blocks.{block}.0", current + skips.pop(), width, time)
            if layout.attention[level]:
                shapes |= _unet_attention(f"output_blocks.{block}.1", width, layout.context)
            if level and repeat == layout.res_blocks[level]:
                place = 2 if layout.attention[level] else 1
                shapes |= _layer(f"output_blocks.{block}.{place}.conv", width, width, 3, 3)
            current, block = width, block + 1
    return shapes


def vae_shapes(layout: Layout) -> Shapes:
    widths, last = layout.vae_channels, layout.vae_channels[-1]
    shapes = _layer("encoder.conv_in", widths[0], 3, 3, 3)
    current = widths[0]
    for level, width in enumerate(widths):
        for block in range(layout.vae_res_blocks):
            shapes |= _vae_res(f"encoder.down.{level}.block.{block}", current, width)
            current = width
        if level < len(widths) - 1:
            shapes |= _layer(f"encoder.down.{level}.downsample.conv", width, width, 3, 3)
    shapes |= _vae_middle("encoder", last) | _layer("encoder.conv_out", 8, last, 3, 3)
    shapes |= _norm("encoder.norm_out", last) | _layer("quant_conv", 8, 8, 1, 1)
    shapes |= _layer("post_quant_conv", 4, 4, 1, 1) | _layer("decoder.conv_in", last, 4, 3, 3)
    shapes |= _vae_middle("decoder", last)
    current = last
    for level in reversed(range(len(widths))):
        for block in range(layout.vae_res_blocks + 1):
            shapes |= _vae_res(f"decoder.up.{level}.block.{block}", current, widths[level])
            current = widths[level]
        if level:
            shapes |= _layer(f"decoder.up.{level}.upsample.conv", current, current, 3, 3)
    return (
        shapes | _norm("decoder.norm_out", widths[0]) | _layer("decoder.conv_out", 3, current, 3, 3)
    )


def text_shapes(layout: Layout) -> Shapes:
    width = layout.context
    shapes: Shapes = {
        "embeddings.token_embedding.weight": (layout.vocabulary, width),
        "embeddings.position_embedding.weight": (77, width),
    }
    for layer in range(layout.text_layers):
        name = f"encoder.layers.{layer}"
        for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
            shapes |= _layer(f"{name}.self_attn.{projection}", width, width)
        shapes |= _norm(f"{name}.layer_norm1", width) | _norm(f"{name}.layer_norm2", width)
        shapes |= _layer(f"{name}.mlp.fc1", 4 * width, width)
        shapes |= _layer(f"{name}.mlp.fc2", width, 4 * width)
    return shapes | _norm("final_layer_norm", width)


def _layer(name: str, out: int, *rest: int, bias: bool = True) -> Shapes:
    shapes: Shapes = {f"{name}.weight": (out, *rest)}
    return shapes | ({f"{name}.bias": (out,)} if bias else {})


def _norm(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _unet_res(name: str, before: int, after: int, time: int) -> Shapes:
    shapes = _norm(f"{name}.in_layers.0", before)
    shapes |= _layer(f"{name}.in_layers.2", after, before, 3, 3)
    shapes |= _layer(f"{name}.emb_layers.1", after, time)
    shapes |= _norm(f"{name}.out_layers.0", after)
    shapes |= _layer(f"{name}.out_layers.3", after, after, 3, 3)
    if before != after:
        shapes |= _layer(f"{name}.skip_connection", after, before, 1, 1)
    return shapes


def _unet_attention(name: str, width: int, context: int) -> Shapes:
    shapes = _norm(f"{name}.norm", width) | _layer(f"{name}.proj_in", width, width, 1, 1)
    shapes |= _layer(f"{name}.proj_out", width, width, 1, 1)
    block = f"{name}.transformer_blocks.0"
    for attention, source in (("attn1", width), ("attn2", context)):
        shapes |= _layer(f"{block}.{attention}.to_q", width, width, bias=False)
        shapes |= _layer(f"{block}.{attention}.to_k", width, source, bias=False)
        shapes |= _layer(f"{block}.{attention}.to_v", width, source, bias=False)
        shapes |= _layer(f"{block}.{attention}.to_out.0", width, width)
    shapes |= _layer(f"{block}.ff.net.0.proj", 8 * width, width)
    shapes |= _layer(f"{block}.ff.net.2", width, 4 * width)
    for norm in ("norm1", "norm2", "norm3"):
        shapes |= _norm(f"{block}.{norm}", width)
    return shapes


def _vae_res(name: str, before: int, after: int) -> Shapes:
    shapes = _norm(f"{name}.norm1", before) | _layer(f"{name}.conv1", after, before, 3, 3)
    shapes |= _norm(f"{name}.norm2", after) | _layer(f"{name}.conv2", after, after, 3, 3)
    if before != after:
        shapes |= _layer(f"{name}.nin_shortcut", after, before, 1, 1)
    return shapes


def _vae_middle(part: str, width: int) -> Shapes:
    shapes = _vae_res(f"{part}.mid.block_1", width, width)
    shapes |= _vae_res(f"{part}.mid.block_2", width, width)
    shapes |= _norm(f"{part}.mid.attn_1.norm", width)
    for projection in ("q", "k", "v", "proj_out"):
        shapes |= _layer(f"{part}.mid.attn_1.{projection}", width, width, 1, 1)
    return shapes
