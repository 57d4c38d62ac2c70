"""The noise levels a network was trained with, and the clock that goes with them.

Training mixed a clean latent x0 with standard normal noise e at one of T = 1000 times t:
``x_t = sqrt(A_t) x0 + sqrt(1 - A_t) e``, where ``A_t = prod(1 - beta_s, s <= t)`` falls from
almost 1 to almost 0 (Ho et al. 2020, arXiv:2006.11239; the betas of Rombach et al. 2021,
arXiv:2112.10752). Samplers see the same picture without the shrinking, ``x0 + sigma e`` with
``sigma_t = sqrt((1 - A_t) / A_t)``. Between whole times ln sigma is linear in t.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from velatura.records import SamplingOptions

TIMES = 1000
BETA_FIRST = 0.00085
BETA_LAST = 0.012

TERMINAL_ALPHA = 4.8973451890853435e-08
"""What is left of the signal at the last time when the terminal signal is "zero"."""

CONSISTENCY_STRIDE = 20
"""Latent consistency models know every 20th time only (arXiv:2310.04378)."""


@dataclass(frozen=True, slots=True)
class NoiseLevels:
    """Noise levels by time, rising.

    Attributes:
        sigmas: sigma at times 0, 1, ..., rising and positive.
        quantize: Whether :meth:`time` answers with the nearest whole time.

    Example:
        >>> levels = NoiseLevels((0.5, 2.0, 8.0))
        >>> levels.sigma(0.5), levels.time(4.0)
        (1.0, 1.5)
    """

    sigmas: tuple[float, ...]
    quantize: bool = False

    @property
    def sigma_min(self) -> float:
        """The lowest level."""
        return self.sigmas[0]

    @property
    def sigma_max(self) -> float:
        """The highest level."""
        return self.sigmas[-1]

    @property
    def last(self) -> int:
        """The last time."""
        return len(self.sigmas) - 1

    def sigma(self, time: float) -> float:
        """The level at a time in [0, ``last``], fractions included."""
        low, share = self._split(time)
        return math.exp(
            (1 - share) * math.log(self.sigmas[low]) + share * math.log(self.sigmas[low + 1])
        )

    def time(self, sigma: float) -> float:
        """The time at which the level is ``sigma``; the first or last where it lies outside."""
        low = min(max(bisect_right(self.sigmas, sigma) - 1, 0), self.last - 1)
        bottom, top = math.log(self.sigmas[low]), math.log(self.sigmas[low + 1])
        share = min(max((math.log(sigma) - bottom) / (top - bottom), 0.0), 1.0)
        if self.quantize:
            return float(low + (share > 0.5))
        return low + share

    def alpha(self, time: float) -> float:
        """The share of signal power ``A`` at a time; between whole times ln A is linear."""
        low, share = self._split(time)
        return math.exp((1 - share) * self._log_alpha(low) + share * self._log_alpha(low + 1))

    def _split(self, time: float) -> tuple[int, float]:
        low = min(max(math.floor(time), 0), self.last - 1)
        return low, time - low

    def _log_alpha(self, time: int) -> float:
        return -math.log1p(self.sigmas[time] ** 2)


def model_levels(options: SamplingOptions) -> NoiseLevels:
    """The levels of Stable Diffusion 1, 2 and XL: sigma from 0.0292 to 14.61.

    ``beta_t = (sqrt(b0) + (sqrt(b1) - sqrt(b0)) t / 999)^2`` with b0 = 0.00085 and b1 = 0.012;
    the cumulative alphas are kept in single precision, as model files keep them.
    """
    first, last = math.sqrt(BETA_FIRST), math.sqrt(BETA_LAST)
    alphas: list[float] = []
    alpha = 1.0
    for t in range(TIMES):
        alpha *= 1 - (first + (last - first) * t / (TIMES - 1)) ** 2
        alphas.append(alpha)
    alphas = _rounded(alphas, half=options.downcast_alphas)
    if options.zero_terminal_snr:
        alphas = without_terminal_signal(alphas)
    return NoiseLevels(tuple(math.sqrt((1 - a) / a) for a in alphas), quantize=options.quantize)


def consistency_levels(levels: NoiseLevels) -> NoiseLevels:
    """The 50 levels that a latent consistency model knows: times 19, 39, ..., 999."""
    return NoiseLevels(levels.sigmas[CONSISTENCY_STRIDE - 1 :: CONSISTENCY_STRIDE])


def without_terminal_signal(alphas: Sequence[float]) -> list[float]:
    """Cumulative alphas, shifted and stretched so that the last time is pure noise.

    ``sqrt(A) <- (sqrt(A) - sqrt(A_last)) sqrt(A_0) / (sqrt(A_0) - sqrt(A_last))``, Lin et al. 2023
    (arXiv:2305.08891), Algorithm 1; the last value stays a little above 0, for a finite sigma.
    """
    roots = [math.sqrt(a) for a in alphas]
    first, last = roots[0], roots[-1]
    stretched = [((root - last) * first / (first - last)) ** 2 for root in roots]
    return [*stretched[:-1], TERMINAL_ALPHA]


def _rounded(values: Sequence[float], *, half: bool) -> list[float]:
    """The values in the precision of the field's model files.

    Close to 1 it matters: single precision moves the lowest sigma by 1e-5 of its value.
    """
    import numpy as np

    return [float(value) for value in np.asarray(values, np.float16 if half else np.float32)]
