"""Restart: Heun's method that goes back up to high noise now and then. Two network calls a step.

Errors made at low noise are forgotten on the way up and corrected on the way down. Xu et al. 2023
(arXiv:2306.14878), Algorithm 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State, heun_step, positive
from velatura.diffusion.schedules import karras_between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions

FEWEST_STEPS = 20
"""With fewer steps there is no restart."""

FEWEST_STEPS_FOR_TWO = 36
"""With so many there are two."""

LOW, HIGH = 0.1, 2.0
"""A restart goes from the level nearest LOW back to the level nearest HIGH."""


@dataclass(frozen=True, slots=True)
class _Step:
    sigma: float
    sigma_next: float


def sample_restart(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """Heun steps along a path that rises by fresh noise of ``sqrt(s_high^2 - s_low^2)``.

    A state follows each of :func:`restart_steps`.
    """
    del options
    x, steps = state.x, restart_steps(levels)
    for i in range(state.index, len(steps)):
        reached = steps[i - 1].sigma_next if i else steps[0].sigma
        if reached < steps[i].sigma:
            x = x + noise.draw() * (steps[i].sigma ** 2 - reached**2) ** 0.5
        x, denoised = heun_step(denoise, x, steps[i].sigma, steps[i].sigma_next)
        yield State(x, i + 1, denoised=denoised)


def count_restart_steps(levels: Sigmas) -> int:
    """How many states :func:`sample_restart` yields."""
    return len(restart_steps(levels))


def restart_steps(levels: Sigmas) -> list[_Step]:
    """All steps down, restarts included.

    From 20 steps on the levels are made anew between the same extremes, fewer by what the
    restarts take: one of 9 steps, or, from 36 on, two of a quarter each.
    """
    count = len(levels) - 1
    if count < FEWEST_STEPS:
        return [_Step(*pair) for pair in pairwise(levels)]
    times = 2 if count >= FEWEST_STEPS_FOR_TWO else 1
    length = count // 4 if times == 2 else 9
    known = positive(levels)
    walked = (*karras_between(known[0], known[-1], count - length * times), 0.0)
    low, high = _nearest(walked, LOW), _nearest(walked, HIGH)
    again = karras_between(walked[high], walked[low], length + 1)
    path = [*pairwise(walked[: low + 1])]
    if high < low:
        path += [*pairwise(again)] * times
    return [_Step(*pair) for pair in [*path, *pairwise(walked[low:])]]


def _nearest(levels: Sigmas, wanted: float) -> int:
    return min(range(len(levels)), key=lambda i: abs(levels[i] - wanted))
