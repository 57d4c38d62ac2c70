"""DPM-Solver++(2S), ancestral: second order from two network calls a step.

Lu et al. 2022 (arXiv:2211.01095), Algorithm 1, with its middle at half the step in ln sigma; the
ancestral noise is that of Euler's ancestral method.
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


def sample_dpmpp_2s_ancestral(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Second-order steps below the next level, and fresh noise to come back up to it."""
    x = state.x
    for i in range(state.index, len(levels) - 1):
        down, up = split_noise(levels[i], levels[i + 1], eta(options))
        x, denoised = _step(denoise, x, levels[i], down)
        if levels[i + 1] > 0:
            x = x + noise.draw() * (options.noise_scale * up)
        yield State(x, i + 1, denoised=denoised)


def _step(denoise: Denoise, x: Tensor, sigma: float, sigma_next: float) -> tuple[Tensor, Tensor]:
    """``x <- (s' / s) x + (1 - s' / s) D_middle``, and the clean estimate at the start."""
    denoised = denoise(x, sigma)
    if sigma_next == 0:
        return x - (x - denoised) / sigma * sigma, denoised
    middle = math.sqrt(sigma * sigma_next)
    halfway = _towards(denoised, x, middle / sigma)
    return _towards(denoise(halfway, middle), x, sigma_next / sigma), denoised


def _towards(denoised: Tensor, x: Tensor, share: float) -> Tensor:
    """The exact solution for a constant clean estimate: ``share`` of ``x``, the rest of it."""
    return x * share + denoised * (1 - share)
