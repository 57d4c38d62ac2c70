"""Guidance and denoisers around a real network, against runs that A1111 v1.10.1 made."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import torch

from tests.diffusion.recorded import Case, distance
from velatura.diffusion.denoisers import denoiser_for
from velatura.diffusion.guidance import Guided, guidance
from velatura.diffusion.noise import PictureNoise
from velatura.diffusion.plan import plan_from_latents
from velatura.diffusion.steps import cut
from velatura.models.base import Model, load_model
from velatura.models.catalogue import ModelFile

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


@dataclass(frozen=True)
class Recorded:
    """One picture's conditioning, as it was recorded whenever it changed."""

    begins: list[int]
    contexts: list[Tensor]

    def at(self, call: int) -> tuple[tuple[float, Tensor], ...]:
        return ((1.0, self.contexts[bisect_right(self.begins, call) - 1]),)


@pytest.fixture(scope="module")
def model(golden: Path) -> Model:
    path = golden / "model" / "tiny-sd15.safetensors"
    return load_model(ModelFile("checkpoint", path.name, path))


def guided(case: Case, model: Model) -> Guided:
    begins = [int(call) for call in case.series("cond_from_call")]
    conds = [torch.from_numpy(cond) for cond in case.series("cond")]
    negative = torch.from_numpy(case.series("uncond")[0])
    batch = range(negative.shape[0])
    what = guidance(
        [Recorded(begins, [cond[k] for cond in conds]) for k in batch],
        [Recorded([0], [negative[k]]) for k in batch],
        case.request["cfg_scale"],
        case.request["steps"] * case.sampler.calls_per_step,
        case.options,
    )
    return Guided(model.predict, denoiser_for(case.sampler, case.levels, "epsilon"), what)


@pytest.mark.parametrize(
    "name",
    [
        "batch4",
        "cfg-1",
        "cfg-30",
        "opt-ngms-param",
        "opt-quantization",
        "opt-zero-terminal-snr",
        "prompt-long160",
        "prompt-sched-heun",
        "prompt-sched-unipc",
        "sampler-ddim-steps2",
        "sched-lcm-sgm_uniform",
    ],
)
def test_every_recorded_call_has_the_recorded_answer(golden: Path, model: Model, name: str) -> None:
    case = Case.load(golden, name)
    denoise = guided(case, model)
    calls = zip(case.series("den_x"), case.series("den_sigma"), case.series("den_out"), strict=True)
    with torch.inference_mode():
        for x, level, expected in calls:
            found = denoise(torch.from_numpy(x), float(level[0]))
            assert distance(found, expected) < 1e-4


def test_a_cfgpp_run_is_repeated_step_by_step(golden: Path, model: Model) -> None:
    case = Case.load(golden, "i2i-sampler-ddim_cfgpp")
    part = cut(case.request["steps"], case.request["denoising_strength"], exact=False)
    plan = plan_from_latents(case.sampler, "", part, case.levels, case.options)
    latents = torch.from_numpy(case.tensors["init_latent"])
    noise = PictureNoise(case.recipe(tuple(latents.shape), plan.span))
    start = plan.start(noise.first(), latents)
    with torch.inference_mode():
        steps = case.sampler.sample(guided(case, model), start, plan.levels, noise, case.options)
        *_, last = steps
    assert distance(last.x, case.series("final_latent")[0]) < 1e-4
