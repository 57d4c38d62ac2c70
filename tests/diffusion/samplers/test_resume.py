"""Stopping between any two steps, saving and carrying on changes nothing, to the last bit."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from velatura.diffusion.noise import NoiseRecipe, PictureNoise
from velatura.diffusion.noise_levels import model_levels
from velatura.diffusion.plan import Plan, plan_from_noise
from velatura.diffusion.samplers import SAMPLERS
from velatura.records import SamplingOptions

if TYPE_CHECKING:
    from velatura.diffusion.samplers.base import Sampler, State

OPTIONS = SamplingOptions(churn=2.0)
LEVELS = model_levels(OPTIONS)
STEPS = {"Restart": 20, "DPM fast": 11, "PLMS": 7}

each_sampler = pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=list(SAMPLERS))


class Curved:
    """A ``Denoise`` with no special structure."""

    def __call__(self, x: Tensor, level: float) -> Tensor:
        return (x.roll(1, 3) / (1 + level)).tanh() + 0.1 * x / (1 + level)

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        return self(x, level) * (1 + scale_factor), self(x, level)

    def alpha(self, level: float) -> float:
        return LEVELS.alpha(level)


def planned(sampler: Sampler) -> Plan:
    steps = STEPS.get(sampler.label, 6)
    return plan_from_noise(sampler, "Automatic", steps, LEVELS, OPTIONS)


def noise_for(plan: Plan) -> PictureNoise:
    return PictureNoise(NoiseRecipe(seeds=(1, 2), shape=(4, 4, 4), span=plan.span))


@each_sampler
def test_a_run_cut_after_any_step_ends_the_same(sampler: Sampler) -> None:
    plan = planned(sampler)
    noise = noise_for(plan)
    states: list[State] = [plan.start(noise.first())]
    saved = [noise.state()]
    for state in sampler.sample(Curved(), states[0], plan.levels, noise, OPTIONS):
        states.append(state)
        saved.append(noise.state())

    for cut in range(len(states)):
        noise = noise_for(plan)
        noise.restore(saved[cut])
        rest = sampler.sample(Curved(), states[cut], plan.levels, noise, OPTIONS)
        for expected, found in zip(states[cut + 1 :], rest, strict=True):
            assert torch.equal(found.x, expected.x)
            assert found.index == expected.index


@each_sampler
def test_states_count_up_and_show_a_clean_estimate(sampler: Sampler) -> None:
    plan = planned(sampler)
    noise = noise_for(plan)
    start = plan.start(noise.first())
    states = list(sampler.sample(Curved(), start, plan.levels, noise, OPTIONS))
    assert [state.index for state in states] == list(range(1, len(states) + 1))
    for state in states:
        assert state.denoised is not None
        assert state.denoised.shape == start.x.shape
        assert state.x.isfinite().all()
    if sampler.label != "DPM adaptive":
        assert len(states) == plan.steps


@each_sampler
def test_the_given_state_is_left_alone(sampler: Sampler) -> None:
    plan = planned(sampler)
    noise = noise_for(plan)
    start = plan.start(noise.first())
    before = start.x.clone()
    for state in islice(sampler.sample(Curved(), start, plan.levels, noise, OPTIONS), 3):
        kept = state.x.clone()
        assert torch.equal(state.x, kept)
    assert torch.equal(start.x, before)


@pytest.mark.parametrize(
    "sampler",
    [sampler for sampler in SAMPLERS.values() if not sampler.couples_batch],
    ids=lambda sampler: sampler.label,
)
def test_a_picture_is_the_same_alone_and_in_a_batch(sampler: Sampler) -> None:
    plan = planned(sampler)

    def final(*seeds: int) -> Tensor:
        noise = PictureNoise(NoiseRecipe(seeds=seeds, shape=(4, 4, 4), span=plan.span))
        start = plan.start(noise.first())
        return [*sampler.sample(Curved(), start, plan.levels, noise, OPTIONS)][-1].x

    assert torch.equal(final(1, 2, 3)[1], final(2)[0])
