"""Cells of grids against the requests of recorded pictures that differ in one setting.

What the cells' requests paint is compared with the pictures in ``tests/pipelines``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.golden.requests import img2img_from_api, txt2img_from_api
from velatura.compare import Grid, plan_grid, read_axis

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.records import Painting

FAMILIES = {
    "CFG Scale: 1, 30": ["cfg-1", "cfg-30"],
    "Steps: 1-2": ["sampler-dpmpp_2m-steps1", "sampler-dpmpp_2m-steps2"],
    "RNG source: CPU, NV": ["rng-CPU-euler_a", "rng-NV-euler_a"],
    "Schedule type: Automatic, Beta, Karras, SGM Uniform, Align Your Steps": [
        "sched-euler-automatic",
        "sched-euler-beta",
        "sched-euler-karras",
        "sched-euler-sgm_uniform",
        "sched-euler-align_your_steps",
    ],
    "Hires upscaler: None, Nearest": ["hires-none", "hires-nearest"],
    "Denoising: 0, 0.66, 0.75": ["i2i-denoise-0.0", "i2i-denoise-0.66", "i2i-denoise-0.75"],
    "Sampler: Euler a, DPM++ 2M, DPM fast, DDIM CFG++": [
        "i2i-sampler-euler_a",
        "i2i-sampler-dpmpp_2m",
        "i2i-sampler-dpm_fast",
        "i2i-sampler-ddim_cfgpp",
    ],
}


def recorded(golden: Path, name: str) -> Painting:
    case = json.loads((golden / "cases" / f"{name}.json").read_text())
    seed = case["info"]["seed"]
    if case["endpoint"].endswith("txt2img"):
        return txt2img_from_api(case["request"], seed)
    return img2img_from_api(case["request"], seed, golden)[0]


@pytest.mark.parametrize("axis", FAMILIES)
def test_cells_ask_for_what_was_recorded(golden, axis):
    known = [recorded(golden, name) for name in FAMILIES[axis]]
    grid = Grid(base=known[0], x=read_axis(axis, type(known[0])))
    assert [cell.request for cell in plan_grid(grid, lambda: 0).cells] == known
