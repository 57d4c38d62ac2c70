"""DPM-Solver++(2M): second order from one network call a step, by remembering the last estimate.

In the time ``lambda = -ln sigma`` the probability flow is linear but for the clean estimate D; the
solver integrates D's linear extrapolation exactly. Lu et al. 2022 (arXiv:2211.01095): Algorithm 2,
and section 6 for the stochastic variants.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State, eta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions

    Slope = Callable[[float], float]


def sample_dpmpp_2m(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """``x <- (s' / s) x + (1 - s' / s) D*``, where D* extrapolates D half a step ahead.

    With h = ln(s / s') and the step before it, r = h_before / h and
    ``D* = (1 + 1 / 2r) D - (1 / 2r) D_before``; first order in the first step and the last.
    """
    del noise, options
    x, history = state.x, state.history
    for i in range(state.index, len(levels) - 1):
        sigma, sigma_next = levels[i], levels[i + 1]
        denoised = denoise(x, sigma)
        ahead = denoised
        if history and sigma_next > 0:
            ratio = math.log(levels[i - 1] / sigma) / math.log(sigma / sigma_next)
            ahead = denoised * (1 + 1 / (2 * ratio)) - history[0] * (1 / (2 * ratio))
        share = sigma_next / sigma
        x = x * share + ahead * (1 - share)
        history = (denoised,)
        yield State(x, i + 1, history, denoised)


def sample_dpmpp_2m_sde(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """The stochastic solver with the midpoint rule for the slope of D."""

    def midpoint(a: float) -> float:
        return -0.5 * math.expm1(-a)

    return _sample_sde(midpoint, denoise, state, levels, (noise, options))


def sample_dpmpp_2m_sde_heun(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """The stochastic solver with the slope of D integrated exactly, as Heun's rule has it."""

    def heun(a: float) -> float:
        return 1 + math.expm1(-a) / a

    return _sample_sde(heun, denoise, state, levels, (noise, options))


def _sample_sde(
    slope: Slope,
    denoise: Denoise,
    state: State,
    levels: Sigmas,
    rest: tuple[Noise, SamplingOptions],
) -> Iterator[State]:
    """``x <- (s' / s) e^(-eta h) x + (1 - e^-a) D + slope(a) (D - D_before) / r + noise``.

    Here a = (1 + eta) h, and the noise has the deviation ``s' sqrt(1 - e^(-2 eta h))``.
    """
    noise, options = rest
    amount, increment = eta(options), noise.brownian()
    x, history = state.x, state.history
    for i in range(state.index, len(levels) - 1):
        sigma, sigma_next = levels[i], levels[i + 1]
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            a = (1 + amount) * h
            x = x * (sigma_next / sigma * math.exp(-amount * h)) - denoised * math.expm1(-a)
            if history:
                ratio = math.log(levels[i - 1] / sigma) / h
                x = x + (denoised - history[0]) * (slope(a) / ratio)
            spread = sigma_next * math.sqrt(-math.expm1(-2 * amount * h))
            if spread > 0:
                x = x + increment(sigma, sigma_next) * (spread * options.noise_scale)
        history = (denoised,)
        yield State(x, i + 1, history, denoised)
