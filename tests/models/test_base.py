from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmarks import peers
from tests.ldm_layout import Layout, write_checkpoint
from velatura.errors import BrokenModel, RequestError
from velatura.models.autoencoder import to_uint8
from velatura.models.base import Model, load_model
from velatura.models.cache import held_bytes
from velatura.models.catalogue import ModelFile
from velatura.models.hashes import Hashes
from velatura.models.place import Place
from velatura.models.tensors import read_tensors
from velatura.models.tiling import tiled

if TYPE_CHECKING:
    from pathlib import Path


def file(path: Path, kind: Any = "checkpoint") -> ModelFile:
    return ModelFile(kind, path.name, path)


@pytest.fixture(scope="module")
def model(tiny_checkpoint: Path) -> Model:
    return load_model(file(tiny_checkpoint))


def paint(model: Model, *, size: int = 8) -> torch.Tensor:
    """One pass through all three networks; (3, 8·size, 8·size)."""
    generator = torch.Generator().manual_seed(5)
    latents = torch.randn(1, 4, size, size, generator=generator)
    context = model.text_encoder.encode([[49406, 320, *[49407] * 75]], [[]])
    with torch.inference_mode():
        noise = model.predict(latents, torch.tensor([500.0]), context)
        return model.autoencoder.decode(noise[0])


@pytest.mark.parametrize(
    "layout",
    [
        Layout(channels=(32, 64, 64), res_blocks=(1, 2, 1), attention=(True, False, True)),
        Layout(channels=(64, 96), res_blocks=(3, 1), attention=(False, True), vae_res_blocks=2),
    ],
)
def test_any_placement_of_blocks_loads_and_runs(tmp_path: Path, layout: Layout) -> None:
    pixels = paint(load_model(file(write_checkpoint(tmp_path / "odd.safetensors", layout))))
    assert pixels.shape == (3, 64, 64)
    assert pixels.isfinite().all()


def test_every_container_gives_the_same_model(tiny_checkpoint: Path, tmp_path: Path) -> None:
    weights = load_file(tiny_checkpoint)
    notes = tiny_checkpoint.with_suffix(".json").read_bytes()
    expected = paint(load_model(file(tiny_checkpoint)))
    for name, content in (("plain", weights), ("wrapped", {"state_dict": weights, "epoch": 1})):
        for is_zip in (True, False):
            path = tmp_path / f"{name}{is_zip}.ckpt"
            torch.save(content, path, _use_new_zipfile_serialization=is_zip)
            path.with_suffix(".json").write_bytes(notes)
            assert torch.equal(paint(load_model(file(path))), expected)


