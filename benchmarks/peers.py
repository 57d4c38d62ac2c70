"""The same networks by diffusers and transformers, around the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

from velatura.models.adopt import adopt
from velatura.models.layout import dense

if TYPE_CHECKING:
    from velatura.models.architecture import TextArchitecture, UnetArchitecture, VaeArchitecture
    from velatura.models.clip_network import ClipNetwork
    from velatura.models.unet_network import UnetNetwork
    from velatura.models.vae_network import VaeNetwork

Peer = TypeVar("Peer", bound=nn.Module)


def unet(network: UnetNetwork) -> UNet2DConditionModel:
    """Diffusers' U-Net. It doubles features otherwise where sides are no multiples of 64."""
    return _sharing(network, empty_unet(network.sizes))


def empty_unet(sizes: UnetArchitecture) -> UNet2DConditionModel:
    """The same on torch's "meta" device, without memory."""
    with torch.device("meta"):
        return UNet2DConditionModel(
            sample_size=64,  # asked for by pipelines, used by none
            in_channels=sizes.in_channels,
            out_channels=sizes.out_channels,
            block_out_channels=sizes.channels,
            layers_per_block=sizes.res_blocks,  # pyright: ignore[reportArgumentType]
            down_block_types=tuple(
                "CrossAttnDownBlock2D" if has else "DownBlock2D" for has in sizes.attention
            ),
            up_block_types=tuple(
                "CrossAttnUpBlock2D" if has else "UpBlock2D" for has in reversed(sizes.attention)
            ),
            transformer_layers_per_block=sizes.depth,  # pyright: ignore[reportArgumentType]
            cross_attention_dim=sizes.context_width,
            attention_head_dim=sizes.heads,  # diffusers' name for the number of heads in SD 1.x
            use_linear_projection=sizes.linear_projection,
        )


def vae(network: VaeNetwork) -> AutoencoderKL:
    """Diffusers' autoencoder."""
    return _sharing(network, empty_vae(network.sizes))


def empty_vae(sizes: VaeArchitecture) -> AutoencoderKL:
    """The same on torch's "meta" device, without memory."""
    levels = len(sizes.channels)
    with torch.device("meta"):
        return AutoencoderKL(
            block_out_channels=sizes.channels,  # pyright: ignore[reportArgumentType]
            down_block_types=("DownEncoderBlock2D",) * levels,  # pyright: ignore[reportArgumentType]
            up_block_types=("UpDecoderBlock2D",) * levels,  # pyright: ignore[reportArgumentType]
            layers_per_block=sizes.res_blocks,
            latent_channels=sizes.latent_channels,
            scaling_factor=sizes.scale_factor,
        )


def text_model(network: ClipNetwork) -> CLIPTextModel:
    """Transformers' text model."""
    peer = empty_text_model(network.sizes)
    positions = torch.arange(network.sizes.positions)[None]
    cast("Any", peer).embeddings.register_buffer("position_ids", positions, persistent=False)
    return _sharing(network, peer)


def empty_text_model(sizes: TextArchitecture) -> CLIPTextModel:
    """The same on torch's "meta" device, without memory."""
    config = CLIPTextConfig(
        hidden_size=sizes.width,
        num_hidden_layers=sizes.layers,
        intermediate_size=sizes.intermediate,
        num_attention_heads=sizes.heads,
        vocab_size=sizes.vocabulary,
        max_position_embeddings=sizes.positions,
        hidden_act="quick_gelu",
    )
    with torch.device("meta"):
        return CLIPTextModel(config)


def _sharing(network: nn.Module, peer: Peer) -> Peer:
    """The peer with the network's weights, without a copy of those that lie in rows."""
    weights = {name: dense(weight) for name, weight in network.named_parameters()}
    return adopt("a peer", type(peer).__name__, peer, weights)
