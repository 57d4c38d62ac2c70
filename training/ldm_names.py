"""Names of weights in a Stable Diffusion 1.x single file, from the names that diffusers gives.

The layout is that of Rombach et al.'s published checkpoints: ``model.diffusion_model.*`` for the
denoiser, its blocks numbered in the order of the computation; ``first_stage_model.*`` for the
autoencoder; ``cond_stage_model.transformer.text_model.*`` for the text model.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

UNET_PREFIX = "model.diffusion_model."
AUTOENCODER_PREFIX = "first_stage_model."
TEXT_PREFIX = "cond_stage_model.transformer.text_model."

UNET_RESIDUAL = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
UNET_MIDDLE = {"resnets.0": "0", "attentions.0": "1", "resnets.1": "2"}
AUTOENCODER_PARTS = {
    "conv_shortcut": "nin_shortcut",
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}
AUTOENCODER_MIDDLE = {"resnets.0": "block_1", "attentions.0": "attn_1", "resnets.1": "block_2"}


def _replace_start(name: str, table: dict[str, str]) -> str:
    """Replace what the name starts with, up to a dot."""
    for old, new in table.items():
        if name.startswith(f"{old}."):
            return new + name[len(old) :]
    return name


def blocks_per_level(names: Iterable[str]) -> int:
    """Return the number of residual blocks of each level on the way down."""
    found = [re.match(r"down_blocks\.\d+\.resnets\.(\d+)\.", name) for name in names]
    return max(int(match[1]) for match in found if match) + 1


def unet_name(name: str, blocks: int, levels_with_attention: frozenset[int]) -> str:
    """Return one weight's name behind ``model.diffusion_model.``.

    Args:
        name: The name in diffusers.
        blocks: Residual blocks a level on the way down; the way up has one more.
        levels_with_attention: The up blocks (coarsest first) whose residual blocks have attention.
    """
    if found := re.fullmatch(r"(down|up)_blocks\.(\d+)\.(\w+)\.(\d+)\.(.+)", name):
        side, level, kind, index, rest = found[1], int(found[2]), found[3], int(found[4]), found[5]
        down = side == "down"
        per_level = blocks + 1
        folder = "input_blocks" if down else "output_blocks"
        number = level * per_level + index + (1 if down else 0)
        if kind == "resnets":
            return f"{folder}.{number}.0.{_replace_start(rest, UNET_RESIDUAL)}"
        if kind == "attentions":
            return f"{folder}.{number}.1.{rest}"
        if down:
            return f"{folder}.{(level + 1) * per_level}.0.op.{rest.removeprefix('conv.')}"
        place = 2 if level in levels_with_attention else 1
        return f"{folder}.{(level + 1) * per_level - 1}.{place}.{rest}"
    if name.startswith("mid_block."):
        inside = _replace_start(name.removeprefix("mid_block."), UNET_MIDDLE)
        number, rest = inside.split(".", 1)
        return f"middle_block.{number}." + (
            rest if number == "1" else _replace_start(rest, UNET_RESIDUAL)
        )
    return _replace_start(name, UNET_ENDS)


def unet_names(names: Iterable[str]) -> dict[str, str]:
    """Return the single-file name of every weight of a denoiser."""
    all_names = list(names)
    blocks = blocks_per_level(all_names)
    attention = frozenset(
        int(found[1])
        for name in all_names
        if (found := re.match(r"up_blocks\.(\d+)\.attentions\.", name))
    )
    return {name: UNET_PREFIX + unet_name(name, blocks, attention) for name in all_names}


def autoencoder_name(name: str, levels: int) -> str:
    """Return one weight's name behind ``first_stage_model.``."""
    side, _, inside = name.partition(".")
    if side not in {"encoder", "decoder"}:
        return name
    if found := re.fullmatch(r"(down|up)_blocks\.(\d+)\.(\w+)\.(\d+)\.(.+)", inside):
        level = int(found[2]) if found[1] == "down" else levels - 1 - int(found[2])
        if found[3] == "resnets":
            rest = _replace_start(found[5], AUTOENCODER_PARTS)
            return f"{side}.{found[1]}.{level}.block.{found[4]}.{rest}"
        return f"{side}.{found[1]}.{level}.{found[3].removesuffix('rs')}.{found[5]}"
    if inside.startswith("mid_block."):
        part = _replace_start(inside.removeprefix("mid_block."), AUTOENCODER_MIDDLE)
        block, rest = part.split(".", 1)
        return f"{side}.mid.{block}.{_replace_start(rest, AUTOENCODER_PARTS)}"
    return f"{side}.{_replace_start(inside, {'conv_norm_out': 'norm_out'})}"


def autoencoder_names(names: Iterable[str]) -> dict[str, str]:
    """Return the single-file name of every weight of an autoencoder."""
    all_names = list(names)
    found = [re.match(r"encoder\.down_blocks\.(\d+)\.", name) for name in all_names]
    levels = max(int(match[1]) for match in found if match) + 1
    return {name: AUTOENCODER_PREFIX + autoencoder_name(name, levels) for name in all_names}


def text_names(names: Iterable[str]) -> dict[str, str]:
    """Return the single-file name of every weight of a CLIP text model."""
    return {name: TEXT_PREFIX + name.removeprefix("text_model.") for name in names}
