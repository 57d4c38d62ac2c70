"""Schedules: which noise levels a sampler visits.

A schedule is a pure function of the number of steps, the model's noise levels and the sampling
options; it returns falling sigmas, with 0 at the end where not said otherwise. :data:`SCHEDULES`
lists them all; "Automatic" stands for the sampler's own choice and is resolved before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.choices import known_names, unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from velatura.diffusion.noise_levels import NoiseLevels
    from velatura.diffusion.samplers.base import Sigmas
    from velatura.records import SamplingOptions

    Spacing = Callable[[int, NoiseLevels, SamplingOptions], Sigmas]

AUTOMATIC = "Automatic"

OLD_KARRAS_LIMITS = (0.1, 10.0)

ALIGNED_STEPS = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)
"""Sigmas for ten steps of Stable Diffusion 1, Sabour et al. 2024 (arXiv:2404.14507)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """An entry of :data:`SCHEDULES`.

    Attributes:
        sigmas: ``(count, levels, options)`` to falling sigmas; ``count`` of them and a 0, except
            where the function says otherwise.
        label: The field's name for it.
        aliases: Other names it answers to.
        summary: One line for a menu.
    """

    sigmas: Spacing
    label: str
    aliases: tuple[str, ...]
    summary: str


def limits(levels: NoiseLevels, options: SamplingOptions) -> tuple[float, float]:
    """Lowest and highest sigma for the schedules that take limits."""
    low, high = levels.sigma_min, levels.sigma_max
    if options.old_karras_sigmas:
        low, high = OLD_KARRAS_LIMITS
    return options.sigma_min or low, options.sigma_max or high


