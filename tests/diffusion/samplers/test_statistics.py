"""What stochastic samplers leave: draws with the mean and the deviation of the data."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.diffusion.samplers.gaussian import DEVIATION, MEAN, Ideal, scale, sigma_of
from velatura.diffusion.noise import NoiseRecipe, PictureNoise
from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.samplers.base import Sampler, State
from velatura.records import SamplingOptions

SHAPE = (1, 100, 200)
STEPS = {"DPM fast": 60, "Euler": 160, "Euler a": 160}
"""Euler's first order needs more than the usual 40."""

LEVELS_FROM, LEVELS_TO = 14.0, 0.02


class Consistent(Ideal):
    """A ``Denoise`` that follows the probability flow to its end, as consistency models do."""

    def clean(self, z: Tensor, sigma: float) -> Tensor:
        return MEAN + (z - MEAN) * (DEVIATION / math.sqrt(DEVIATION**2 + sigma**2))


def draws(sampler: Sampler, options: SamplingOptions, steps: int = 40) -> Tensor:
    """20,000 draws."""
    span = (LEVELS_TO, LEVELS_FROM)
    noise = PictureNoise(NoiseRecipe(seeds=(1,), shape=SHAPE, span=span))
    if sampler.family == "timestep":
        levels = tuple(1000 * (1 - i / steps) for i in range(steps + 1))
        sigma, end = sigma_of(levels[0]), scale(sampler, levels[-1])
    else:
        ratio = LEVELS_TO / LEVELS_FROM
        levels = (*(LEVELS_FROM * ratio ** (i / (steps - 1)) for i in range(steps)), 0.0)
        sigma, end = LEVELS_FROM, 1.0
    data = MEAN + noise.first() * math.sqrt(DEVIATION**2 + sigma**2)
    denoise = (Consistent if sampler.is_consistent else Ideal)(sampler.family)
    start = State(data * scale(sampler, levels[0]))
    *_, last = sampler.sample(denoise, start, levels, noise, options)
    return last.x / end


@pytest.mark.parametrize(
    "sampler",
    [sampler for sampler in SAMPLERS.values() if sampler.is_stochastic],
    ids=lambda sampler: sampler.label,
)
def test_the_draws_have_the_mean_and_deviation_of_the_data(sampler: Sampler) -> None:
    drawn = draws(sampler, SamplingOptions(), STEPS.get(sampler.label, 40))
    assert drawn.mean().item() == pytest.approx(MEAN, abs=0.02)
    assert drawn.std().item() == pytest.approx(DEVIATION, rel=0.05)


@pytest.mark.parametrize("name", ["Euler", "Heun", "DPM2"])
def test_churn_leaves_the_deviation_as_it_is(name: str) -> None:
    drawn = draws(SAMPLERS[name], SamplingOptions(churn=8.0), STEPS.get(name, 40))
    assert drawn.mean().item() == pytest.approx(MEAN, abs=0.02)
    assert drawn.std().item() == pytest.approx(DEVIATION, rel=0.06)


@pytest.mark.parametrize("name", ["DDIM", "DDIM CFG++"])
def test_ddim_with_noise_leaves_the_deviation_as_it_is(name: str) -> None:
    drawn = draws(SAMPLERS[name], SamplingOptions(eta=1.0), 80)
    assert drawn.mean().item() == pytest.approx(MEAN, abs=0.02)
    expected = math.sqrt(DEVIATION**2 + sigma_of(0.0) ** 2)
    assert drawn.std().item() == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    "name",
    [
        "DPM2 a",
        "DPM++ 2S a",
        "DPM++ SDE",
        "DPM++ 2M SDE",
        "DPM++ 2M SDE Heun",
        "DPM++ 3M SDE",
        "DPM fast",
        "Heun",
    ],
)
def test_a_greater_noise_scale_leaves_more_noise(name: str) -> None:
    sampler = SAMPLERS[name]
    options = SamplingOptions(churn=8.0)
    plain = draws(sampler, options, 20).std().item()
    scaled = draws(sampler, replace(options, noise_scale=1.1), 20).std().item()
    assert scaled > plain * 1.005


@pytest.mark.parametrize("name", ["Euler a", "DPM adaptive", "Restart", "LCM"])
def test_some_samplers_have_no_noise_scale(name: str) -> None:
    sampler = SAMPLERS[name]
    plain = draws(sampler, SamplingOptions(), 20)
    assert torch.equal(draws(sampler, SamplingOptions(noise_scale=1.1), 20), plain)
