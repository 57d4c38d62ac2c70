"""PLMS: DDIM's steps along an extrapolated noise estimate. One network call a step, and one more.

The pseudo linear multistep method of Liu et al. 2022 (arXiv:2202.09778): Adams-Bashforth's weights
for the noise, DDIM's transfer for the step.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions

WEIGHTS = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)
"""Adams-Bashforth of order 1 to 4, newest first (Liu et al., eq. 12 and appendix)."""


def sample_plms(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Multistep from the second step on; the first takes the mean of the noise at its two ends."""
    del noise, options
    x, history = state.x, state.history
    for i in range(state.index, len(levels) - 1):
        alpha, alpha_next = denoise.alpha(levels[i]), denoise.alpha(levels[i + 1])
        estimate = denoise(x, levels[i])
        estimates = (estimate, *history)
        weights = WEIGHTS[len(history)]
        steered = estimate * weights[0]
        for earlier, weight in zip(history, weights[1:], strict=True):
            steered = steered + earlier * weight
        if not history:
            ahead, _ = _transfer(x, estimate, alpha, alpha_next)
            steered = (estimate + denoise(ahead, levels[i + 1])) / 2
        x, denoised = _transfer(x, steered, alpha, alpha_next)
        history = estimates[: len(WEIGHTS) - 1]
        yield State(x, i + 1, history, denoised)


def _transfer(
    x: Tensor, estimate: Tensor, alpha: float, alpha_next: float
) -> tuple[Tensor, Tensor]:
    """DDIM's step without noise, and the clean estimate. Song et al. 2020 (arXiv:2010.02502)."""
    denoised = (x - estimate * math.sqrt(1 - alpha)) / math.sqrt(alpha)
    return denoised * math.sqrt(alpha_next) + estimate * math.sqrt(1 - alpha_next), denoised
