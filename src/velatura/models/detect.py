"""What kind of model a file holds, read off the names and shapes of its tensors.

Only what the names and shapes cannot tell (attention heads, what the U-Net predicts) comes from
the files beside the checkpoint, else from the SD 1.x standard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models.architecture import (
    Architecture,
    TextArchitecture,
    UnetArchitecture,
    VaeArchitecture,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from velatura.models.sidecar import Sidecar

    Shapes = Mapping[str, tuple[int, ...]]

UNET = "model.diffusion_model."
VAE = "first_stage_model."
TEXT = "cond_stage_model.transformer.text_model."

MAX_BLOCKS = 256
"""Blocks in a row that we would look at; SD 1.x has twelve."""

FOREIGN: tuple[tuple[str, str], ...] = (
    ("model.diffusion_model.joint_blocks.", "an SD 3 checkpoint"),
    ("joint_blocks.", "an SD 3 network"),
    ("model.diffusion_model.double_blocks.", "a Flux checkpoint"),
    ("double_blocks.", "a Flux network"),
    ("conditioner.embedders.1.", "an SDXL checkpoint"),
    ("conditioner.embedders.0.", "an SDXL refiner checkpoint"),
    ("cond_stage_model.model.", "an SD 2 checkpoint"),
    ("cond_stage_model.roberta.", "an AltDiffusion checkpoint"),
    ("model.diffusion_model.label_emb.", "a class-conditioned (unCLIP or SDXL) checkpoint"),
    ("control_model.", "a ControlNet"),
    ("lora_", "a LoRA, not a checkpoint (put it into a Lora folder)"),
    ("emb_params", "a textual-inversion embedding, not a checkpoint"),
    ("string_to_param", "a textual-inversion embedding, not a checkpoint"),
    ("conv_first.", "an upscaler, not a checkpoint"),
    ("body.0.", "an upscaler, not a checkpoint"),
)
"""First name prefix found -> what the file is. None of these runs as a checkpoint."""

INPUT_CHANNELS: Mapping[int, str] = {
    5: "an SD 2 depth checkpoint",
    8: "an InstructPix2Pix checkpoint",
}
"""Channels of the U-Net's input that we cannot fill -> what has them."""


def detect(source: object, shapes: Shapes, sidecar: Sidecar) -> Architecture:
    """The architecture of a checkpoint in the original single-file layout.

    Args:
        source: The file, for messages.
        shapes: Tensor names, as :func:`velatura.models.checkpoint.open_weights` gives them,
            and shapes.
        sidecar: What stands beside the file.

    Raises:
        UnsupportedModel: naming the architecture, if it is neither a plain SD 1.x model nor one for
            inpainting.
        BrokenModel: if it looks like one but tensors are missing or contradict each other.
    """
    refuse_foreign(source, shapes)
    unet = detect_unet(source, _part(shapes, UNET), heads=sidecar.unet_heads or 8)
    text = detect_text(source, _part(shapes, TEXT), heads=sidecar.text_heads)
    vae_shapes = _part(shapes, VAE)
    vae = None
    if vae_shapes:
        vae = detect_vae(source, vae_shapes, scale_factor=sidecar.scale_factor or 0.18215)
    _check_fit(source, unet, text, sidecar)
    return Architecture(
        text=text,
        unet=unet,
        vae=vae,
        prediction=sidecar.prediction or "epsilon",
        betas=sidecar.betas or (0.00085, 0.012),
        native_size=sidecar.native_size or (512, 512),
    )


def refuse_foreign(source: object, shapes: Shapes) -> None:
    """Refuse, by its name, what is not an SD 1.x checkpoint.

    Raises:
        UnsupportedModel: naming what it is.
        BrokenModel: if it is nothing we know.
    """
    for prefix, description in FOREIGN:
        if any(name.startswith(prefix) for name in shapes):
            raise UnsupportedModel(
                f"{source}: this is {description}; Velatura runs SD 1.x checkpoints for now"
            )
    first = shapes.get(f"{UNET}input_blocks.0.0.weight")
    if first is None:
        if "encoder.conv_in.weight" in shapes or f"{VAE}encoder.conv_in.weight" in shapes:
            raise UnsupportedModel(f"{source}: this is a VAE alone; choose it as the VAE")
        raise BrokenModel(f"{source}: holds no U-Net of Stable Diffusion; not a checkpoint")
    if len(first) == 4 and first[1] in INPUT_CHANNELS:
        raise UnsupportedModel(
            f"{source}: this is {INPUT_CHANNELS[first[1]]}; "
            "Velatura runs SD 1.x checkpoints, plain ones and for inpainting, for now"
        )


