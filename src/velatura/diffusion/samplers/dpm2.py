"""DPM2: steps along the slope in the middle of the step, plain and ancestral. Two calls a step.

The middle is that of ln sigma: Karras et al. 2022 (arXiv:2206.00364), Algorithm 2, with the
midpoint of Lu et al. 2022 (DPM-Solver-2, arXiv:2206.00927).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State, churned, eta, split_noise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions


def sample_dpm2(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Midpoint steps, with churn; the step to sigma = 0 is Euler's.

    Every step draws noise, whether it churns or not, as the web UI does.
    """
    x = state.x
    for i in range(state.index, len(levels) - 1):
        sigma = churned(levels[i], len(levels) - 1, options)
        fresh = noise.draw() * options.noise_scale
        if sigma > levels[i]:
            x = x + fresh * (sigma**2 - levels[i] ** 2) ** 0.5
        x, denoised = _midpoint(denoise, x, sigma, levels[i + 1])
        yield State(x, i + 1, denoised=denoised)


def sample_dpm2_ancestral(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Midpoint steps below the next level, and fresh noise to come back up to it."""
    x = state.x
    for i in range(state.index, len(levels) - 1):
        down, up = split_noise(levels[i], levels[i + 1], eta(options))
        x, denoised = _midpoint(denoise, x, levels[i], down)
        if down > 0:
            x = x + noise.draw() * (options.noise_scale * up)
        yield State(x, i + 1, denoised=denoised)


def _midpoint(
    denoise: Denoise, x: Tensor, sigma: float, sigma_next: float
) -> tuple[Tensor, Tensor]:
    """``x`` one step on, and the clean estimate at its start."""
    denoised = denoise(x, sigma)
    slope = (x - denoised) / sigma
    if sigma_next == 0:
        return x - slope * sigma, denoised
    middle = math.sqrt(sigma * sigma_next)
    halfway = x + slope * (middle - sigma)
    slope = (halfway - denoise(halfway, middle)) / middle
    return x + slope * (sigma_next - sigma), denoised
