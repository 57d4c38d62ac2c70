"""Latents as they will look."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from velatura import LocalEngine, Picture, Txt2Img
from velatura.models.latent_colours import STABLE_DIFFUSION_1, fit_colours, published_colours
from velatura.pipelines.preview import preview_pixels

STABLE = SimpleNamespace(colours=published_colours())


def test_each_channel_gives_its_colour():
    for channel, colour in enumerate(STABLE_DIFFUSION_1[:-1]):
        latents = torch.zeros(1, 4, 2, 3)
        latents[0, channel] = 1.0
        pixels = preview_pixels(latents, STABLE, "linear")
        assert pixels.shape == (2, 3, 3)
        assert (pixels == np.array([int(part * 127.5 + 128) for part in colour])).all()


def test_no_latents_are_mid_grey_large_ones_are_clipped_and_nothing_is_grey():
    assert (preview_pixels(torch.zeros(1, 4, 1, 1), STABLE, "linear") == 128).all()
    bright = preview_pixels(torch.full((1, 4, 1, 1), 1e9), STABLE, "linear")
    assert set(np.unique(bright)) <= {0, 255}
    assert (preview_pixels(torch.full((1, 4, 1, 1), torch.nan), STABLE, "linear") == 128).all()


def test_pictures_of_a_batch_stand_side_by_side():
    latents = torch.zeros(2, 4, 2, 3)
    latents[1, 0] = 1.0
    pixels = preview_pixels(latents, STABLE, "linear")
    assert pixels.shape == (2, 6, 3)
    assert (pixels[:, :3] == 128).all()
    assert (pixels[:, 3:, 0] > 128).all()


def test_the_colours_of_a_linear_decoder_are_found_again():
    truth = torch.tensor([[0.3, -0.1, 0.2], [0.1, 0.4, 0.0], [0.05, 0.0, -0.2]])

    def decode(latents):
        colours = torch.einsum("chw,cd->dhw", latents, truth[:2]) + truth[2][:, None, None]
        return colours.repeat_interleave(8, 1).repeat_interleave(8, 2)

    assert np.allclose(fit_colours(decode, channels=2, factor=8), truth, atol=1e-5)


@pytest.fixture(scope="module")
def painted():
    """The last step and the pictures of a small batch by the embedded checkpoint."""
    *_, step, first, second = LocalEngine().run(
        Txt2Img(prompt="flat illustration of a green apple", steps=8, seed=3, batch_size=2)
    )
    assert isinstance(second, Picture)
    return step, np.concatenate([first.pixels, second.pixels], axis=1).astype(float)


def test_a_linear_preview_has_the_colours_of_the_picture(painted):
    step, pixels = painted
    cells = pixels.reshape(16, 8, 32, 8, 3).mean(axis=(1, 3))
    assert np.abs(step.preview("linear") - cells).mean() < 16


def test_a_decoded_preview_of_the_last_step_is_the_picture(painted):
    step, pixels = painted
    assert np.abs(step.preview("decoder") - pixels).max() <= 1
