from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from velatura.records import Hires
from velatura.upscalers import LATENT_UPSCALERS, hires_target, resize_latents

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "case", ["default-upscaler", "latent_bicubic", "latent_nearest-exact", "resize-192x128"]
)
def test_enlarged_latents_equal_recorded_ones(golden: Path, case: str) -> None:
    request = json.loads((golden / "cases" / f"hires-{case}.json").read_text())["request"]
    tensors = np.load(golden / "npz" / f"hires-{case}.npz")
    hires = Hires(
        scale=request["hr_scale"],
        width=request.get("hr_resize_x", 0),
        height=request.get("hr_resize_y", 0),
    )
    target = hires_target(request["width"], request["height"], hires)
    upscaler = LATENT_UPSCALERS[request.get("hr_upscaler") or "Latent"]
    first_pass = torch.from_numpy(tensors["den_out.007"])  # Euler ends on the last clean estimate
    ours = resize_latents(first_pass, target.width, target.height, upscaler)
    np.testing.assert_array_equal(ours.numpy(), tensors["hr_upscaled_latent.000"])
    assert tensors["decoded.000"].shape[:1:-1] == target.size


@pytest.mark.parametrize("name", LATENT_UPSCALERS)
def test_every_mode_resizes_to_cells(name: str) -> None:
    latents = torch.arange(2 * 4 * 6 * 5, dtype=torch.float32).reshape(2, 4, 6, 5)
    assert resize_latents(latents, 92, 71, LATENT_UPSCALERS[name]).shape == (2, 4, 8, 11)
    assert LATENT_UPSCALERS[name].label == name


def test_importing_the_package_imports_no_torch() -> None:
    code = "import sys, velatura.upscalers; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