def uniform(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Even steps in time from the last to the first, both included."""
    del options
    return (*map(levels.sigma, _even(levels.last, 0.0, count)), 0.0)


def karras(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Even steps in ``sigma^(1 / rho)``, rho = 7. Karras et al. 2022 (arXiv:2206.00364), eq. 5."""
    low, high = limits(levels, options)
    return (*karras_between(high, low, count, options.rho or 7.0), 0.0)


def karras_between(high: float, low: float, count: int, rho: float = 7.0) -> Sigmas:
    """``count`` levels from ``high`` down to ``low``, even in ``sigma^(1 / rho)``, without a 0."""
    return tuple(root**rho for root in _even(high ** (1 / rho), low ** (1 / rho), count))


def exponential(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Even steps in ln sigma."""
    low, high = limits(levels, options)
    return (*map(math.exp, _even(math.log(high), math.log(low), count)), 0.0)


def polyexponential(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """``ln sigma = r^rho (ln high - ln low) + ln low`` for r in even steps from 1 to 0, rho = 1."""
    low, high = limits(levels, options)
    height, rho = math.log(high / low), options.rho or 1.0
    return (*(low * math.exp(r**rho * height) for r in _even(1.0, 0.0, count)), 0.0)


def sgm_uniform(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Even steps in time, without the last: as Stability's generative-models does it."""
    low, high = limits(levels, options)
    times = _even(levels.time(high), levels.time(low), count + 1)[:-1]
    return (*map(levels.sigma, times), 0.0)


def kl_optimal(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Even steps in arctan sigma: ``count + 1`` values, no 0 at the end.

    Least Kullback-Leibler divergence, Sabour et al. 2024 (arXiv:2404.14507), theorem 3.1.
    """
    low, high = limits(levels, options)
    return tuple(map(math.tan, _even(math.atan(high), math.atan(low), count + 1)))


def align_your_steps(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """The published table for ten steps, linear in ln sigma between its entries."""
    del levels, options
    if count == len(ALIGNED_STEPS):
        return (*ALIGNED_STEPS, 0.0)
    rising = [math.log(sigma) for sigma in reversed(ALIGNED_STEPS)]
    places = _even(0.0, len(rising) - 1.0, count)
    return (*reversed([math.exp(_between(rising, place)) for place in places]), 0.0)


def simple(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Every n-th of the model's own levels, from the highest down."""
    del options
    size = levels.last + 1
    return (*(levels.sigmas[levels.last - i * size // count] for i in range(count)), 0.0)


def normal(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Even steps in time between the limits, both included."""
    low, high = limits(levels, options)
    return (*map(levels.sigma, _even(levels.time(high), levels.time(low), count)), 0.0)


def ddim(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """The levels at times 1, 1 + k, 1 + 2k, ... with k = floor(1000 / count).

    There can be more than ``count`` of them. Song et al. 2020 (arXiv:2010.02502).
    """
    del options
    stride = max((levels.last + 1) // count, 1)
    return (*reversed(levels.sigmas[1::stride]), 0.0)


def beta(count: int, levels: NoiseLevels, options: SamplingOptions) -> Sigmas:
    """Levels at quantiles of a Beta distribution, stretched linearly between the limits.

    Lee et al. 2024 (arXiv:2407.12173).
    """
    from scipy.stats import beta as distribution  # scipy.stats takes 0.3 s to import

    low, high = limits(levels, options)
    quantiles = distribution.ppf(_even(1.0, 0.0, count), options.beta_alpha, options.beta_beta)
    return (*(low + float(quantile) * (high - low) for quantile in quantiles), 0.0)


def _even(first: float, last: float, count: int) -> list[float]:
    """``count`` values in even steps from ``first`` to ``last``; a single one is ``first``."""
    if count == 1:
        return [float(first)]
    return [first + (last - first) * i / (count - 1) for i in range(count)]


def _between(values: Sequence[float], place: float) -> float:
    """The value at a fractional index."""
    low = min(math.floor(place), len(values) - 2)
    return values[low] + (values[low + 1] - values[low]) * (place - low)


SCHEDULES: dict[str, Schedule] = {
    schedule.label: schedule
    for schedule in (
        Schedule(
            sigmas=uniform,
            label="Uniform",
            aliases=("uniform",),
            summary="Even steps in the model's time",
        ),
        Schedule(
            sigmas=karras,
            label="Karras",
            aliases=("karras",),
            summary="More steps at low noise; a good first choice",
        ),
        Schedule(
            sigmas=exponential,
            label="Exponential",
            aliases=("exponential",),
            summary="Even steps in the logarithm of the noise",
        ),
        Schedule(
            sigmas=polyexponential,
            label="Polyexponential",
            aliases=("polyexponential",),
            summary="Exponential, bent by rho",
        ),
        Schedule(
            sigmas=sgm_uniform,
            label="SGM Uniform",
            aliases=("sgm_uniform", "SGMUniform"),
            summary="Even steps in time that end early; for turbo and lightning models",
        ),
        Schedule(
            sigmas=kl_optimal,
            label="KL Optimal",
            aliases=("kl_optimal",),
            summary="Even steps in arctan of the noise; does not reach zero noise",
        ),
        Schedule(
            sigmas=align_your_steps,
            label="Align Your Steps",
            aliases=("align_your_steps",),
            summary="Steps optimised for about ten steps",
        ),
        Schedule(
            sigmas=simple,
            label="Simple",
            aliases=("simple",),
            summary="Every n-th of the model's own levels",
        ),
        Schedule(
            sigmas=normal,
            label="Normal",
            aliases=("normal",),
            summary="Even steps in time between the sigma limits",
        ),
        Schedule(
            sigmas=ddim,
            label="DDIM",
            aliases=("ddim",),
            summary="The grid of DDIM, for any sampler",
        ),
        Schedule(
            sigmas=beta,
            label="Beta",
            aliases=("beta",),
            summary="Steps by the quantiles of a Beta distribution: dense at both ends",
        ),
    )
}


def find_schedule(name: str) -> Schedule:
    """The schedule of that label or alias, whatever the case.

    Raises:
        RequestError: No schedule is called so; the message names the nearest ones.
    """
    names = known_names(SCHEDULES)
    label = names.get(name.strip().lower())
    if label is None:
        raise unknown_name(name, names, "schedule")
    return SCHEDULES[label]
