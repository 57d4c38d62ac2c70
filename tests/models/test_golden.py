"""The networks against tensors that A1111 recorded (see the golden folder's README)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from velatura.models.autoencoder import to_uint8
from velatura.models.base import Model, load_model
from velatura.models.discovery import find_models
from velatura.models.embeddings import read_embeddings
from velatura.models.hashes import Hashes
from velatura.models.lora import find_loras, with_loras
from velatura.models.tiling import tiled
from velatura.prompts.encode import Injection
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.models.catalogue import ModelFile

START, END = 49406, 49407
A_PHOTO_OF_A_CAT = (320, 1125, 539, 320, 2368)

Tensors = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def checkpoint(golden: Path) -> ModelFile:
    return find_models([golden / "model"]).find("checkpoint", "tiny-sd15")


@pytest.fixture(scope="module")
def model(checkpoint: ModelFile) -> Model:
    return load_model(checkpoint)


@pytest.fixture(scope="module")
def recorded(golden: Path) -> Tensors:
    with np.load(golden / "unit" / "tensors.npz") as file:
        return {name: torch.from_numpy(file[name]) for name in file.files}


@pytest.mark.parametrize(("skip", "suffix"), [(1, ""), (2, "_skip2")])
@pytest.mark.parametrize(("name", "words"), [("cond0", ()), ("cond1", A_PHOTO_OF_A_CAT)])
def test_text_encoder_equals_the_recorded_features(
    model: Model, recorded: Tensors, name: str, words: tuple[int, ...], skip: int, suffix: str
) -> None:
    chunk = [START, *words, *[END] * (76 - len(words))]
    features = model.text_encoder.encode([chunk], [[]], skip)
    torch.testing.assert_close(features[0], recorded[name + suffix], atol=1e-5, rtol=1e-5)


def test_unet_equals_the_recorded_output(model: Model, recorded: Tensors) -> None:
    context = torch.stack([recorded["cond0"], recorded["cond1"]])
    output = model.predict(recorded["unet_in"], recorded["unet_t"], context)
    torch.testing.assert_close(output, recorded["unet_out"], atol=1e-5, rtol=1e-5)


def test_decoder_equals_the_recorded_picture(model: Model, recorded: Tensors) -> None:
    pixels = model.autoencoder.decode(recorded["vae_dec_in"][0])
    torch.testing.assert_close(pixels, recorded["vae_dec_out"][0], atol=3e-5, rtol=1e-5)


def test_encoder_equals_the_recorded_mean(model: Model, recorded: Tensors) -> None:
    latents = model.autoencoder.encode(recorded["vae_enc_in"][0])
    mean = recorded["vae_enc_mean"][0]
    torch.testing.assert_close(latents / model.autoencoder.scale, mean, atol=2e-4, rtol=1e-5)


def test_checkpoint_is_named_as_recorded(checkpoint: ModelFile, model: Model) -> None:
    assert [(use.name, use.hash) for use in model.uses] == [("tiny-sd15", "9916ddf1da")]
    assert checkpoint.title("9916ddf1da") == "tiny-sd15.safetensors [9916ddf1da]"


def test_lora_and_embeddings_have_the_recorded_hashes(golden: Path) -> None:
    models, hashes = find_models([golden / "model"]), Hashes(None)
    assert hashes.lora(models.find("lora", "tinylora").path) == "852f2b7ae5ce"
    assert hashes.embedding(models.find("embedding", "tinypt").path) == "21797bc11ae1"
    assert hashes.embedding(models.find("embedding", "tinyemb").path) == "5e06e367c6cf"


def loaded_case(golden: Path, name: str) -> Tensors:
    with np.load(golden / "npz" / f"{name}.npz") as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}


def denoise(model: Model, case: Tensors, call: int, *, scale: float = 7.0) -> torch.Tensor:
    """What the recorded call ``call`` of the denoiser gives, by the formulas of epsilon models.

    D = x - sigma · e, guided: D_u + scale · (D_c - D_u); times interpolate ln sigma.
    """
    x, sigma = case[f"den_x.{call:03}"], case[f"den_sigma.{call:03}"][0]
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    alphas = torch.cumprod(1 - betas, 0)
    levels = (((1 - alphas) / alphas).sqrt().log()).numpy()
    time = float(np.interp(np.log(float(sigma)), levels, np.arange(1000.0)))
    context = torch.cat([case["cond.000"], case["uncond.000"]])
    scaled = torch.cat([x, x]) / (sigma**2 + 1).sqrt()
    noise = model.predict(scaled, torch.full((len(scaled),), time), context)
    cond, uncond = (torch.cat([x, x]) - sigma * noise).chunk(2)
    return uncond + scale * (cond - uncond)


CAT = [START, *A_PHOTO_OF_A_CAT, *[END] * 71]
EMPTY = [START, *[END] * 76]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("xn-lora-0.5", [Lora("tinylora", 0.5, 0.5)]),
        ("xn-lora-named", [Lora("tinylora", 0.0, 1.0)]),
        ("xn-lora-twice", [Lora("tinylora", 0.5, 0.5)] * 2),
    ],
)
def test_lora_equals_the_recorded_calls(
    model: Model, golden: Path, name: str, asked: list[Lora]
) -> None:
    case = loaded_case(golden, name)
    merged = with_loras(model, asked, find_loras(find_models([golden / "model"]), asked))
    empty = merged.text_encoder.encode([EMPTY], [[]])
    torch.testing.assert_close(empty, case["uncond.000"], atol=2e-5, rtol=1e-5)
    if name != "xn-lora-twice":
        cat = merged.text_encoder.encode([CAT], [[]])
        torch.testing.assert_close(cat, case["cond.000"], atol=2e-5, rtol=1e-5)
    for call in (0, 4, 7):
        expected = case[f"den_out.{call:03}"]
        torch.testing.assert_close(denoise(merged, case, call), expected, atol=5e-4, rtol=1e-5)


def test_tiling_equals_the_recorded_calls_and_pictures(model: Model, golden: Path) -> None:
    case = loaded_case(golden, "tiling-batch2-euler_a")
    circular = tiled(model)
    for call in (0, 4, 7):
        expected = case[f"den_out.{call:03}"]
        # processors round convolutions differently: 3e-4 was seen
        torch.testing.assert_close(denoise(circular, case, call), expected, atol=5e-4, rtol=1e-5)
    for latents, picture in zip(case["final_latent.000"], case["decoded.000"], strict=True):
        decoded = circular.autoencoder.decode(latents)
        torch.testing.assert_close(decoded, picture, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "word", "rows"), [("xn-ti-pt", "tinypt", 3), ("xn-ti-upper", "tinyemb", 2)]
)
def test_embeddings_equal_the_recorded_features(
    model: Model, golden: Path, name: str, word: str, rows: int
) -> None:
    files = find_models([golden / "model"]).of("embedding")
    vectors = read_embeddings(files, model.width).vectors[word]
    assert len(vectors) == rows
    chunk = [START, 320, 1125, 539, *[0] * rows, 2368, *[END] * (72 - rows)]
    features = model.text_encoder.encode([chunk], [[Injection(3, vectors)]])
    expected = loaded_case(golden, name)["cond.000"]
    torch.testing.assert_close(features, expected, atol=1e-5, rtol=1e-5)


def test_pixels_equal_the_recorded_picture(model: Model, golden: Path) -> None:
    case = loaded_case(golden, "xn-ti-pt")
    pixels = to_uint8(model.autoencoder.decode(case["final_latent.000"][0]))
    with Image.open(golden / "cases" / "xn-ti-pt.0.png") as picture:
        difference = np.abs(pixels.astype(int) - np.asarray(picture.convert("RGB")).astype(int))
    assert difference.max() <= 1
    assert difference.mean() < 0.01
