"""The real networks, with random weights, where spandrel-extra-arches is installed."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from velatura.faces import RESTORERS
from velatura.models.faces.restorer import load_restorer

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of torchvision that spandrel imports, for networks that are not asked here."""
    names = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional")
    modules = [ModuleType(name) for name in names]
    modules[-1].InterpolationMode = modules[-1].rotate = modules[-1].normalize = None
    for name, module in zip(names, modules, strict=True):
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize(
    ("label", "module", "knows_weight"),
    [
        ("CodeFormer", "spandrel_extra_arches.architectures.CodeFormer", True),
        ("GFPGAN", "spandrel.architectures.GFPGAN", False),
    ],
)
def test_the_real_network_is_asked_twice_and_answers_the_same(
    tmp_path: Path, label: str, module: str, knows_weight: bool
):
    architectures = pytest.importorskip(module)
    torch.random.manual_seed(0)
    path = tmp_path / "weights.pth"
    torch.save({"params_ema": getattr(architectures, label)().state_dict()}, path)
    restore = load_restorer(RESTORERS[label], path, torch.device("cpu"))
    face = np.random.default_rng(1).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    with torch.inference_mode():
        first, second, other = restore(face, 0.0), restore(face, 0.0), restore(face, 1.0)
    assert np.array_equal(first, second)
    assert np.array_equal(first, other) != knows_weight
