"""What every sampler has in common: the contract, and the algebra that several share.

A sampler is a generator of states: it takes a :class:`State`, makes one step after another and
yields the state after each. A state that came out can go in again, so sampling can be stopped
between any two steps, saved, and carried on with the identical result. The loop belongs to the
caller: progress, previews and cancelling need nothing from the sampler.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from velatura.records import SamplingOptions

Sigmas = tuple[float, ...]
"""Noise levels, falling; x = x0 + sigma * noise. Usually ends in 0."""

MAX_CHURN = math.sqrt(2) - 1
"""Most noise that one step may add, as a share of sigma (Karras et al. 2022, Algorithm 2)."""


class Denoise(Protocol):
    """A guided network: a noisy latent and its noise level in, the guided estimate out.

    For samplers of the "sigma" family the level is sigma and the estimate is the clean latent.
    For the "timestep" family the level is the timestep (0..999) and the estimate is the noise.
    """

    def __call__(self, x: Tensor, level: float) -> Tensor:
        """The guided estimate at ``x``, (b c h w)."""
        ...

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        """The guided estimate with the guidance scale times ``scale_factor``, and the unguided."""
        ...

    def alpha(self, level: float) -> float:
        """The share of signal power at a timestep, for the "timestep" family."""
        ...


class Noise(Protocol):
    """Reproducible noise for a batch: every picture draws from its own generator."""

    def draw(self) -> Tensor:
        """The next standard-normal tensor, (b c h w)."""
        ...

    def brownian(self) -> Callable[[float, float], Tensor]:
        """Increments of Brownian motion from one sigma to another, scaled to unit variance."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """Where a sampler stands between two steps.

    Attributes:
        x: The noisy latents, (b c h w).
        index: Steps done.
        history: What this sampler's next step needs besides ``x``: earlier estimates, step sizes.
        denoised: The latest clean estimate, for previews; None before the first step.
    """

    x: Tensor
    index: int = 0
    history: tuple[Tensor | float, ...] = ()
    denoised: Tensor | None = None


class Sample(Protocol):
    """The function of a sampler."""

    def __call__(
        self, denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
    ) -> Iterator[State]:
        """States after each step from ``state.index`` on; the last one holds the result."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """An entry of ``SAMPLERS``.

    Attributes:
        sample: The algorithm.
        label: The field's name for it.
        aliases: Other names it answers to.
        summary: One line for a menu: what it is good for.
        schedule: The schedule "Automatic" stands for.
        calls_per_step: Network calls in one step, nominally: prompt editing counts in calls.
        drops_penultimate: Whether the schedule's last sigma but one is left out.
        family: Whether it walks sigmas or the model's own timesteps.
        grid: Where its levels come from: a "schedule"; the "limits" of the schedule only, between
            which it makes its own way; the timestep grid of "ddim"; or the times of "unipc".
        is_consistent: Whether it takes the network for a latent consistency model, which has
            fewer levels and a denoiser of its own.
        is_stochastic: Whether it adds fresh noise with default options.
        uses_ensd: Whether infotext records the eta noise seed delta for it.
        couples_batch: Whether pictures of one batch influence each other's steps, so that the
            pipeline must sample them one by one.
        order: Order of convergence on a smooth problem once under way (multistep samplers begin,
            and UniPC by default ends, with lower orders); None where that is not defined.
        count: States it yields for some levels, where that is not one for each step between them.
    """

    sample: Sample
    label: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    schedule: str = "Uniform"
    calls_per_step: Literal[1, 2] = 1
    drops_penultimate: bool = False
    family: Literal["sigma", "timestep"] = "sigma"
    grid: Literal["schedule", "limits", "ddim", "unipc"] = "schedule"
    is_consistent: bool = False
    is_stochastic: bool = False
    uses_ensd: bool = False
    couples_batch: bool = False
    order: int | None = None
    count: Callable[[Sigmas], int] | None = None


def eta(options: SamplingOptions, default: float = 1.0) -> float:
    """The amount of fresh noise asked for, or the sampler's default."""
    return default if options.eta is None else options.eta


def split_noise(sigma: float, sigma_next: float, eta: float) -> tuple[float, float]:
    """An ancestral step from ``sigma`` to ``sigma_next``: (where to step down to, noise to add).

    ``up = min(s', eta sqrt(s'^2 (s^2 - s'^2) / s^2))`` and ``down = sqrt(s'^2 - up^2)``: for
    eta = 1 the posterior of Ho et al. 2020 (arXiv:2006.11239), for eta = 0 no noise.
    """
    if eta == 0 or sigma_next == 0:
        return sigma_next, 0.0
    variance = sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2
    up = min(sigma_next, eta * math.sqrt(variance))
    return math.sqrt(sigma_next**2 - up**2), up


def churned(sigma: float, steps: int, options: SamplingOptions) -> float:
    """The level after churning. Karras et al. 2022 (arXiv:2206.00364), Algorithm 2, line 5."""
    highest = options.churn_max or math.inf
    if not options.churn_min <= sigma <= highest:
        return sigma
    return sigma * (1 + min(options.churn / steps, MAX_CHURN))


def positive(levels: Sigmas) -> Sigmas:
    """The levels without a 0 at the end."""
    return tuple(level for level in levels if level > 0)


def heun_step(
    denoise: Denoise, x: Tensor, sigma: float, sigma_next: float
) -> tuple[Tensor, Tensor]:
    """``x`` one step of Heun's on (Euler's to sigma = 0), and the clean estimate at its start.

    Karras et al. 2022 (arXiv:2206.00364), Algorithm 1.
    """
    denoised = denoise(x, sigma)
    slope = (x - denoised) / sigma
    ahead = x + slope * (sigma_next - sigma)
    if sigma_next > 0:
        slope_ahead = (ahead - denoise(ahead, sigma_next)) / sigma_next
        ahead = x + (slope + slope_ahead) / 2 * (sigma_next - sigma)
    return ahead, denoised
