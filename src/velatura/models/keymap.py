"""How modules are called in the original files, and in the networks we run.

The original code numbers the U-Net's blocks in one row (``input_blocks.4.1``); the networks of
diffusers count by level (``down_blocks.1.attentions.0``). The tables here are computed from the
architecture, so any number of levels, blocks and transformers has its names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from velatura.models.architecture import UnetArchitecture, VaeArchitecture

UNET_RESIDUAL: Mapping[str, str] = {
    "in_layers.0": "norm1",
    "in_layers.2": "conv1",
    "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2",
    "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}
"""Inside a residual block of the U-Net."""

VAE_RESIDUAL: Mapping[str, str] = {"nin_shortcut": "conv_shortcut"}
"""Inside a residual block of the autoencoder; the other names agree."""

VAE_ATTENTION: Mapping[str, str] = {
    "norm": "group_norm",
    "q": "to_q",
    "k": "to_k",
    "v": "to_v",
    "proj_out": "to_out.0",
}
"""Inside the autoencoder's attention."""


def unet_modules(unet: UnetArchitecture) -> dict[str, str]:
    """Original -> diffusers name of every block of the U-Net (not of what is inside the block)."""
    names = {
        "time_embed.0": "time_embedding.linear_1",
        "time_embed.2": "time_embedding.linear_2",
        "input_blocks.0.0": "conv_in",
        "middle_block.0": "mid_block.resnets.0",
        "middle_block.1": "mid_block.attentions.0",
        "middle_block.2": "mid_block.resnets.1",
        "out.0": "conv_norm_out",
        "out.2": "conv_out",
    }
    return names | dict(_down_blocks(unet)) | dict(_up_blocks(unet))


def _down_blocks(unet: UnetArchitecture) -> Iterator[tuple[str, str]]:
    block, last = 1, len(unet.channels) - 1
    for level, repeats in enumerate(unet.res_blocks):
        for repeat in range(repeats):
            yield f"input_blocks.{block}.0", f"down_blocks.{level}.resnets.{repeat}"
            if unet.attention[level]:
                yield f"input_blocks.{block}.1", f"down_blocks.{level}.attentions.{repeat}"
            block += 1
        if level < last:
            yield f"input_blocks.{block}.0.op", f"down_blocks.{level}.downsamplers.0.conv"
            block += 1


def _up_blocks(unet: UnetArchitecture) -> Iterator[tuple[str, str]]:
    block, last = 0, len(unet.channels) - 1
    for up, level in enumerate(reversed(range(len(unet.channels)))):
        for repeat in range(unet.res_blocks[level] + 1):
            yield f"output_blocks.{block}.0", f"up_blocks.{up}.resnets.{repeat}"
            if unet.attention[level]:
                yield f"output_blocks.{block}.1", f"up_blocks.{up}.attentions.{repeat}"
            if up < last and repeat == unet.res_blocks[level]:
                place = 2 if unet.attention[level] else 1
                yield f"output_blocks.{block}.{place}.conv", f"up_blocks.{up}.upsamplers.0.conv"
            block += 1


def vae_modules(vae: VaeArchitecture) -> dict[str, str]:
    """Original -> diffusers name of every block of the autoencoder."""
    names = {"quant_conv": "quant_conv", "post_quant_conv": "post_quant_conv"}
    last = len(vae.channels) - 1
    for part in ("encoder", "decoder"):
        names |= {
            f"{part}.conv_in": f"{part}.conv_in",
            f"{part}.mid.block_1": f"{part}.mid_block.resnets.0",
            f"{part}.mid.attn_1": f"{part}.mid_block.attentions.0",
            f"{part}.mid.block_2": f"{part}.mid_block.resnets.1",
            f"{part}.norm_out": f"{part}.conv_norm_out",
            f"{part}.conv_out": f"{part}.conv_out",
        }
    for level in range(last + 1):
        down, up = f"encoder.down_blocks.{level}", f"decoder.up_blocks.{last - level}"
        for block in range(vae.res_blocks):
            names[f"encoder.down.{level}.block.{block}"] = f"{down}.resnets.{block}"
        for block in range(vae.res_blocks + 1):
            names[f"decoder.up.{level}.block.{block}"] = f"{up}.resnets.{block}"
        if level < last:
            names[f"encoder.down.{level}.downsample.conv"] = f"{down}.downsamplers.0.conv"
        if level > 0:
            names[f"decoder.up.{level}.upsample.conv"] = f"{up}.upsamplers.0.conv"
    return names


def unet_name(name: str, modules: Mapping[str, str]) -> str | None:
    """The diffusers name of a U-Net tensor or module; None if the original has no such block."""
    return _translate(name, modules, {".resnets.": UNET_RESIDUAL})


def unet_original_name(name: str, blocks: Mapping[str, str]) -> str | None:
    """The original name of a U-Net module, given its diffusers name.

    Args:
        name: Diffusers name of a module.
        blocks: :func:`unet_modules`, turned round.
    """
    inner = {".resnets.": {new: old for old, new in UNET_RESIDUAL.items()}}
    return _translate(name, blocks, inner)


def vae_name(name: str, modules: Mapping[str, str]) -> str | None:
    """The diffusers name of an autoencoder tensor; None if the original has no such block."""
    inner = {".resnets.": VAE_RESIDUAL, ".attentions.": VAE_ATTENTION}
    return _translate(name, modules, inner)


def _translate(
    name: str, modules: Mapping[str, str], inner: Mapping[str, Mapping[str, str]]
) -> str | None:
    """Replace the longest known block prefix, then the name inside the block."""
    block = name
    while block not in modules:
        block, dot, _ = block.rpartition(".")
        if not dot:
            return None
    target, rest = modules[block], name[len(block) :].removeprefix(".")
    for kind, table in inner.items():
        if kind in target or kind in block:
            for old, new in table.items():
                if rest == old or rest.startswith(f"{old}."):
                    rest = new + rest[len(old) :]
                    break
    return f"{target}.{rest}" if rest else target
