"""The autoencoder's initial weights already keep colours."""

import torch

from training.autoencoder import colour_loss
from training.first_guess import colour_axes, make_first_guess
from training.networks import build_autoencoder
from training.recipe import AutoencoderRecipe

RECIPE = AutoencoderRecipe(
    channels=(64, 64, 64, 128), layers_per_block=1, pool=1, crop=32, batch=1, steps_alone=1,
    learning_rate=1e-3, kl_weight=0.0, stay_weight=0.0, square_weight=0.0,
    gradient_weight=1.0, colour_weight=0.0, minutes=1.0,
)  # fmt: skip


def patchwork(seed: int) -> torch.Tensor:
    """Pictures of four plain colours each: ``b 3 64 64``."""
    colours = torch.rand(12, 3, 2, 2, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return colours.repeat_interleave(32, 2).repeat_interleave(32, 3)


def test_before_any_training_the_colours_are_far_better_than_chance():
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = build_autoencoder(RECIPE).eval()
    pictures = patchwork(2)
    with torch.inference_mode():
        at_random = colour_loss(network(pictures).sample, pictures)
    make_first_guess(network, patchwork(1))
    with torch.inference_mode():
        guessed = colour_loss(network(pictures).sample, pictures)
    assert guessed < at_random / 3


def test_grey_has_no_colour():
    grey = torch.full((1, 3, 16, 16), 0.3)
    assert colour_axes(grey)[:, 1:].abs().max() < 1e-6
