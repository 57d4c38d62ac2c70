"""UniPC: a multistep predictor, and a corrector that costs no network call.

Zhao et al. 2023 (arXiv:2302.04867), Algorithms 5 to 8, for the prediction of clean latents. The
network's estimate at a predicted point corrects that point and serves the next prediction. Latents
are ``sqrt(A) x0 + sqrt(1 - A) e``; levels are times in the network's scale, fractions included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from velatura.diffusion.samplers.base import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions

    Models = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class _Point:
    """A level: its factors on signal and noise, and half the logarithm of signal over noise."""

    signal: float
    noise: float

    @property
    def time(self) -> float:
        return math.log(self.signal / self.noise)


def sample_unipc(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Predict, evaluate, correct; the last step only predicts."""
    del noise
    points = [_point(denoise.alpha(level)) for level in levels]
    x, models = state.x, cast("Models", state.history)

    def clean(x: Tensor, i: int) -> Tensor:
        return (x - denoise(x, levels[i]) * points[i].noise) / points[i].signal

    last = len(levels) - 1
    for i in range(state.index, last):
        models = models or (clean(x, i),)
        order = _order(i, last, options)
        step = _Step(x, models[:order], points[i + 1], points[i + 1 - order : i + 1][::-1], options)
        x = step.predicted()
        if i + 1 < last:
            model = clean(x, i + 1)
            x = step.corrected(model)
            models = (model, *models)[: options.unipc_order]
        yield State(x, i + 1, models, models[0])


def _point(alpha: float) -> _Point:
    return _Point(math.sqrt(alpha), math.sqrt(1 - alpha))


def _order(i: int, last: int, options: SamplingOptions) -> int:
    """The order of step ``i``: rising at the start and, if wanted, falling at the end."""
    highest = min(options.unipc_order, last)
    if i + 1 < highest:
        return i + 1
    return min(highest, last - i) if options.unipc_lower_order_final else highest


@dataclass(frozen=True, slots=True)
class _Step:
    """One step.

    Attributes:
        x: The latents.
        models: Clean estimates, newest first.
        target: The point to go to.
        points: Where the estimates were made, newest first.
        options: The variant of B(h).
    """

    x: Tensor
    models: Models
    target: _Point
    points: Sequence[_Point]
    options: SamplingOptions

    def predicted(self) -> Tensor:
        """UniP: from the estimates so far."""
        return self._moved(self._ratios(), self._differences())

    def corrected(self, model: Tensor) -> Tensor:
        """UniC: with the estimate at the predicted point as well."""
        return self._moved([*self._ratios(), 1.0], [*self._differences(), model - self.models[0]])

    @property
    def _length(self) -> float:
        return self.target.time - self.points[0].time

    def _ratios(self) -> list[float]:
        """Where the earlier estimates lie, in units of the step."""
        return [(point.time - self.points[0].time) / self._length for point in self.points[1:]]

    def _differences(self) -> list[Tensor]:
        pairs = zip(self.models[1:], self._ratios(), strict=True)
        return [(model - self.models[0]) / ratio for model, ratio in pairs]

    def _moved(self, ratios: Sequence[float], differences: Sequence[Tensor]) -> Tensor:
        """``(s' / s) x - a' (e^-h - 1) m - a' sum_k c_k D_k``."""
        shrink = math.expm1(-self._length)
        x = self.x * (self.target.noise / self.points[0].noise)
        x = x - self.models[0] * (self.target.signal * shrink)
        for weight, difference in zip(self._weights(ratios), differences, strict=True):
            x = x - difference * (self.target.signal * weight)
        return x

    def _weights(self, ratios: Sequence[float]) -> list[float]:
        """The c_k of the order conditions ``sum_k c_k r_k^(j-1) = -h j! phi_(j+1)(-h)``.

        A single condition is met only to leading order, as ``c = B(h) / 2``, except in the variant
        of varying coefficients (section 3.2 and appendix C).
        """
        h = -self._length
        if len(ratios) == 1 and self.options.unipc_variant != "vary_coeff":
            return [(h if self.options.unipc_variant == "bh1" else math.expm1(h)) / 2]
        if not ratios:
            return []
        wanted: list[float] = []
        phi = math.expm1(h) / h - 1
        for j in range(1, len(ratios) + 1):
            wanted.append(phi * math.factorial(j))
            phi = phi / h - 1 / math.factorial(j + 1)
        powers = np.vander(ratios, increasing=True).T
        return [float(weight) for weight in np.linalg.solve(powers, wanted)]
