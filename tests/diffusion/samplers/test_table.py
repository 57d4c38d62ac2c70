"""Tests for the table of samplers and the names in it."""

from __future__ import annotations

import ast
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

import velatura.diffusion.samplers as package
from velatura.diffusion.noise_levels import model_levels
from velatura.diffusion.plan import plan_from_noise
from velatura.diffusion.samplers import SAMPLERS, find_sampler
from velatura.diffusion.samplers.base import Sampler, State, split_noise
from velatura.diffusion.samplers.restart import restart_steps
from velatura.diffusion.schedules import SCHEDULES
from velatura.errors import EngineError, RequestError
from velatura.records import SamplingOptions

each_sampler = pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=list(SAMPLERS))


def test_the_samplers_stand_in_the_usual_order() -> None:
    assert list(SAMPLERS) == [
        "DPM++ 2M",
        "DPM++ SDE",
        "DPM++ 2M SDE",
        "DPM++ 2M SDE Heun",
        "DPM++ 2S a",
        "DPM++ 3M SDE",
        "Euler a",
        "Euler",
        "LMS",
        "Heun",
        "DPM2",
        "DPM2 a",
        "DPM fast",
        "DPM adaptive",
        "Restart",
        "DDIM",
        "DDIM CFG++",
        "PLMS",
        "UniPC",
        "LCM",
    ]


@each_sampler
def test_every_name_of_a_sampler_finds_it(sampler: Sampler) -> None:
    for name in (sampler.label, *sampler.aliases):
        assert find_sampler(name) == (sampler, None)
        assert find_sampler(f" {name.upper()} ") == (sampler, None)


@each_sampler
def test_a_name_may_end_with_a_schedule(sampler: Sampler) -> None:
    for schedule in SCHEDULES.values():
        for suffix in (schedule.label, *schedule.aliases):
            assert find_sampler(f"{sampler.label} {suffix}") == (sampler, schedule.label)
    assert find_sampler(f"{sampler.label} Automatic") == (sampler, "Automatic")


@pytest.mark.parametrize(("wrong", "right"), [("Eular a", "Euler a"), ("dpmpp_2m", "DPM++ 2M")])
def test_an_unknown_sampler_is_refused_with_the_nearest_names(wrong: str, right: str) -> None:
    with pytest.raises(RequestError) as refusal:
        find_sampler(wrong)
    assert refusal.value.field == "sampler"
    assert right in str(refusal.value)


def test_a_name_like_no_other_is_refused_with_all_names() -> None:
    with pytest.raises(RequestError, match=r"choose from DPM\+\+ 2M, .*, LCM"):
        find_sampler("qqqqqq")


@each_sampler
def test_every_sampler_says_what_it_is(sampler: Sampler) -> None:
    assert sampler.summary
    assert sampler.schedule in SCHEDULES


def test_the_tables_are_read_without_torch() -> None:
    code = (
        "import sys, velatura.diffusion.samplers, velatura.diffusion.plan, "
        "velatura.diffusion.guidance, velatura.diffusion.noise, velatura.diffusion.denoisers; "
        "sys.exit('torch' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_samplers_do_not_import_each_other() -> None:
    for path in Path(package.__file__).parent.glob("[a-z]*.py"):
        imported = {
            node.module
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        siblings = {name for name in imported if name.startswith("velatura.diffusion.samplers")}
        assert siblings <= {"velatura.diffusion.samplers.base"}, path.name


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0, 3.0])
def test_an_ancestral_step_keeps_the_power_of_the_noise(eta: float) -> None:
    down, up = split_noise(5.0, 3.0, eta)
    assert down**2 + up**2 == pytest.approx(9.0)
    assert (up == 0) == (eta == 0)


def test_restart_goes_back_up_from_twenty_steps_on() -> None:
    levels = model_levels(SamplingOptions())

    def jumps(count: int) -> list[tuple[float, float]]:
        plan = plan_from_noise(SAMPLERS["Restart"], "", count, levels, SamplingOptions())
        steps = restart_steps(plan.levels)
        pairs = itertools.pairwise(steps)
        return [(a.sigma_next, b.sigma) for a, b in pairs if b.sigma > a.sigma_next]

    assert jumps(19) == []
    assert jumps(20) == [pytest.approx((0.07436363, 2.232161), rel=1e-5)]
    assert len(jumps(36)) == 2


def test_dpm_adaptive_refuses_a_network_that_is_out_of_its_mind() -> None:
    import torch

    class Lost:
        def __call__(self, x: torch.Tensor, level: float) -> torch.Tensor:
            return x * (level * float("nan"))

    plan = plan_from_noise(
        SAMPLERS["DPM adaptive"], "", 8, model_levels(SamplingOptions()), SamplingOptions()
    )
    start = State(torch.ones(1, 4, 2, 2))
    with pytest.raises(EngineError, match="not finite"):
        list(
            SAMPLERS["DPM adaptive"].sample(
                Lost(),  # pyright: ignore[reportArgumentType]
                start,
                plan.levels,
                None,  # pyright: ignore[reportArgumentType]
                SamplingOptions(),
            )
        )