def detect_unet(source: object, shapes: Shapes, *, heads: int = 8) -> UnetArchitecture:
    """The U-Net's sizes; names as in the original layout, without their common prefix.

    Raises:
        UnsupportedModel: if blocks of one level differ in width or attention.
        BrokenModel: if tensors are missing.
    """
    levels: list[list[tuple[int, int]]] = [[]]
    for block in range(1, _count(source, shapes, "input_blocks")):
        if f"input_blocks.{block}.0.op.weight" in shapes:
            levels.append([])
        else:
            width = _shape(source, shapes, f"input_blocks.{block}.0.out_layers.3.weight", 4)[0]
            depth = _count(source, shapes, f"input_blocks.{block}.1.transformer_blocks")
            levels[-1].append((width, depth))
    if not all(level and len(set(level)) == 1 for level in levels):
        raise UnsupportedModel(
            f"{source}: the residual blocks of one U-Net level differ; Velatura cannot run that"
        )
    depths = [level[0][1] for level in levels]
    middle = _count(source, shapes, "middle_block.1.transformer_blocks")
    if middle == 0 or depths[-1] not in (0, middle):
        raise UnsupportedModel(f"{source}: the U-Net's middle is not that of SD 1.x")
    context = _shape(source, shapes, "middle_block.1.transformer_blocks.0.attn2.to_k.weight", 2)[-1]
    unet = UnetArchitecture(
        in_channels=_shape(source, shapes, "input_blocks.0.0.weight", 4)[1],
        out_channels=_shape(source, shapes, "out.2.weight", 4)[0],
        channels=tuple(level[0][0] for level in levels),
        res_blocks=tuple(len(level) for level in levels),
        attention=tuple(depth > 0 for depth in depths),
        depth=(*(max(1, depth) for depth in depths[:-1]), middle),
        context_width=context,
        heads=heads,
        linear_projection=len(_shape(source, shapes, "middle_block.1.proj_in.weight", 2, 4)) == 2,
    )
    _check_time(source, shapes, unet)
    check_unet(source, unet)
    return unet


def detect_vae(source: object, shapes: Shapes, *, scale_factor: float = 0.18215) -> VaeArchitecture:
    """The autoencoder's sizes; names as in the original layout, without their common prefix.

    Raises:
        UnsupportedModel: if it has no 4-channel KL layout that we run.
        BrokenModel: if tensors are missing.
    """
    levels = _count(source, shapes, "encoder.down")
    blocks = {_count(source, shapes, f"encoder.down.{level}.block") for level in range(levels)}
    blocks |= {_count(source, shapes, f"decoder.up.{level}.block") - 1 for level in range(levels)}
    if len(blocks) != 1 or any(".attn.0." in name for name in shapes):
        raise UnsupportedModel(f"{source}: an autoencoder of a layout that Velatura does not run")
    channels = tuple(
        _shape(source, shapes, f"encoder.down.{level}.block.0.conv2.weight", 4)[0]
        for level in range(levels)
    )
    latent = _shape(source, shapes, "post_quant_conv.weight", 4)[1]
    vae = VaeArchitecture(
        channels=channels,
        res_blocks=blocks.pop(),
        latent_channels=latent,
        scale_factor=scale_factor,
    )
    check_vae(source, vae)
    return vae