def test_a_diffusers_folder_gives_the_same_model(model: Model, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    for name, network in (
        ("text_encoder", peers.text_model(model.text_encoder.network)),
        ("unet", peers.unet(model.unet.network)),
        ("vae", peers.vae(model.autoencoder.network)),
    ):
        network.save_pretrained(folder / name)
    (folder / "scheduler").mkdir()
    scheduler = {"prediction_type": "v_prediction", "beta_start": 0.001, "beta_end": 0.02}
    (folder / "scheduler/scheduler_config.json").write_text(json.dumps(scheduler))
    index = {"_class_name": "StableDiffusionPipeline"}
    (folder / "model_index.json").write_text(json.dumps(index))
    loaded = load_model(file(folder))
    assert torch.equal(paint(loaded), paint(model))
    assert (loaded.prediction, loaded.architecture.betas) == ("v", (0.001, 0.02))
    assert loaded.architecture.unet == model.architecture.unet
    config = json.loads((folder / "unet/config.json").read_text())
    (folder / "unet/config.json").write_text(json.dumps(config | {"layers_per_block": "many"}))
    with pytest.raises(BrokenModel, match="layers_per_block"):
        load_model(file(folder))


def test_an_external_vae_replaces_the_own_one(tiny_checkpoint: Path, tmp_path: Path) -> None:
    other = load_file(write_checkpoint(tmp_path / "other.safetensors", seed=9))
    prefix = "first_stage_model."
    vae = {n.removeprefix(prefix): t for n, t in other.items() if n.startswith(prefix)}
    save_file({**vae, "loss.logvar": torch.zeros(1)}, tmp_path / "soft.vae.safetensors")
    own = load_model(file(tiny_checkpoint))
    both = load_model(file(tiny_checkpoint), file(tmp_path / "soft.vae.safetensors", "vae"))
    whole = load_model(file(tiny_checkpoint), file(tmp_path / "other.safetensors", "vae"))
    assert not torch.equal(paint(both), paint(own))
    assert torch.equal(paint(both), paint(whole))
    hashes = Hashes(None)
    assert [(use.kind, use.name) for use in both.uses] == [
        ("checkpoint", "tiny"),
        ("vae", "soft.vae.safetensors"),
    ]
    assert both.uses[1].hash == hashes.short(tmp_path / "soft.vae.safetensors")


def test_what_is_no_vae_is_refused_as_one(tiny_checkpoint: Path, tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "a.safetensors")
    with pytest.raises(BrokenModel, match="holds no autoencoder"):
        load_model(file(tiny_checkpoint), file(tmp_path / "a.safetensors", "vae"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("missing", r"U-Net: 1 weights missing: conv_out\.bias"),
        ("extra", r"U-Net: 1 weights unexpected: surplus\.weight"),
        ("shape", r"U-Net: conv_out\.bias has shape \(5,\), expected \(4,\)"),
    ],
)
def test_weights_that_do_not_fit_are_named(
    tiny_checkpoint: Path, tmp_path: Path, change: str, message: str
) -> None:
    weights = load_file(tiny_checkpoint)
    bias = "model.diffusion_model.out.2.bias"
    if change == "missing":
        del weights[bias]
    elif change == "extra":
        weights["model.diffusion_model.surplus.weight"] = torch.zeros(1)
    else:
        weights[bias] = torch.zeros(5)
    path = tmp_path / "odd.safetensors"
    save_file(weights, path)
    path.with_suffix(".json").write_bytes(tiny_checkpoint.with_suffix(".json").read_bytes())
    with pytest.raises(BrokenModel, match=message):
        load_model(file(path))


def test_a_checkpoint_without_vae_asks_for_one(tiny_checkpoint: Path, tmp_path: Path) -> None:
    weights = {n: t for n, t in load_file(tiny_checkpoint).items() if "first_stage" not in n}
    path = tmp_path / "pruned.safetensors"
    save_file(weights, path)
    path.with_suffix(".json").write_bytes(tiny_checkpoint.with_suffix(".json").read_bytes())
    with pytest.raises(BrokenModel, match="choose a VAE file"):
        load_model(file(path))
    assert load_model(file(path), file(tiny_checkpoint, "vae")).autoencoder.factor == 8


def test_half_precision_keeps_the_autoencoder_in_full(tiny_checkpoint: Path) -> None:
    half = load_model(file(tiny_checkpoint), place=Place(dtype=torch.float16))
    assert half.unet.network.dtype is torch.float16
    assert half.autoencoder.network.dtype is torch.float32
    brain = load_model(file(tiny_checkpoint), place=Place(dtype=torch.bfloat16))
    assert brain.autoencoder.network.dtype is torch.bfloat16
    pixels = paint(brain)
    assert pixels.dtype is torch.float32
    assert pixels.isfinite().all()


def test_clip_skip_stops_earlier_and_keeps_the_last_norm(model: Model) -> None:
    chunk = [[49406, 320, *[49407] * 75]]
    last, before = (model.text_encoder.encode(chunk, [[]], skip) for skip in (1, 2))
    assert last.shape == before.shape == (1, 77, 32)
    assert not torch.equal(last, before)
    embedded = model.text_encoder.encode(chunk, [[]], 3)
    norm = model.text_encoder.network.final_layer_norm
    table = model.text_encoder.network.embeddings
    plain = table.token_embedding.weight[chunk[0]] + table.position_embedding.weight
    torch.testing.assert_close(embedded[0], norm(plain))
    with pytest.raises(RequestError, match="has 2 layers; choose 1 to 3, not 4") as caught:
        model.text_encoder.encode(chunk, [[]], 4)
    assert caught.value.field == "clip_skip"


def test_tokens_see_only_what_is_before_them(model: Model) -> None:
    one, two = (
        model.text_encoder.encode([[49406, 320, last, *[49407] * 74]], [[]]) for last in (7, 8)
    )
    torch.testing.assert_close(one[:, :2], two[:, :2])
    assert not torch.allclose(one[:, 2], two[:, 2])


def test_pixels_are_truncated_to_eight_bits() -> None:
    values = torch.tensor([-2.0, -1.0, 0.0, 0.999, 1.0, 7.0, float("nan"), 254.9 / 127.5 - 1])
    pixels = to_uint8(values.expand(3, 1, 8))
    assert pixels.shape == (1, 8, 3)
    assert pixels[0, :, 0].tolist() == [0, 0, 127, 254, 255, 255, 0, 254]


def test_encoding_gives_one_latent_for_eight_by_eight_pixels(model: Model) -> None:
    with torch.inference_mode():
        latents = model.autoencoder.encode(torch.zeros(3, 64, 32))
        again = model.autoencoder.encode(torch.zeros(3, 64, 32))
    assert latents.shape == (4, 8, 4)
    assert torch.equal(latents, again)


def test_tiling_makes_the_edges_meet_and_leaves_the_model_alone(model: Model) -> None:
    before = paint(model)
    circular = tiled(model)
    latents = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        pixels = circular.autoencoder.decode(latents)
        rolled = circular.autoencoder.decode(latents.roll((3, 2), dims=(1, 2)))
    torch.testing.assert_close(pixels.roll((24, 16), dims=(1, 2)), rolled, atol=1e-4, rtol=1e-4)
    assert not torch.equal(paint(circular), before)
    assert torch.equal(paint(model), before)
    own = {held_bytes(p) for p in model.unet.network.parameters()}
    assert own == {held_bytes(p) for p in circular.unet.network.parameters()}


def test_loading_and_painting_need_no_network(
    tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError(f"a connection was tried: {args}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert paint(load_model(file(tiny_checkpoint))).isfinite().all()


def test_a_model_is_a_value(model: Model) -> None:
    assert replace(model, uses=()).unet is model.unet
    assert (model.width, model.latent_channels, model.native_size) == (32, 4, (512, 512))
    assert model.device == torch.device("cpu")
    assert model.size_bytes > 49408 * 32 * 4


def test_a_file_is_read_while_it_is_hashed(
    tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read = threading.Event()

    class Waiting(Hashes):
        def sha256(self, path: Path) -> str:
            assert is_read.wait(60)
            return super().sha256(path)

    def read(*given: Any, **options: Any) -> dict[str, torch.Tensor]:
        is_read.set()
        return read_tensors(*given, **options)

    monkeypatch.setattr("velatura.models.base.read_tensors", read)
    loaded = load_model(file(tiny_checkpoint), hashes=Waiting(None))
    assert loaded.uses[0].hash == Hashes(None).short(tiny_checkpoint)


IMPORTS = """
import sys
from velatura import LocalEngine, Txt2Img
for event in LocalEngine().run(Txt2Img(prompt="an apple", steps=1, width=64, height=64, seed=1)):
    pass
print(*sorted({"torch._dynamo", "sympy", "diffusers", "transformers"} & sys.modules.keys()))
"""


def test_a_picture_imports_neither_a_compiler_nor_other_peoples_networks() -> None:
    command = [sys.executable, "-c", IMPORTS]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert result.stdout.split() == []


PEAK = """
import resource, sys
from pathlib import Path
import torch
from velatura.models.base import load_model
from velatura.models.cache import held_bytes
from velatura.models.catalogue import ModelFile
from velatura.models.hashes import Hashes
path, tiny = Path(sys.argv[1]), Path(sys.argv[2])
load_model(ModelFile("checkpoint", tiny.name, tiny))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
model = load_model(ModelFile("checkpoint", path.name, path))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, model.size_bytes)
"""

BIG = Layout(channels=(256, 512, 512), res_blocks=(2, 2, 2), attention=(True, True, True))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32], ids=["half", "single"])
def test_loading_holds_the_weights_once(
    tiny_checkpoint: Path, tmp_path: Path, dtype: torch.dtype
) -> None:
    """Peak resident memory above the interpreter's stays within 5 % of what the model takes."""
    path = write_checkpoint(tmp_path / "big.safetensors", BIG)
    if dtype is torch.float32:
        save_file({n: t.float() for n, t in load_file(path).items()}, path)
    command = [sys.executable, "-c", PEAK, str(path), str(tiny_checkpoint)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    peak, size = map(int, result.stdout.split())
    assert size > 200e6
    assert peak < 1.05 * size
