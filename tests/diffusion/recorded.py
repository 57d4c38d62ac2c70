"""Runs that A1111 v1.10.1 made, played back: its denoiser calls, noise draws and final latents."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tests.conftest import GOLDEN
from velatura.diffusion.noise import NoiseRecipe
from velatura.diffusion.noise_levels import NoiseLevels, model_levels
from velatura.diffusion.samplers import find_sampler
from velatura.records import NoiseOptions, SamplingOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.diffusion.samplers.base import Sampler


@dataclass(frozen=True)
class Case:
    """One recorded run: the request, and its tensors by name."""

    name: str
    sampler: Sampler
    request: dict[str, Any]
    tensors: dict[str, NDArray[Any]]

    @classmethod
    def load(cls, folder: Path, name: str) -> Case:
        document = json.loads((folder / "cases" / f"{name}.json").read_text())
        used = document["info"]["sampler_name"]
        with np.load(folder / "npz" / f"{name}.npz") as file:
            return cls(name, find_sampler(used)[0], document["request"], dict(file))

    def series(self, kind: str) -> list[NDArray[Any]]:
        """The tensors ``kind.000``, ``kind.001``, ... in order."""
        return [self.tensors[key] for key in sorted(self.tensors) if key.startswith(f"{kind}.")]

    @property
    def schedule(self) -> str:
        return self.request["scheduler"] or "Automatic"

    @property
    def settings(self) -> dict[str, Any]:
        return self.request.get("override_settings", {})

    @property
    def options(self) -> SamplingOptions:
        request, settings = self.request, self.settings
        return SamplingOptions(
            eta=request.get("eta", settings.get("eta_ancestral")),
            churn=float(request.get("s_churn", 0.0)),
            churn_min=float(request.get("s_tmin", 0.0)),
            churn_max=float(request.get("s_tmax", 0.0)),
            noise_scale=float(request.get("s_noise", 1.0)),
            skip_guidance_below=float(request.get("s_min_uncond", 0.0)),
            discard_penultimate=settings.get("always_discard_next_to_last_sigma", False),
            old_karras_sigmas=settings.get("use_old_karras_scheduler_sigmas", False),
            quantize=settings.get("enable_quantization", False),
            zero_terminal_snr=settings.get("sd_noise_schedule") == "Zero Terminal SNR",
        )

    @property
    def noise_options(self) -> NoiseOptions:
        request, settings = self.request, self.settings
        return NoiseOptions(
            source=settings.get("randn_source", "CPU"),
            ensd=settings.get("eta_noise_seed_delta", 0),
            resize_width=max(request.get("seed_resize_from_w", 0), 0),
            resize_height=max(request.get("seed_resize_from_h", 0), 0),
        )

    @property
    def levels(self) -> NoiseLevels:
        return model_levels(self.options)

    def recipe(self, shape: tuple[int, ...], span: tuple[float, float]) -> NoiseRecipe:
        batch, *picture = shape
        strength = self.request.get("subseed_strength", 0.0)
        return NoiseRecipe(
            seeds=tuple(self.request["seed"] + (0 if strength else i) for i in range(batch)),
            shape=(picture[0], picture[1], picture[2]),
            options=self.noise_options,
            variation_seeds=tuple(self.request.get("subseed", 0) + i for i in range(batch)),
            variation_strength=strength,
            span=span,
        )


def case_names(wanted: Callable[[dict[str, Any]], bool]) -> list[str]:
    """Names of the recorded runs of one batch whose request is wanted; one excuse if none."""
    names: list[str] = []
    for path in sorted(GOLDEN.glob("npz/*.npz")):
        request = json.loads((GOLDEN / "cases" / f"{path.stem}.json").read_text())["request"]
        if request.get("n_iter", 1) == 1 and "script_name" not in request and wanted(request):
            names.append(path.stem)
    return names or ["none at hand"]


@dataclass
class Recording:
    """A ``Denoise`` that answers what A1111's answered, and notes how far the questions differ."""

    case: Case
    first: int = 0
    calls: int = 0
    x_errors: list[float] = field(default_factory=list)
    level_errors: list[float] = field(default_factory=list)

    def __call__(self, x: Tensor, level: float) -> Tensor:
        key = f"{self.first + self.calls:03d}"
        self.calls += 1
        tensors = self.case.tensors
        self.x_errors.append(distance(x, tensors[f"den_x.{key}"]))
        expected = float(tensors[f"den_sigma.{key}"].flat[0])
        self.level_errors.append(abs(level - expected) / max(expected, 1e-3))
        return torch.from_numpy(tensors[f"den_out.{key}"])

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        raise NotImplementedError("the unguided estimates were not recorded")

    def alpha(self, level: float) -> float:
        return self.case.levels.alpha(level)


def distance(found: Tensor, expected: NDArray[Any]) -> float:
    """Greatest difference, relative to the greatest value expected."""
    target = torch.from_numpy(expected)
    assert found.shape == target.shape
    return float((found - target).abs().max() / target.abs().max())
