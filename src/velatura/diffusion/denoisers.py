"""What a network's answer means: from raw estimates to clean latents, or to noise.

A network sees a picture shrunk to unit power and the time, and estimates either the noise e
("epsilon") or the velocity ("v") ``v = sqrt(A) e - sqrt(1 - A) x0`` (Salimans and Ho 2022,
arXiv:2202.00512). A denoiser knows how to ask (:meth:`Denoiser.question`) and how to read the
answer (:meth:`Denoiser.answer`). Answers are affine in the estimate, so guidance may be applied to
the estimates. With z = x0 + sigma e and c = 1 / sqrt(1 + sigma^2):

* epsilon: ``x0 = z - sigma E(c z, t)``
* velocity: ``x0 = c^2 z - sigma c V(c z, t)``
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from velatura.diffusion.noise_levels import CONSISTENCY_STRIDE, NoiseLevels, consistency_levels

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.diffusion.samplers.base import Sampler

Prediction = Literal["epsilon", "v"]

DATA_DEVIATION = 0.5
"""Standard deviation of the data, as consistency models assume it (arXiv:2303.01469)."""

TIME_SCALE = 10.0
"""Factor on the time in the consistency model's mixture (arXiv:2310.04378, appendix)."""


class Denoiser(Protocol):
    """How to put a noisy latent to a network, and how to read what it says."""

    @property
    def levels(self) -> NoiseLevels:
        """The noise levels the network knows."""
        ...

    def question(self, x: Tensor, level: float) -> tuple[Tensor, float]:
        """What the network is shown: the latent in its scale, and the time."""
        ...

    def answer(self, x: Tensor, estimate: Tensor, level: float) -> Tensor:
        """The clean latent ("sigma" family) or the noise ("timestep" family)."""
        ...


@dataclass(frozen=True, slots=True)
class SigmaDenoiser:
    """For samplers that walk sigmas: reads the clean latent out of the network's estimate.

    Attributes:
        levels: The model's noise levels.
        prediction: What the network estimates.
    """

    levels: NoiseLevels
    prediction: Prediction = "epsilon"

    def question(self, x: Tensor, level: float) -> tuple[Tensor, float]:
        """``x / sqrt(1 + sigma^2)`` and the time of sigma, fractions included."""
        return x * (1 / math.sqrt(level**2 + 1)), self.levels.time(level)

    def answer(self, x: Tensor, estimate: Tensor, level: float) -> Tensor:
        """The clean latent."""
        if self.prediction == "epsilon":
            return x - estimate * level
        power = level**2 + 1
        return x * (1 / power) - estimate * (level / math.sqrt(power))


@dataclass(frozen=True, slots=True)
class TimestepDenoiser:
    """For samplers that walk timesteps: reads the noise out of the network's estimate.

    Here latents are ``sqrt(A) x0 + sqrt(1 - A) e``.

    Attributes:
        levels: The model's noise levels.
        prediction: What the network estimates.
    """

    levels: NoiseLevels
    prediction: Prediction = "epsilon"

    def question(self, x: Tensor, level: float) -> tuple[Tensor, float]:
        """The latent and the timestep as they are."""
        return x, level

    def answer(self, x: Tensor, estimate: Tensor, level: float) -> Tensor:
        """The noise; from a velocity ``e = sqrt(A) v + sqrt(1 - A) x``."""
        if self.prediction == "epsilon":
            return estimate
        alpha = self.levels.alpha(level)
        return estimate * math.sqrt(alpha) + x * math.sqrt(1 - alpha)


@dataclass(frozen=True, slots=True)
class ConsistencyDenoiser:
    """For latent consistency models: a mixture of input and denoised latent.

    ``c_skip z + c_out D(z)`` with s = 10 t, ``c_skip = d^2 / (s^2 + d^2)``,
    ``c_out = s / sqrt(s^2 + d^2)`` and d = 0.5: Luo et al. 2023 (arXiv:2310.04378), eq. 9. The
    time is that of the nearest of 50 levels.

    Attributes:
        levels: The model's 50 levels.
        prediction: What the network estimates.
    """

    levels: NoiseLevels
    prediction: Prediction = "epsilon"

    def question(self, x: Tensor, level: float) -> tuple[Tensor, float]:
        """``x / sqrt(1 + sigma^2)`` and the time of the nearest level."""
        return x * (1 / math.sqrt(level**2 + 1)), self._label(level)

    def answer(self, x: Tensor, estimate: Tensor, level: float) -> Tensor:
        """The clean latent."""
        time = TIME_SCALE * self._label(level)
        power = time**2 + DATA_DEVIATION**2
        denoised = SigmaDenoiser(self.levels, self.prediction).answer(x, estimate, level)
        return denoised * (time / math.sqrt(power)) + x * (DATA_DEVIATION**2 / power)

    def _label(self, sigma: float) -> float:
        nearest = math.floor(self.levels.time(sigma) + 0.5)
        return float(CONSISTENCY_STRIDE * nearest + CONSISTENCY_STRIDE - 1)


def denoiser_for(sampler: Sampler, levels: NoiseLevels, prediction: Prediction) -> Denoiser:
    """The denoiser a sampler works with.

    Args:
        sampler: Decides between sigmas, timesteps and consistency.
        levels: The model's noise levels.
        prediction: What the model's network estimates.
    """
    if sampler.is_consistent:
        return ConsistencyDenoiser(consistency_levels(levels), prediction)
    if sampler.family == "timestep":
        return TimestepDenoiser(levels, prediction)
    return SigmaDenoiser(levels, prediction)
