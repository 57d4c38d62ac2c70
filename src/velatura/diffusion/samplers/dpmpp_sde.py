"""DPM-Solver++ for the stochastic equation, single step, second order: two network calls a step.

Lu et al. 2022 (arXiv:2211.01095), section 6, and their Algorithm 1 with r = 1/2; the noise comes
from a Brownian path over sigma, so that it fits together however the steps are chosen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State, eta, split_noise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions


def sample_dpmpp_sde(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """A noisy step to the middle in ln sigma, then a whole one with the estimate from there.

    The step to sigma = 0 is Euler's.
    """
    x, increment = state.x, noise.brownian()

    def step(x: Tensor, denoised: Tensor, sigma: float, sigma_next: float) -> Tensor:
        down, up = split_noise(sigma, sigma_next, eta(options))
        x = x * (down / sigma) + denoised * (1 - down / sigma)
        return x + increment(sigma, sigma_next) * (options.noise_scale * up) if up > 0 else x

    for i in range(state.index, len(levels) - 1):
        sigma, sigma_next = levels[i], levels[i + 1]
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = x - (x - denoised) / sigma * sigma
        else:
            middle = math.sqrt(sigma * sigma_next)
            halfway = step(x, denoised, sigma, middle)
            x = step(x, denoise(halfway, middle), sigma, sigma_next)
        yield State(x, i + 1, denoised=denoised)
