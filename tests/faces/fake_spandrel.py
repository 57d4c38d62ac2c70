"""Stand-ins for spandrel and spandrel-extra-arches: they know two tiny "networks"."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    import pytest


class UnsupportedModelError(Exception):
    """As spandrel's."""


class FakeCodeFormer(nn.Module):
    """Gives the face back at weight 1, a red square at weight 0; checks what it is asked."""

    def __init__(self, state_dict: dict[str, Tensor]) -> None:
        super().__init__()
        self.position_emb = nn.Parameter(state_dict["position_emb"])

    def forward(self, x: Tensor, weight: float = 0.5) -> tuple[Tensor, None, None]:
        _check(x)
        red = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1) + self.position_emb
        return weight * x + (1 - weight) * red, None, None


class FakeGFPGAN(nn.Module):
    """Gives the negative; refuses to draw noise of its own."""

    def __init__(self, state_dict: dict[str, Tensor]) -> None:
        super().__init__()
        self.to_rgb = nn.Parameter(state_dict["toRGB.0.weight"])

    def forward(self, x: Tensor, *, return_rgb: bool, randomize_noise: bool) -> tuple[Tensor, list]:
        _check(x)
        assert not return_rgb
        assert not randomize_noise
        return -x + self.to_rgb, []


def _check(x: Tensor) -> None:
    assert x.shape == (1, 3, 512, 512)
    assert x.dtype == torch.float32
    assert x.min() >= -1
    assert x.max() <= 1


MAIN = {"toRGB.0.weight": ("GFPGAN", FakeGFPGAN)}
EXTRA = {"position_emb": ("CodeFormer", FakeCodeFormer)}
"""Name of a tensor -> the network that has it."""


class ModelLoader:
    """As spandrel's: recognises a network by its tensors, in a registry."""

    def __init__(self, registry: dict) -> None:
        self.registry = registry

    def load_from_state_dict(self, state_dict: dict[str, Tensor]) -> SimpleNamespace:
        for name, (architecture, network) in self.registry.items():
            if name in state_dict:
                if state_dict[name].shape != (1,):
                    raise RuntimeError("size mismatch")
                described = SimpleNamespace(name=architecture)
                return SimpleNamespace(architecture=described, model=network(state_dict))
        raise UnsupportedModelError


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``import spandrel`` find these."""
    main, extra = ModuleType("spandrel"), ModuleType("spandrel_extra_arches")
    main.ModelLoader, main.UnsupportedModelError = ModelLoader, UnsupportedModelError
    main.MAIN_REGISTRY, extra.EXTRA_REGISTRY = MAIN, EXTRA
    monkeypatch.setitem(sys.modules, "spandrel", main)
    monkeypatch.setitem(sys.modules, "spandrel_extra_arches", extra)


def remove(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``import spandrel`` fail, whatever is installed."""
    monkeypatch.setitem(sys.modules, "spandrel", None)
    monkeypatch.setitem(sys.modules, "spandrel_extra_arches", None)


CODEFORMER = {"params_ema": {"position_emb": torch.zeros(1)}}
GFPGAN = {"params_ema": {"toRGB.0.weight": torch.zeros(1)}}
"""What ``torch.save`` puts into their files."""
