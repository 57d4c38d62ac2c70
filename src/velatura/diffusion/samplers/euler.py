"""Euler's method, plain and ancestral: one network call a step.

With the direction ``d = (x - D) / sigma`` the probability-flow equation is ``dx / dsigma = d``
(Karras et al. 2022, arXiv:2206.00364, eq. 1 with sigma(t) = t).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State, churned, eta, split_noise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions


def sample_euler(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Euler steps, with churn. Karras et al. 2022 (arXiv:2206.00364), Algorithm 2, first order.

    Every step draws noise, whether it churns or not, as the web UI does.
    """
    x = state.x
    for i in range(state.index, len(levels) - 1):
        sigma = churned(levels[i], len(levels) - 1, options)
        fresh = noise.draw() * options.noise_scale
        if sigma > levels[i]:
            x = x + fresh * (sigma**2 - levels[i] ** 2) ** 0.5
        denoised = denoise(x, sigma)
        x = x + (x - denoised) / sigma * (levels[i + 1] - sigma)
        yield State(x, i + 1, denoised=denoised)


def sample_euler_ancestral(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Euler steps below the next level, and fresh noise to come back up to it.

    With eta = 1 each step draws from the posterior of Ho et al. 2020 (arXiv:2006.11239) to first
    order. The noise scale is not applied, as in the web UI.
    """
    x = state.x
    for i in range(state.index, len(levels) - 1):
        sigma = levels[i]
        down, up = split_noise(sigma, levels[i + 1], eta(options))
        denoised = denoise(x, sigma)
        x = x + (x - denoised) / sigma * (down - sigma)
        if levels[i + 1] > 0:
            x = x + noise.draw() * up
        yield State(x, i + 1, denoised=denoised)
