"""Latents as they will look."""

import numpy as np

from velatura.pipelines.preview import COEFFICIENTS, preview_pixels


def test_each_channel_gives_its_colour():
    for channel, colour in enumerate(COEFFICIENTS):
        latents = np.zeros((1, 4, 2, 3), np.float32)
        latents[0, channel] = 1.0
        pixels = preview_pixels(latents)
        assert pixels.shape == (2, 3, 3)
        assert (pixels == np.array([int(part * 127.5 + 128) for part in colour])).all()


def test_no_latents_are_mid_grey_and_large_ones_are_clipped():
    assert (preview_pixels(np.zeros((1, 4, 1, 1), np.float32)) == 128).all()
    bright = preview_pixels(np.full((1, 4, 1, 1), 1e9, np.float32))
    assert set(np.unique(bright)) <= {0, 255}


def test_pictures_of_a_batch_stand_side_by_side():
    latents = np.zeros((2, 4, 2, 3), np.float32)
    latents[1, 0] = 1.0
    pixels = preview_pixels(latents)
    assert pixels.shape == (2, 6, 3)
    assert (pixels[:, :3] == 128).all()
    assert (pixels[:, 3:, 0] > 128).all()


def test_latents_of_other_models_give_none():
    assert preview_pixels(np.zeros((1, 16, 2, 2), np.float32)) is None
