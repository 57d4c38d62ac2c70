"""DPM-Solver, fast and adaptive: single steps of order 1 to 3 that choose their own levels.

In the time ``t = -ln sigma`` the probability flow is ``dx / dt = -sigma e(x, t)`` with the
estimated noise e, and each step integrates e's Taylor expansion exactly. Lu et al. 2022
(arXiv:2206.00927): Algorithms 1, 2 and 4, section 3.4 and appendices D and E. Both samplers use
the extremes of the levels they are given, and add ancestral noise after each step (eta = 1 by
default).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from velatura.diffusion.samplers.base import State, eta, positive, split_noise
from velatura.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions

ABSOLUTE_TOLERANCE = 0.0078
RELATIVE_TOLERANCE = 0.05
FIRST_STEP = 0.05
"""Length in t of the adaptive sampler's first step."""

SAFETY = 0.81
"""A step is taken if the next one may be at least this much of it."""

ERROR_ORDER = {True: 1.5, False: 3.0}
"""How the error grows with the step, with noise and without."""

END_MARGIN = 1e-5
THIRDS = (1 / 3, 2 / 3)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of length ``h`` in t, from latents ``x`` with estimated noise ``e``."""

    x: Tensor
    e: Tensor
    t: float
    h: float

    def sigma(self, share: float = 1.0) -> float:
        """The level at a share of the step."""
        return math.exp(-(self.t + share * self.h))

    def first(self, share: float = 1.0) -> Tensor:
        """First order, over a share of the step."""
        return self.x - self.e * (self.sigma(share) * math.expm1(share * self.h))

    def probe(self, denoise: Denoise, at: Tensor, share: float) -> Tensor:
        """The noise at a share of the step, in latents guessed for there, less the noise here."""
        sigma = self.sigma(share)
        return (at - denoise(at, sigma)) / sigma - self.e

    def second(self, change: Tensor, share: float) -> Tensor:
        """Second order, from the noise's change up to a share of the step."""
        return self.first() - change * (self.sigma() / (2 * share) * math.expm1(self.h))

    def third(self, denoise: Denoise, change: Tensor) -> Tensor:
        """Third order, from the noise's change over a third of the step."""
        third, two_thirds = THIRDS
        guess = self.first(two_thirds) - change * self._bend(two_thirds, two_thirds / third)
        return self.first() - self.probe(denoise, guess, two_thirds) * self._bend(1, 1 / two_thirds)

    def _bend(self, share: float, factor: float) -> float:
        reach = share * self.h
        return self.sigma(share) * factor * (math.expm1(reach) / reach - 1)


def sample_dpm_fast(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """As many network calls as the levels have steps, in even steps of t, mostly third order."""
    known = positive(levels)
    begin, end = -math.log(known[0]), -math.log(known[-1])
    orders = _orders(len(levels) - 1)
    x = state.x
    for i in range(state.index, len(orders)):
        t, t_next = (begin + (end - begin) * k / len(orders) for k in (i, i + 1))
        down, up = _descent(t, t_next, end, eta(options))
        denoised = denoise(x, math.exp(-t))
        step = _Step(x, (x - denoised) / math.exp(-t), t, down - t)
        x = _step_of_order(orders[i], denoise, step) + noise.draw() * (up * options.noise_scale)
        yield State(x, i + 1, denoised=denoised)


def count_fast_steps(levels: Sigmas) -> int:
    """How many states :func:`sample_dpm_fast` yields."""
    return len(_orders(len(levels) - 1))


def sample_dpm_adaptive(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Third-order steps, as long as their difference to second order allows.

    The difference is taken over all latents, so pictures of one batch would share their steps.
    The noise scale is not applied, as in the web UI.

    Raises:
        EngineError: The network's answer is not finite, so that no step would ever fit.
    """
    known, amount = positive(levels), eta(options)
    end = -math.log(known[-1])
    x, history = state.x, state.history or (-math.log(known[0]), FIRST_STEP, state.x)
    t, h, previous = cast("tuple[float, float, Tensor]", history)
    index = state.index
    while t < end - END_MARGIN:
        t_next = min(end, t + h)
        down, up = _descent(t, t_next, end, amount)
        denoised = denoise(x, math.exp(-t))
        step = _Step(x, (x - denoised) / math.exp(-t), t, down - t)
        change = step.probe(denoise, step.first(THIRDS[0]), THIRDS[0])
        low, high = step.second(change, THIRDS[0]), step.third(denoise, change)
        growth = _growth(low, high, previous, ERROR_ORDER[amount > 0])
        h *= growth
        if growth >= SAFETY:
            x, t, previous, index = high + noise.draw() * up, t_next, low, index + 1
            yield State(x, index, (t, h, previous), denoised)


def _orders(calls: int) -> list[int]:
    """Orders of the steps that make up a number of calls (Lu et al. 2022, section 3.4)."""
    if calls <= 0:
        return []
    if calls % 3 == 0:
        return [3] * (calls // 3 - 1) + [2, 1]
    return [3] * (calls // 3) + [calls % 3]


def _step_of_order(order: int, denoise: Denoise, step: _Step) -> Tensor:
    if order == 1:
        return step.first()
    share = 1 / 2 if order == 2 else THIRDS[0]
    change = step.probe(denoise, step.first(share), share)
    return step.second(change, share) if order == 2 else step.third(denoise, change)


def _descent(t: float, t_next: float, end: float, eta: float) -> tuple[float, float]:
    """The time to solve for on the way to ``t_next``, and the noise to come back with."""
    down, _ = split_noise(math.exp(-t), math.exp(-t_next), eta)
    reached = min(end, -math.log(down)) if down > 0 else end
    return reached, math.sqrt(max(math.exp(-2 * t_next) - math.exp(-2 * reached), 0.0))


def _growth(low: Tensor, high: Tensor, previous: Tensor, order: float) -> float:
    """By which factor the next step may be longer: an integral controller with a soft limit.

    ``1 + atan(error^(-1 / order) - 1)``, the error being the root mean square of the difference in
    units of the tolerance. Soederlind 2003 (doi:10.1145/641876.641877).
    """
    largest = low.abs().maximum(previous.abs())
    tolerance = (largest * RELATIVE_TOLERANCE).clamp(min=ABSOLUTE_TOLERANCE)
    error = float(((low - high) / tolerance).square().mean().sqrt())
    if not math.isfinite(error):
        raise EngineError(
            "DPM adaptive: the network returned values that are not finite; "
            "try a VAE or checkpoint in full precision, or another sampler"
        )
    return 1 + math.atan((1 / (error + 1e-8)) ** (1 / order) - 1)
