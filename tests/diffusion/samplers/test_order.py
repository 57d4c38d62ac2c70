"""How fast every sampler converges to the known solution: its order, measured."""

from __future__ import annotations

import math

import pytest
import torch

from tests.diffusion.samplers.gaussian import (
    HIGHEST,
    LOWEST,
    Ideal,
    Silence,
    even_levels,
    flow,
    scale,
    sigma_of,
)
from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.samplers.base import Sampler, State
from velatura.records import SamplingOptions

START = 7.0

STEPS = {"DPM fast": (32, 128, 512), "LMS": (256, 512), "Restart": (4, 8, 16)}
"""DPM fast ends on second order with a call count of 2 mod 3; Restart restarts from 20 steps on."""

HISTORY = {
    "DPM++ 2M": 1,
    "DPM++ 2M SDE": 1,
    "DPM++ 2M SDE Heun": 1,
    "DPM++ 3M SDE": 2,
    "LMS": 3,
    "PLMS": 3,
    "UniPC": 3,
}
"""Estimates that a multistep sampler remembers."""

OPTIONS = SamplingOptions(eta=0.0, unipc_variant="bh2", unipc_lower_order_final=False)

with_order = pytest.mark.parametrize(
    "sampler",
    [sampler for sampler in SAMPLERS.values() if sampler.order],
    ids=lambda sampler: sampler.label,
)


def under_way(sampler: Sampler, steps: int) -> State:
    """The state after the sampler's first steps, as if it had made them without error."""
    levels, index = even_levels(sampler, steps), HISTORY.get(sampler.label, 0)
    estimates: list[torch.Tensor] = []
    x = torch.zeros(1, dtype=torch.float64)
    for level in levels[: index + 1]:
        sigma = level if sampler.family == "sigma" else sigma_of(level)
        z = torch.tensor([flow(START, HIGHEST, sigma)], dtype=torch.float64)
        x = z * scale(sampler, level)
        denoised = Ideal("sigma")(z, sigma)
        estimate = denoised if sampler.label not in ("LMS", "PLMS") else (z - denoised) / sigma
        estimates.insert(0, estimate)
    history = estimates[:3] if sampler.label == "UniPC" else estimates[1 : index + 1]
    return State(x, index, tuple(history))


def error(sampler: Sampler, steps: int, options: SamplingOptions, state: State) -> float:
    """How far the last state lies from the solution."""
    levels = even_levels(sampler, steps)
    *_, last = sampler.sample(Ideal(sampler.family), state, levels, Silence(), options)
    return abs(float(last.x) / scale(sampler, levels[-1]) - flow(START, HIGHEST, LOWEST))


def slope(errors: list[float], steps: tuple[int, ...]) -> float:
    return math.log(errors[-2] / errors[-1]) / math.log(steps[-1] / steps[-2])


@with_order
def test_the_error_falls_with_the_power_of_the_order(sampler: Sampler) -> None:
    steps = STEPS.get(sampler.label, (64, 128))
    errors = [error(sampler, n, OPTIONS, under_way(sampler, n)) for n in steps]
    assert slope(errors, steps) == pytest.approx(sampler.order, abs=0.15)


@with_order
def test_a_run_from_the_start_is_at_least_of_second_order_unless_it_is_of_first(
    sampler: Sampler,
) -> None:
    steps = STEPS.get(sampler.label, (128, 256))
    x = torch.tensor([START], dtype=torch.float64)
    factor = scale(sampler, even_levels(sampler, 1)[0])
    errors = [error(sampler, n, SamplingOptions(eta=0.0), State(x * factor)) for n in steps]
    assert slope(errors, steps) > min(sampler.order or 0, 2) - 0.1


@pytest.mark.parametrize("variant", ["bh1", "bh2", "vary_coeff"])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_unipc_is_one_order_better_than_its_predictor(variant: str, order: int) -> None:
    sampler, steps = SAMPLERS["UniPC"], (64, 128)
    options = SamplingOptions(
        unipc_variant=variant,  # pyright: ignore[reportArgumentType]
        unipc_order=order,
        unipc_lower_order_final=False,
    )
    errors = [error(sampler, n, options, under_way(sampler, n)) for n in steps]
    assert slope(errors, steps) > order + 0.85


def test_dpm_adaptive_meets_its_tolerance() -> None:
    sampler = SAMPLERS["DPM adaptive"]
    x = torch.tensor([START], dtype=torch.float64)
    assert error(sampler, 10, SamplingOptions(eta=0.0), State(x)) < 0.05


def test_churn_makes_up_for_the_noise_it_adds_by_solving_from_higher_up() -> None:
    levels = even_levels(SAMPLERS["Heun"], 10)
    denoise = Ideal("sigma")
    options = SamplingOptions(churn=4.0, churn_min=0.2, churn_max=5.0)
    x = torch.tensor([START], dtype=torch.float64)
    asked: list[float] = []

    class Listening(Ideal):
        def __call__(self, x: torch.Tensor, level: float) -> torch.Tensor:
            asked.append(level)
            return denoise(x, level)

    list(SAMPLERS["Euler"].sample(Listening("sigma"), State(x), levels, Silence(), options))
    for level, used in zip(levels, asked, strict=False):
        churned = 0.2 <= level <= 5.0
        assert used == pytest.approx(level * 1.4 if churned else level)
