"""The two networks that learn together, and the weights they begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from training.networks import build_text_model, build_unet
from training.start import start_denoiser, start_token_table, start_weights
from training.words import meaning_table

if TYPE_CHECKING:
    from torch import Tensor

    from training.recipe import Bench
    from training.words import Lexicon, Words


class Denoiser(torch.nn.Module):
    """The two networks that learn: words to meaning, and noisy latents to noise."""

    def __init__(self, bench: Bench, vocabulary: int) -> None:
        super().__init__()
        recipe = bench.recipe
        self.text = build_text_model(recipe.text, vocabulary)
        self.unet = build_unet(recipe.unet, recipe.text.width, recipe.picture.size // 8)

    def forward(self, noisy: Tensor, times: Tensor, tokens: Tensor) -> Tensor:
        """Return the predicted noise."""
        # The text model's heads are so narrow that single precision is the faster one.
        with torch.autocast(noisy.device.type, enabled=False):
            meaning = self.text(input_ids=tokens).last_hidden_state
        (noise,) = self.unet(noisy, times, encoder_hidden_states=meaning, return_dict=False)
        return noise


def first_token_table(bench: Bench, words: Words) -> Tensor:
    """Return what every token means before the training: ``vocabulary width``."""
    if (weights := start_weights(bench)) is not None:
        return start_token_table(weights)
    return meaning_table(bench.work / "unpacked", words.vocabulary, bench.recipe.text.width)


def initial_denoiser(bench: Bench, words: Words, lexicon: Lexicon) -> Denoiser:
    """Return a denoiser to begin with, its token table cut down to a lexicon."""
    torch.manual_seed(bench.recipe.seed)  # noqa: TID251 - initial weights; seeded here once
    network = Denoiser(bench, len(lexicon))
    if (weights := start_weights(bench)) is not None:
        start_denoiser(network, weights)
    with torch.no_grad():
        network.text.get_input_embeddings().weight.copy_(  # pyright: ignore[reportCallIssue]
            first_token_table(bench, words)[lexicon.tokens]
        )
    return network
