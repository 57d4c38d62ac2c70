"""What every sampler has in common.

A sampler is a generator of states: it takes a :class:`State`, makes one step after another and
yields the state after each. A state that came out can go in again, so sampling can be stopped
between any two steps, saved, and carried on with the identical result. The loop belongs to the
caller: progress, previews and cancelling need nothing from the sampler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from velatura.records import SamplingOptions

Sigmas = tuple[float, ...]
"""Noise levels, falling; x = x0 + sigma * noise. Usually ends in 0."""


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


class Noise(Protocol):
    """Reproducible noise for a batch: every picture draws from its own generator."""

    def draw(self) -> Tensor:
        """The next standard-normal tensor, (b c h w)."""
        ...

    def brownian(self, sigma_min: float, sigma_max: float) -> Callable[[float, float], Tensor]:
        """Normalised increments of a Brownian path between two sigmas, one path a picture."""
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
        calls_per_step: Network calls in one step, as prompt editing counts them.
        drops_penultimate: Whether the schedule's last sigma but one is left out.
        family: Whether it walks sigmas or the model's own timesteps.
        is_stochastic: Whether it adds fresh noise with default options.
        uses_ensd: Whether infotext records the eta noise seed delta for it.
        couples_batch: Whether pictures of one batch influence each other's steps, so that the
            pipeline must sample them one by one.
        order: Order of convergence on a smooth problem; None where that is not defined.
    """

    sample: Sample
    label: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    schedule: str = "Uniform"
    calls_per_step: Literal[1, 2] = 1
    drops_penultimate: bool = False
    family: Literal["sigma", "timestep"] = "sigma"
    is_stochastic: bool = False
    uses_ensd: bool = False
    couples_batch: bool = False
    order: int | None = None
