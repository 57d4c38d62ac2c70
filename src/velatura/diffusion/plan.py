"""The plan of a sampling run: which levels to walk, and how to mix the first latents.

A plan is made from a sampler, a schedule and a number of steps before any network runs; it holds
all numbers a pipeline needs, so that the pipeline itself has none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from velatura.diffusion.noise_levels import TIMES, NoiseLevels, consistency_levels
from velatura.diffusion.samplers.base import Sampler, Sigmas, State, positive
from velatura.diffusion.schedules import (
    AUTOMATIC,
    SCHEDULES,
    Schedule,
    exponential,
    find_schedule,
)
from velatura.errors import RequestError
from velatura.records import NoiseOptions, SamplingOptions

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.diffusion.steps import Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sampling run will do.

    Attributes:
        levels: What the sampler walks, falling: sigmas or timesteps. Less than two mean that there
            is nothing to do, and the start is the result.
        noise: Factor on the first noise.
        signal: Factor on the latents that an image-to-image pass begins with.
        span: Lowest positive and highest sigma of the full schedule, for Brownian noise.
        steps: States the sampler will yield; for DPM adaptive only a guess.
        calls: Network calls expected, nominally: the budget that prompts and guidance count in.
    """

    levels: Sigmas
    noise: float
    signal: float = 1.0
    span: tuple[float, float] = (0.0, 1.0)
    steps: int
    calls: int

    def start(
        self, noise: Tensor, latents: Tensor | None = None, options: NoiseOptions | None = None
    ) -> State:
        """The state to begin with.

        Args:
            noise: Standard-normal, (b c h w).
            latents: What to begin from, (b c h w); None begins from noise alone.
            options: Multiplier on the noise, and extra noise, where latents are given.
        """
        if latents is None:
            return State(noise * self.noise)
        options = options or NoiseOptions()
        amount = options.multiplier * (self.noise + options.extra * self.signal)
        return State(latents * self.signal + noise * amount)


def schedule_for(sampler: Sampler, name: str) -> Schedule:
    """The schedule of that name; "Automatic" and "" are the sampler's own.

    Raises:
        RequestError: No schedule is called so.
    """
    if name.strip().lower() in ("", AUTOMATIC.lower()):
        return SCHEDULES[sampler.schedule]
    return find_schedule(name)


def plan_from_noise(
    sampler: Sampler, schedule: str, steps: int, levels: NoiseLevels, options: SamplingOptions
) -> Plan:
    """The plan of a run that begins with noise alone."""
    calls = steps * sampler.calls_per_step
    if sampler.family == "timestep":
        grid = timesteps(steps)
        if sampler.grid == "unipc":
            grid = unipc_times(float(levels.last), len(grid), levels, options)
        return Plan(levels=grid, noise=1.0, steps=_count(sampler, grid), calls=calls)
    sigmas = _sigmas(sampler, schedule, steps, levels, options)
    noise = math.sqrt(1 + sigmas[0] ** 2) if options.sgm_noise else sigmas[0]
    walked = sigmas
    if sampler.grid == "limits":
        walked = exponential(steps + 1, levels, SamplingOptions())[:-1]
    return Plan(
        levels=walked, noise=noise, span=_span(sigmas), steps=_count(sampler, walked), calls=calls
    )


def plan_from_latents(
    sampler: Sampler, schedule: str, cut: Cut, levels: NoiseLevels, options: SamplingOptions
) -> Plan:
    """The plan of a run that begins with latents under noise: image-to-image, and hires passes.

    The timestep family adds the noise of one grid point higher than where it begins to denoise.
    """
    if cut.length == 0:
        return Plan(levels=(), noise=0.0, steps=0, calls=0)
    calls = cut.executed * sampler.calls_per_step
    if sampler.family == "timestep":
        grid = tuple(reversed(timesteps(cut.length)))
        alpha = levels.alpha(grid[cut.depth])
        walked = tuple(reversed(grid[: cut.depth]))
        if sampler.grid == "unipc" and walked:
            walked = unipc_times(walked[0], len(walked), levels, options)
        return Plan(
            levels=walked,
            noise=math.sqrt(1 - alpha),
            signal=math.sqrt(alpha),
            steps=_count(sampler, walked),
            calls=calls,
        )
    sigmas = _sigmas(sampler, schedule, cut.length, levels, options)
    walked = sigmas[min(cut.start, len(sigmas) - 2) :]
    return Plan(
        levels=walked,
        noise=walked[0],
        span=_span(sigmas),
        steps=_count(sampler, walked),
        calls=calls,
    )


def timesteps(steps: int) -> Sigmas:
    """The grid of the timestep family, falling: 1, 1 + s, 1 + 2s, ... with s = floor(1000 / steps).

    There can be more than ``steps`` of them. Song et al. 2020 (arXiv:2010.02502), appendix D.3.

    Raises:
        RequestError: More steps than the model has times.
    """
    if steps > TIMES:
        raise RequestError(
            f"The model has {TIMES} times, but {steps} steps are needed; ask for fewer steps, "
            "more denoising strength, or a sampler that takes a schedule",
            field="steps",
        )
    times = range(0, TIMES, TIMES // steps)
    return tuple(float(min(time + 1, TIMES - 1)) for time in reversed(times))


def unipc_times(
    first: float, intervals: int, levels: NoiseLevels, options: SamplingOptions
) -> Sigmas:
    """The times UniPC visits, falling from ``first`` to 0, in the network's scale 0..999.

    Even in time, in its root, or in ln sigma. Zhao et al. 2023 (arXiv:2302.04867).
    """
    shares = [i / intervals for i in range(intervals + 1)]
    match options.unipc_spacing:
        case "time_uniform":
            return tuple(first * (1 - share) for share in shares)
        case "time_quadratic":
            high = math.sqrt(first + 1)
            return tuple((high + (1 - high) * share) ** 2 - 1 for share in shares)
        case "logSNR":
            high, low = math.log(levels.sigma(first)), math.log(levels.sigma_min)
            between = [math.exp(high + (low - high) * share) for share in shares[1:-1]]
            return (first, *map(levels.time, between), 0.0)


def _sigmas(
    sampler: Sampler, schedule: str, steps: int, levels: NoiseLevels, options: SamplingOptions
) -> Sigmas:
    """The whole schedule, as the sampler takes it.

    Raises:
        RequestError: Two of its levels are the same, or rise: too many steps, or wrong limits.
    """
    drops = sampler.drops_penultimate or options.discard_penultimate
    known = consistency_levels(levels) if sampler.is_consistent else levels
    entry = schedule_for(sampler, schedule)
    sigmas = entry.sigmas(steps + drops, known, options)
    sigmas = (*sigmas[:-2], sigmas[-1]) if drops else sigmas
    if not sampler.is_consistent and any(next_ >= sigma for sigma, next_ in pairwise(sigmas)):
        raise RequestError(
            f"The noise levels of schedule {entry.label} do not fall in {steps} steps; "
            "ask for fewer steps, or check sigma_min and sigma_max",
            field="schedule",
        )
    return sigmas


def _count(sampler: Sampler, levels: Sigmas) -> int:
    """States that the sampler will yield."""
    return sampler.count(levels) if sampler.count else max(len(levels) - 1, 0)


def _span(sigmas: Sigmas) -> tuple[float, float]:
    return positive(sigmas)[-1], sigmas[0]
