"""Samplers: from noise to latents, one step after another. :data:`SAMPLERS` lists them all."""

from __future__ import annotations

from difflib import get_close_matches

from velatura.diffusion.samplers.base import Sampler
from velatura.diffusion.samplers.dpmpp_2m import (
    sample_dpmpp_2m,
    sample_dpmpp_2m_sde,
    sample_dpmpp_2m_sde_heun,
)
from velatura.diffusion.samplers.euler import sample_euler, sample_euler_ancestral
from velatura.diffusion.schedules import AUTOMATIC, SCHEDULES, find_schedule
from velatura.errors import RequestError

SAMPLERS: dict[str, Sampler] = {
    sampler.label: sampler
    for sampler in (
        Sampler(
            sample=sample_dpmpp_2m,
            label="DPM++ 2M",
            aliases=("k_dpmpp_2m",),
            summary="Fast, sharp and deterministic: a good first choice",
            schedule="Karras",
            order=2,
        ),
        Sampler(
            sample=sample_dpmpp_2m_sde,
            label="DPM++ 2M SDE",
            aliases=("k_dpmpp_2m_sde",),
            summary="DPM++ 2M with fresh noise at every step",
            schedule="Exponential",
            is_stochastic=True,
            order=2,
        ),
        Sampler(
            sample=sample_dpmpp_2m_sde_heun,
            label="DPM++ 2M SDE Heun",
            aliases=("k_dpmpp_2m_sde_heun",),
            summary="DPM++ 2M SDE with Heun's rule instead of the midpoint",
            schedule="Exponential",
            is_stochastic=True,
            order=2,
        ),
        Sampler(
            sample=sample_euler_ancestral,
            label="Euler a",
            aliases=("k_euler_a", "k_euler_ancestral"),
            summary="Fresh noise at every step; soft, and the picture changes with the steps",
            is_stochastic=True,
            uses_ensd=True,
            order=1,
        ),
        Sampler(
            sample=sample_euler,
            label="Euler",
            aliases=("k_euler",),
            summary="The simplest; smooth and predictable",
            order=1,
        ),
    )
}


def find_sampler(name: str) -> tuple[Sampler, str | None]:
    """The sampler of a name, and the schedule that the name ends with, if it does.

    Labels and aliases count, whatever the case; "DPM++ 2M Karras" is "DPM++ 2M" with "Karras".

    Raises:
        RequestError: No sampler is called so; the message names the nearest ones.
    """
    wanted = name.strip().lower()
    names = {
        known.lower(): sampler
        for sampler in SAMPLERS.values()
        for known in (sampler.label, *sampler.aliases)
    }
    if found := names.get(wanted):
        return found, None
    for suffix, label in _schedule_names().items():
        if found := names.get(wanted.removesuffix(f" {suffix}")):
            return found, label
    near = dict.fromkeys(names[known].label for known in get_close_matches(wanted, names))
    choices = f"did you mean {', '.join(near)}?" if near else f"choose from {', '.join(SAMPLERS)}"
    raise RequestError(f"Unknown sampler {name!r}; {choices}", field="sampler")


def _schedule_names() -> dict[str, str]:
    """Every lower-case name of a schedule, and the label it stands for."""
    names = {AUTOMATIC.lower(): AUTOMATIC}
    for schedule in SCHEDULES.values():
        names |= {known.lower(): schedule.label for known in (schedule.label, *schedule.aliases)}
    return names


__all__ = ["SAMPLERS", "Sampler", "find_sampler", "find_schedule"]
