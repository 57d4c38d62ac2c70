"""DPM-Solver++(3M) for the stochastic equation: one network call a step, two estimates remembered.

The clean estimate D is extrapolated by a parabola through its last three values, which is
integrated exactly. Lu et al. 2022 (arXiv:2211.01095), section 6, with their third-order multistep
formula. As in its published code the curvature has half the weight of Taylor's expansion, so the
order that can be measured is 2; seeds rely on it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from velatura.diffusion.samplers.base import State, eta

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions


def sample_dpmpp_3m_sde(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """``x <- e^-a x + (1 - e^-a) D + phi2 D' - phi3 D'' + noise`` with a = (1 + eta) h.

    Here h = ln(s / s'), D' and D'' are divided differences of D over the last steps, and the noise
    has the deviation ``s' sqrt(1 - e^(-2 eta h))``.
    """
    amount, increment = eta(options), noise.brownian()
    x, history = state.x, cast("tuple[Tensor, ...]", state.history)
    for i in range(state.index, len(levels) - 1):
        sigma, sigma_next = levels[i], levels[i + 1]
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            a = (1 + amount) * h
            x = x * math.exp(-a) - denoised * math.expm1(-a)
            ratios = [math.log(levels[i - 1 - k] / levels[i - k]) / h for k in range(len(history))]
            if ratios:
                x = x + _bend(a, [denoised, *history], ratios)
            spread = sigma_next * math.sqrt(-math.expm1(-2 * amount * h))
            if spread > 0:
                x = x + increment(sigma, sigma_next) * (spread * options.noise_scale)
        history = (denoised, *history[:1])
        yield State(x, i + 1, history, denoised)


def _bend(a: float, values: Sequence[Tensor], ratios: Sequence[float]) -> Tensor:
    """What the slope of D and, with three values, its curvature add to the step.

    Args:
        a: Length of the step.
        values: D now, and one or two before, newest first.
        ratios: Lengths of the steps between them, in units of this step.
    """
    phi2 = math.expm1(-a) / a + 1
    slope = (values[0] - values[1]) / ratios[0]
    if len(ratios) == 1:
        return slope * phi2
    phi3 = phi2 / a - 0.5
    change = slope - (values[1] - values[2]) / ratios[1]
    reach = ratios[0] + ratios[1]
    slope = slope + change * (ratios[0] / reach)
    return slope * phi2 - change * (phi3 / reach)
