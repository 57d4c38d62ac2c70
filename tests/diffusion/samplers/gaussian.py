"""A problem whose solution is known: data that are normal with mean m and deviation s.

The ideal clean estimate is ``m + s^2 / (s^2 + sigma^2) (z - m)``, and the probability flow carries
z - m along in proportion to ``sqrt(s^2 + sigma^2)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.diffusion.samplers.base import Sampler, Sigmas

MEAN, DEVIATION = 0.3, 0.5
HIGHEST, LOWEST = 10.0, 0.1


def flow(z: float, sigma: float, sigma_next: float) -> float:
    """Where the probability flow carries z."""
    growth = math.sqrt((DEVIATION**2 + sigma_next**2) / (DEVIATION**2 + sigma**2))
    return MEAN + (z - MEAN) * growth


def sigma_of(time: float) -> float:
    """The noise level of a timestep 0..1000: its logarithm is linear in time."""
    return LOWEST * (HIGHEST / LOWEST) ** (time / 1000)


@dataclass
class Ideal:
    """A ``Denoise`` that knows the answer."""

    family: str
    calls: int = 0

    def __call__(self, x: Tensor, level: float) -> Tensor:
        self.calls += 1
        if self.family == "sigma":
            return self.clean(x, level)
        sigma = sigma_of(level)
        z = x / math.sqrt(self.alpha(level))
        return (z - self.clean(z, sigma)) / sigma

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        del scale_factor
        return self(x, level), self(x, level)

    def alpha(self, level: float) -> float:
        return 1 / (1 + sigma_of(level) ** 2)

    def clean(self, z: Tensor, sigma: float) -> Tensor:
        return MEAN + DEVIATION**2 / (DEVIATION**2 + sigma**2) * (z - MEAN)


class Silence:
    """A ``Noise`` for samplers that are told to add none."""

    def draw(self) -> Tensor:
        return torch.zeros(1, dtype=torch.float64)

    def brownian(self) -> Callable[[float, float], Tensor]:
        return no_increments


def no_increments(sigma: float, sigma_next: float) -> Tensor:
    raise AssertionError(f"no noise was asked for from {sigma} to {sigma_next}")


def even_levels(sampler: Sampler, steps: int) -> Sigmas:
    """Even steps in ln sigma from HIGHEST to LOWEST, as sigmas or timesteps."""
    times = [1000 * (1 - i / steps) for i in range(steps + 1)]
    return tuple(times) if sampler.family == "timestep" else tuple(map(sigma_of, times))


def scale(sampler: Sampler, level: float) -> float:
    """Factor from z to the latents a sampler handles at a level."""
    if sampler.family == "sigma":
        return 1.0
    return 1 / math.sqrt(1 + sigma_of(level) ** 2)
