"""The three networks of a Stable Diffusion 1.x checkpoint, small, from the recipe's numbers.

Autoencoder: Rombach et al. 2022 (arXiv:2112.10752), appendix G. Denoiser: the same, with
cross-attention as in section 3.3. Text model: Radford et al. 2021 (arXiv:2103.00020), section 2.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from training.doubling import use_doubling

if TYPE_CHECKING:
    from training.recipe import AutoencoderRecipe, TextRecipe, UnetRecipe

VOCABULARY = 49408
POSITIONS = 77
BEGIN, END = 49406, 49407


def build_autoencoder(recipe: AutoencoderRecipe) -> AutoencoderKL:
    """Return an untrained autoencoder: eight pixels a latent cell, four latent channels."""
    levels = len(recipe.channels)
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * levels,  # pyright: ignore[reportArgumentType]
        up_block_types=("UpDecoderBlock2D",) * levels,  # pyright: ignore[reportArgumentType]
        block_out_channels=recipe.channels,  # pyright: ignore[reportArgumentType]
        layers_per_block=recipe.layers_per_block,
        latent_channels=4,
        norm_num_groups=32,
    )


def build_text_model(recipe: TextRecipe, vocabulary: int = VOCABULARY) -> CLIPTextModel:
    """Return an untrained CLIP text model."""
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=recipe.width,
        intermediate_size=4 * recipe.width,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        max_position_embeddings=POSITIONS,
        hidden_act="quick_gelu",
        bos_token_id=BEGIN,
        eos_token_id=END,
        pad_token_id=END,
    )
    return CLIPTextModel(config)


def build_unet(recipe: UnetRecipe, context: int, side: int) -> UNet2DConditionModel:
    """Return an untrained denoiser for latents of a side, told ``context`` numbers a word."""
    down = ["CrossAttnDownBlock2D" if has else "DownBlock2D" for has in recipe.attention]
    up = ["CrossAttnUpBlock2D" if has else "UpBlock2D" for has in reversed(recipe.attention)]
    unet = UNet2DConditionModel(
        sample_size=side,
        down_block_types=tuple(down),
        up_block_types=tuple(up),
        block_out_channels=recipe.channels,
        layers_per_block=recipe.layers_per_block,
        cross_attention_dim=context,
        attention_head_dim=recipe.heads,  # diffusers' name for the number of heads in SD 1.x
    )
    use_doubling(unet)  # as the product computes it, so that tall pictures are learned right
    return unet