def detect_text(source: object, shapes: Shapes, *, heads: int | None = None) -> TextArchitecture:
    """The text model's sizes; names as in CLIP's, without their common prefix.

    Raises:
        BrokenModel: if tensors are missing, or the number of heads cannot be right.
    """
    vocabulary, width = _shape(source, shapes, "embeddings.token_embedding.weight", 2)
    number = heads or TextArchitecture().heads
    if width % number:
        raise BrokenModel(
            f"{source}: {number} attention heads do not divide the text model's width {width}; "
            'say how many in NAME.json: {"velatura": {"text_model": {"num_attention_heads": N}}}'
        )
    return TextArchitecture(
        width=width,
        layers=_count(source, shapes, "encoder.layers"),
        intermediate=_shape(source, shapes, "encoder.layers.0.mlp.fc1.weight", 2)[0],
        heads=number,
        vocabulary=vocabulary,
        positions=_shape(source, shapes, "embeddings.position_embedding.weight", 2)[0],
    )


def check_unet(source: object, unet: UnetArchitecture) -> None:
    """Refuse sizes that the network we build cannot have.

    Raises:
        UnsupportedModel: if the channels are no multiples of 32 or of the heads, or the input is
            something else than latents, with or without a mask.
    """
    if unet.in_channels != unet.out_channels and not unet.sees_mask:
        raise UnsupportedModel(
            f"{source}: a U-Net from {unet.in_channels} to {unet.out_channels} channels, neither a "
            "plain one nor one for inpainting"
        )
    if any(width % 32 or width % unet.heads for width in unet.channels):
        raise UnsupportedModel(
            f"{source}: the U-Net's channels {unet.channels} must be multiples of 32 and of its "
            f"{unet.heads} attention heads"
        )


def check_vae(source: object, vae: VaeArchitecture) -> None:
    """Refuse sizes that the autoencoder we build cannot have.

    Raises:
        UnsupportedModel: if the channels are no multiples of 32.
    """
    if any(width % 32 for width in vae.channels):
        raise UnsupportedModel(
            f"{source}: the autoencoder's channels {vae.channels} must be multiples of 32"
        )


def _check_time(source: object, shapes: Shapes, unet: UnetArchitecture) -> None:
    """Refuse a time embedding of another width than that of the first level."""
    time, first = _shape(source, shapes, "time_embed.0.weight", 2)
    if (first, time) != (unet.channels[0], 4 * unet.channels[0]):
        raise UnsupportedModel(
            f"{source}: the U-Net's first level has {unet.channels[0]} channels, its time "
            f"embedding {first}; Velatura needs them equal"
        )


def _check_fit(
    source: object, unet: UnetArchitecture, text: TextArchitecture, sidecar: Sidecar
) -> None:
    """Refuse networks that do not fit together, or that the sidecar describes otherwise."""
    if unet.context_width != text.width:
        raise BrokenModel(
            f"{source}: the U-Net attends to {unet.context_width} features, the text model gives "
            f"{text.width}"
        )
    if sidecar.context_width not in (None, unet.context_width):
        raise BrokenModel(
            f"{source}: its .yaml says context_dim {sidecar.context_width}, "
            f"the file has {unet.context_width}"
        )


def _part(shapes: Shapes, prefix: str) -> dict[str, tuple[int, ...]]:
    return {n.removeprefix(prefix): shape for n, shape in shapes.items() if n.startswith(prefix)}


def _count(source: object, shapes: Shapes, prefix: str) -> int:
    """How many numbered children ``prefix`` has, counted from 0 without a gap."""
    start = f"{prefix}."
    numbers = {n[len(start) :].split(".", 1)[0] for n in shapes if n.startswith(start)}
    count = 0
    while str(count) in numbers:
        count += 1
    if count > MAX_BLOCKS:
        raise UnsupportedModel(
            f"{source}: has {count} blocks called {prefix!r}; no SD 1.x model has"
        )
    return count


def _shape(source: object, shapes: Shapes, name: str, *dimensions: int) -> tuple[int, ...]:
    """The shape of a tensor that must be there, with so many dimensions."""
    if name not in shapes:
        raise BrokenModel(f"{source}: tensor {name!r} is missing; the file is not complete")
    if len(shapes[name]) not in dimensions:
        raise BrokenModel(f"{source}: tensor {name!r} has the impossible shape {shapes[name]}")
    return shapes[name]
