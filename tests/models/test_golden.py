"""The networks against tensors that A1111 recorded (see the golden folder's README)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from velatura.models.base import Model, load_model
from velatura.models.discovery import find_models
from velatura.models.hashes import Hashes

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
    torch.testing.assert_close(pixels, recorded["vae_dec_out"][0], atol=1e-5, rtol=1e-5)


def test_encoder_equals_the_recorded_mean(model: Model, recorded: Tensors) -> None:
    latents = model.autoencoder.encode(recorded["vae_enc_in"][0])
    mean = recorded["vae_enc_mean"][0]
    torch.testing.assert_close(latents / model.autoencoder.scale, mean, atol=1e-4, rtol=1e-5)


def test_checkpoint_is_named_as_recorded(checkpoint: ModelFile, model: Model) -> None:
    assert [(use.name, use.hash) for use in model.uses] == [("tiny-sd15", "9916ddf1da")]
    assert checkpoint.title("9916ddf1da") == "tiny-sd15.safetensors [9916ddf1da]"


def test_lora_and_embeddings_have_the_recorded_hashes(golden: Path) -> None:
    models, hashes = find_models([golden / "model"]), Hashes(None)
    assert hashes.lora(models.find("lora", "tinylora").path) == "852f2b7ae5ce"
    assert hashes.embedding(models.find("embedding", "tinypt").path) == "21797bc11ae1"
    assert hashes.embedding(models.find("embedding", "tinyemb").path) == "5e06e367c6cf"
