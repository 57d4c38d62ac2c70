"""DDIM: jumps along the straight line that the estimated noise draws. One network call a step.

Song et al. 2020 (arXiv:2010.02502), eq. 12. Latents are ``sqrt(A) x0 + sqrt(1 - A) e``; levels are
timesteps, of which the last is reached but not evaluated.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State, eta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions

    Estimates = Callable[[Tensor, float], tuple[Tensor, Tensor]]

GUIDANCE_SHARE = 1 / 12.5
"""From the usual guidance scale to that of CFG++, which lives between 0 and 1."""


def sample_ddim(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """``x <- sqrt(A') x0 + sqrt(1 - A' - s^2) e + s fresh``.

    With ``x0 = (x - sqrt(1 - A) e) / sqrt(A)`` and the deviation
    ``s = eta sqrt((1 - A') / (1 - A) (1 - A / A'))``. Every step draws noise, whether eta is 0 or
    not, as the web UI does.
    """

    def estimates(x: Tensor, level: float) -> tuple[Tensor, Tensor]:
        guided = denoise(x, level)
        return guided, guided

    return _sample(estimates, denoise.alpha, state, levels, (noise, options))


def sample_ddim_cfgpp(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """DDIM that goes back towards the unguided noise: CFG++, Chung et al. 2024 (arXiv:2406.08070).

    The clean estimate is guided at 1 / 12.5 of the scale.
    """

    def estimates(x: Tensor, level: float) -> tuple[Tensor, Tensor]:
        return denoise.branches(x, level, GUIDANCE_SHARE)

    return _sample(estimates, denoise.alpha, state, levels, (noise, options))


def _sample(
    estimates: Estimates,
    alpha_at: Callable[[float], float],
    state: State,
    levels: Sigmas,
    rest: tuple[Noise, SamplingOptions],
) -> Iterator[State]:
    """The steps, from a pair of noise estimates: the one to remove, and the one to put back."""
    noise, options = rest
    x, amount = state.x, eta(options, 0.0)
    for i in range(state.index, len(levels) - 1):
        alpha, alpha_next = alpha_at(levels[i]), alpha_at(levels[i + 1])
        removed, back = estimates(x, levels[i])
        denoised = (x - removed * math.sqrt(1 - alpha)) / math.sqrt(alpha)
        spread = amount * math.sqrt((1 - alpha_next) / (1 - alpha) * (1 - alpha / alpha_next))
        direction = back * math.sqrt(1 - alpha_next - spread**2)
        x = denoised * math.sqrt(alpha_next) + direction + noise.draw() * spread
        yield State(x, i + 1, denoised=denoised)
