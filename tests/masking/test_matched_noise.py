from __future__ import annotations

import numpy as np
import pytest

from velatura.masking.matched_noise import matched_noise

RNG = np.random.default_rng(5)
PICTURE = (np.clip(RNG.normal(90, 30, (64, 96, 3)), 0, 255)).astype(np.uint8)
MASK = np.zeros((64, 96), np.uint8)
MASK[:, 64:] = 255


def test_what_is_known_stays_to_the_byte():
    noised = matched_noise(PICTURE, MASK, 1.0, 0.05)
    assert np.array_equal(noised[:, :64], PICTURE[:, :64])


@pytest.mark.parametrize("fall_off", [0.5, 1.0, 2.0])
def test_the_noise_has_the_colours_of_what_is_known(fall_off):
    noise = matched_noise(PICTURE, MASK, fall_off, 0.05)[:, 64:]
    for channel in range(3):
        known = np.quantile(PICTURE[:, :64, channel], [0.1, 0.5, 0.9])
        assert np.allclose(np.quantile(noise[..., channel], [0.1, 0.5, 0.9]), known, atol=4)


def test_a_higher_exponent_makes_coarser_noise():
    rough = np.cumsum(RNG.normal(0, 8, (64, 96, 3)), axis=1) % 256
    picture = rough.astype(np.uint8)

    def roughness(fall_off):
        noise = matched_noise(picture, MASK, fall_off, 0.05)[:, 64:].astype(float)
        return np.abs(np.diff(noise, axis=1)).mean()

    assert roughness(0.2) > roughness(2.0)


def test_it_is_the_same_every_time():
    assert np.array_equal(
        matched_noise(PICTURE, MASK, 1.0, 0.05), matched_noise(PICTURE, MASK, 1.0, 0.05)
    )


@pytest.mark.parametrize("value", [0, 255])
def test_plain_pictures_and_full_masks_do_no_harm(value):
    plain = np.full((64, 64, 3), value, np.uint8)
    assert matched_noise(plain, np.full((64, 64), 255, np.uint8), 1.0, 0.05).shape == plain.shape
    half = np.zeros((64, 64), np.uint8)
    half[:32] = 255
    assert (matched_noise(plain, half, 1.0, 0.05) == value).all()
