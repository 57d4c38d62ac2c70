"""Samplers: from noise to latents, one step after another. :data:`SAMPLERS` lists them all."""

from __future__ import annotations

from velatura.choices import known_names, unknown_name
from velatura.diffusion.samplers.base import Sampler
from velatura.diffusion.samplers.ddim import sample_ddim, sample_ddim_cfgpp
from velatura.diffusion.samplers.dpm2 import sample_dpm2, sample_dpm2_ancestral
from velatura.diffusion.samplers.dpm_solver import (
    count_fast_steps,
    sample_dpm_adaptive,
    sample_dpm_fast,
)
from velatura.diffusion.samplers.dpmpp_2m import (
    sample_dpmpp_2m,
    sample_dpmpp_2m_sde,
    sample_dpmpp_2m_sde_heun,
)
from velatura.diffusion.samplers.dpmpp_2s import sample_dpmpp_2s_ancestral
from velatura.diffusion.samplers.dpmpp_3m_sde import sample_dpmpp_3m_sde
from velatura.diffusion.samplers.dpmpp_sde import sample_dpmpp_sde
from velatura.diffusion.samplers.euler import sample_euler, sample_euler_ancestral
from velatura.diffusion.samplers.heun import sample_heun
from velatura.diffusion.samplers.lcm import sample_lcm
from velatura.diffusion.samplers.lms import sample_lms
from velatura.diffusion.samplers.plms import sample_plms
from velatura.diffusion.samplers.restart import count_restart_steps, sample_restart
from velatura.diffusion.samplers.unipc import sample_unipc
from velatura.diffusion.schedules import AUTOMATIC, SCHEDULES, find_schedule

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
            sample=sample_dpmpp_sde,
            label="DPM++ SDE",
            aliases=("k_dpmpp_sde",),
            summary="Rich detail in few steps, at two network calls a step",
            schedule="Karras",
            calls_per_step=2,
            is_stochastic=True,
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
            sample=sample_dpmpp_2s_ancestral,
            label="DPM++ 2S a",
            aliases=("k_dpmpp_2s_a",),
            summary="Second-order steps with fresh noise, two network calls each",
            schedule="Karras",
            calls_per_step=2,
            is_stochastic=True,
            uses_ensd=True,
            order=2,
        ),
        Sampler(
            sample=sample_dpmpp_3m_sde,
            label="DPM++ 3M SDE",
            aliases=("k_dpmpp_3m_sde",),
            summary="Looks back two steps, with fresh noise; wants 30 steps or more",
            schedule="Exponential",
            drops_penultimate=True,
            is_stochastic=True,
            order=2,
        ),
        Sampler(
            sample=sample_euler_ancestral,
            label="Euler a",
            aliases=(
                "k_euler_a",
                "k_euler_ancestral",
            ),
            summary="Fresh noise at every step: soft, and the picture changes with the steps",
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
        Sampler(
            sample=sample_lms,
            label="LMS",
            aliases=("k_lms",),
            summary="Fourth order by looking back; wants many steps",
            order=4,
        ),
        Sampler(
            sample=sample_heun,
            label="Heun",
            aliases=("k_heun",),
            summary="Euler, corrected: precise, at two network calls a step",
            calls_per_step=2,
            order=2,
        ),
        Sampler(
            sample=sample_dpm2,
            label="DPM2",
            aliases=("k_dpm_2",),
            summary="Midpoint steps of two network calls",
            schedule="Karras",
            calls_per_step=2,
            drops_penultimate=True,
            order=2,
        ),
        Sampler(
            sample=sample_dpm2_ancestral,
            label="DPM2 a",
            aliases=("k_dpm_2_a",),
            summary="Midpoint steps with fresh noise, two network calls each",
            schedule="Karras",
            calls_per_step=2,
            drops_penultimate=True,
            is_stochastic=True,
            uses_ensd=True,
            order=2,
        ),
        Sampler(
            sample=sample_dpm_fast,
            label="DPM fast",
            aliases=("k_dpm_fast",),
            summary="Third-order steps on levels of its own",
            grid="limits",
            is_stochastic=True,
            uses_ensd=True,
            order=3,
            count=count_fast_steps,
        ),
        Sampler(
            sample=sample_dpm_adaptive,
            label="DPM adaptive",
            aliases=("k_dpm_ad",),
            summary="Chooses its own steps by their error; the number of steps is ignored",
            grid="limits",
            is_stochastic=True,
            uses_ensd=True,
            couples_batch=True,
        ),
        Sampler(
            sample=sample_restart,
            label="Restart",
            aliases=("restart",),
            summary="Heun that goes back up to high noise once or twice",
            schedule="Karras",
            calls_per_step=2,
            is_stochastic=True,
            order=2,
            count=count_restart_steps,
        ),
        Sampler(
            sample=sample_ddim,
            label="DDIM",
            aliases=("ddim",),
            summary="The classic on the model's own timesteps",
            family="timestep",
            grid="ddim",
            order=1,
        ),
        Sampler(
            sample=sample_ddim_cfgpp,
            label="DDIM CFG++",
            aliases=("ddim_cfgpp",),
            summary="DDIM with gentler guidance",
            family="timestep",
            grid="ddim",
            order=1,
        ),
        Sampler(
            sample=sample_plms,
            label="PLMS",
            aliases=("plms",),
            summary="DDIM that looks back: fourth-order weights",
            family="timestep",
            grid="ddim",
            order=2,
        ),
        Sampler(
            sample=sample_unipc,
            label="UniPC",
            aliases=("unipc",),
            summary="Predictor and corrector: good in very few steps",
            family="timestep",
            grid="unipc",
            order=4,
        ),
        Sampler(
            sample=sample_lcm,
            label="LCM",
            aliases=("k_lcm",),
            summary="For latent consistency models: 4 to 8 steps at guidance scale 1 to 2",
            is_consistent=True,
            is_stochastic=True,
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
    names = known_names(SAMPLERS)
    if wanted in names:
        return SAMPLERS[names[wanted]], None
    schedules = {AUTOMATIC.lower(): AUTOMATIC} | known_names(SCHEDULES)
    for suffix, schedule in schedules.items():
        if found := names.get(wanted.removesuffix(f" {suffix}")):
            return SAMPLERS[found], schedule
    raise unknown_name(name, names, "sampler")


__all__ = ["SAMPLERS", "Sampler", "find_sampler", "find_schedule"]
