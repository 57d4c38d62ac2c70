"""Begin a training with the weights of an exported checkpoint, instead of with a first guess.

The inverse of the export: the names of the single file back to those of diffusers, the latents back
to unit variance, single precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file

from training.ldm_names import autoencoder_names, text_names, unet_names
from training.networks import build_autoencoder
from training.scale import SCALE_FACTOR, fold_scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from torch import Tensor, nn

    from training.denoiser import Denoiser
    from training.recipe import Bench

    Naming = Callable[[Iterable[str]], dict[str, str]]

TOKEN_TABLE = "embeddings.token_embedding.weight"


def start_weights(bench: Bench) -> dict[str, Tensor] | None:
    """Return the weights that the recipe starts from, in single precision, or None."""
    if not bench.recipe.start_from:
        return None
    weights = load_file(bench.work / bench.recipe.start_from)
    return {name: tensor.float() for name, tensor in weights.items()}


def take(network: nn.Module, weights: Mapping[str, Tensor], naming: Naming) -> dict[str, Tensor]:
    """Return a network's weights out of a single file, under the network's own names and shapes.

    The token table is left out: a training holds a part of it only.
    """
    own = {name: t for name, t in network.state_dict().items() if name != TOKEN_TABLE}
    names = naming(own)
    return {name: weights[names[name]].reshape(tensor.shape) for name, tensor in own.items()}


def start_autoencoder(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Give an autoencoder its first weights; its latents then have unit variance."""
    taken = take(network, weights, autoencoder_names)
    channels = len(taken["post_quant_conv.bias"])
    unit = torch.full(
        (channels,), SCALE_FACTOR**-2
    )  # the deviation whose scaling undoes the factor
    network.load_state_dict(fold_scale(taken, torch.zeros(channels), unit))


def started_autoencoder(bench: Bench) -> AutoencoderKL | None:
    """Return the autoencoder that the recipe starts from, or None where it starts from nothing."""
    if (weights := start_weights(bench)) is None:
        return None
    network = build_autoencoder(bench.recipe.autoencoder).to(torch.device(bench.recipe.device))  # pyright: ignore[reportArgumentType]
    start_autoencoder(network, weights)
    return network.eval().requires_grad_(requires_grad=False)


def start_token_table(weights: Mapping[str, Tensor]) -> Tensor:
    """Return the meaning of every token: ``vocabulary width``."""
    return weights[text_names([TOKEN_TABLE])[TOKEN_TABLE]]


def start_denoiser(network: Denoiser, weights: Mapping[str, Tensor]) -> None:
    """Give the text model and the denoiser their first weights, but for the token table."""
    taken = take(network.text, weights, text_names)
    network.text.load_state_dict(taken, strict=False)  # all but the token table
    network.unet.load_state_dict(take(network.unet, weights, unet_names))
