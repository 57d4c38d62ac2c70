"""Heun's method: an Euler step, corrected by the slope at its end. Two network calls a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State, churned, heun_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions


def sample_heun(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Steps along the mean of two slopes, with churn; the step to sigma = 0 is Euler's.

    Karras et al. 2022 (arXiv:2206.00364), Algorithm 2. Every step draws noise, whether it churns
    or not, as the web UI does.
    """
    x = state.x
    for i in range(state.index, len(levels) - 1):
        sigma, sigma_next = churned(levels[i], len(levels) - 1, options), levels[i + 1]
        fresh = noise.draw() * options.noise_scale
        if sigma > levels[i]:
            x = x + fresh * (sigma**2 - levels[i] ** 2) ** 0.5
        x, denoised = heun_step(denoise, x, sigma, sigma_next)
        yield State(x, i + 1, denoised=denoised)
