"""Tests for denoisers, with networks that know the answer.

For data N(m, s^2) the best estimate of the clean latent under noise of level sigma is
``m + s^2 / (s^2 + sigma^2) (z - m)``; noise and velocity follow from it.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from velatura.diffusion.denoisers import (
    ConsistencyDenoiser,
    Denoiser,
    Prediction,
    SigmaDenoiser,
    TimestepDenoiser,
    denoiser_for,
)
from velatura.diffusion.noise_levels import consistency_levels, model_levels
from velatura.diffusion.samplers import SAMPLERS
from velatura.records import SamplingOptions

LEVELS = model_levels(SamplingOptions())
MEAN, DEVIATION = 0.3, 0.5
Z = torch.tensor([[[[2.0, -1.0, 0.4, 5.0]]]], dtype=torch.float64)

predictions = pytest.mark.parametrize("prediction", ["epsilon", "v"])


def best_estimate(z: Tensor, sigma: float) -> Tensor:
    return MEAN + DEVIATION**2 / (DEVIATION**2 + sigma**2) * (z - MEAN)


def network(prediction: Prediction, shown: Tensor, time: float) -> Tensor:
    """The best network there can be, for latents of unit power."""
    sigma = LEVELS.sigma(time)
    z = shown * math.sqrt(1 + sigma**2)
    clean = best_estimate(z, sigma)
    noise = (z - clean) / sigma
    if prediction == "epsilon":
        return noise
    return (noise - clean * sigma) / math.sqrt(1 + sigma**2)


def ask(denoiser: Denoiser, x: Tensor, level: float, prediction: Prediction) -> Tensor:
    shown, time = denoiser.question(x, level)
    return denoiser.answer(x, network(prediction, shown, time), level)


@predictions
@pytest.mark.parametrize("sigma", [0.05, 1.0, 3.21, 14.6])
def test_both_predictions_give_the_clean_latent(prediction: Prediction, sigma: float) -> None:
    found = ask(SigmaDenoiser(LEVELS, prediction), Z, sigma, prediction)
    torch.testing.assert_close(found, best_estimate(Z, sigma))


@predictions
@pytest.mark.parametrize("time", [1.0, 500.0, 999.0])
def test_both_predictions_give_the_noise(prediction: Prediction, time: float) -> None:
    sigma = LEVELS.sigma(time)
    x = Z / math.sqrt(1 + sigma**2)
    found = ask(TimestepDenoiser(LEVELS, prediction), x, time, prediction)
    torch.testing.assert_close(found, (Z - best_estimate(Z, sigma)) / sigma)


@predictions
def test_a_consistency_model_hears_of_the_nearest_of_fifty_times(prediction: Prediction) -> None:
    denoiser = ConsistencyDenoiser(consistency_levels(LEVELS), prediction)
    sigma = LEVELS.sigma(704.0)
    assert denoiser.question(Z, sigma)[1] == 699.0
    assert denoiser.question(Z, LEVELS.sigma_max)[1] == 999.0


def test_a_consistency_model_is_nearly_the_denoised_latent_but_for_little_noise() -> None:
    denoiser = ConsistencyDenoiser(consistency_levels(LEVELS))
    sigma = LEVELS.sigma(19.0)
    estimate = torch.ones_like(Z)
    power = 190.0**2 + 0.25
    expected = (Z - estimate * sigma) * (190 / math.sqrt(power)) + Z * (0.25 / power)
    torch.testing.assert_close(denoiser.answer(Z, estimate, sigma), expected)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Euler", SigmaDenoiser), ("DDIM", TimestepDenoiser), ("LCM", ConsistencyDenoiser)],
)
def test_every_sampler_gets_its_denoiser(name: str, kind: type) -> None:
    assert isinstance(denoiser_for(SAMPLERS[name], LEVELS, "epsilon"), kind)
