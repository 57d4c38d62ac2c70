"""Weights into networks.

The networks are those of diffusers and transformers. They are built without memory (on torch's
"meta" device) and then adopt the tensors as they were read, so nothing is initialised, copied or
downloaded.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import nn

from velatura.garbage import uncollected
from velatura.models.adopt import adopt
from velatura.models.doubling import use_doubling

with uncollected():
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from velatura.models.architecture import TextArchitecture, UnetArchitecture, VaeArchitecture

Network = TypeVar("Network", bound=nn.Module)


def build_unet(
    source: object, unet: UnetArchitecture, weights: Mapping[str, Tensor]
) -> UNet2DConditionModel:
    """The denoising U-Net, with ``weights`` in diffusers names.

    Raises:
        BrokenModel: if weights are missing, left over, or of another shape.
    """
    return adopt(source, "U-Net", empty_unet(unet), weights)


def empty_unet(unet: UnetArchitecture) -> UNet2DConditionModel:
    """The same on torch's "meta" device, without memory."""
    with torch.device("meta"):
        network = UNet2DConditionModel(
            in_channels=unet.in_channels,
            out_channels=unet.out_channels,
            block_out_channels=unet.channels,
            layers_per_block=unet.res_blocks,  # pyright: ignore[reportArgumentType]
            down_block_types=tuple(
                "CrossAttnDownBlock2D" if has else "DownBlock2D" for has in unet.attention
            ),
            up_block_types=tuple(
                "CrossAttnUpBlock2D" if has else "UpBlock2D" for has in reversed(unet.attention)
            ),
            transformer_layers_per_block=unet.depth,  # pyright: ignore[reportArgumentType]
            cross_attention_dim=unet.context_width,
            attention_head_dim=unet.heads,  # diffusers' name for the number of heads in SD 1.x
            use_linear_projection=unet.linear_projection,
        )
    use_doubling(network)
    return network


def build_vae(source: object, vae: VaeArchitecture, weights: Mapping[str, Tensor]) -> AutoencoderKL:
    """The autoencoder, with ``weights`` in diffusers names.

    Raises:
        BrokenModel: if weights are missing, left over, or of another shape.
    """
    return adopt(source, "autoencoder", empty_vae(vae), weights)


def empty_vae(vae: VaeArchitecture) -> AutoencoderKL:
    """The same on torch's "meta" device, without memory."""
    levels = len(vae.channels)
    with torch.device("meta"):
        return AutoencoderKL(
            block_out_channels=vae.channels,  # pyright: ignore[reportArgumentType]
            down_block_types=("DownEncoderBlock2D",) * levels,  # pyright: ignore[reportArgumentType]
            up_block_types=("UpDecoderBlock2D",) * levels,  # pyright: ignore[reportArgumentType]
            layers_per_block=vae.res_blocks,
            latent_channels=vae.latent_channels,
            scaling_factor=vae.scale_factor,
        )


def build_text_model(
    source: object, text: TextArchitecture, weights: Mapping[str, Tensor]
) -> CLIPTextModel:
    """The CLIP text model, with ``weights`` in its own names (no ``text_model.`` prefix).

    Raises:
        BrokenModel: if weights are missing, left over, or of another shape.
    """
    config = CLIPTextConfig(
        hidden_size=text.width,
        num_hidden_layers=text.layers,
        intermediate_size=text.intermediate,
        num_attention_heads=text.heads,
        vocab_size=text.vocabulary,
        max_position_embeddings=text.positions,
        hidden_act="quick_gelu",
    )
    with torch.device("meta"):
        network = CLIPTextModel(config)
    positions = torch.arange(text.positions)[None]
    network.embeddings.register_buffer("position_ids", positions, persistent=False)
    return adopt(source, "text encoder", network, weights)


def share_weights(network: Network, changed: Mapping[str, Tensor]) -> Network:
    """A second network that shares every weight with ``network`` but those in ``changed``."""
    memo: dict[int, Any] = {}
    for name, parameter in network.named_parameters():
        own = name in changed
        shared = nn.Parameter(changed[name], requires_grad=False) if own else parameter
        memo[id(parameter)] = shared
    return deepcopy(network, memo)
