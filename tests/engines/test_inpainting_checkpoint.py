"""Checkpoints that see a mask: nine channels go into their U-Net."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.engines.events import pictures, small
from velatura import Hires, LocalEngine
from velatura.masking import rectangle_mask
from velatura.models.base import load_model
from velatura.models.catalogue import ModelFile
from velatura.pipelines.mask_view import blank_view, masked_view
from velatura.records import Bitmap, Img2Img, Inpaint

FIRST = "model.diffusion_model.input_blocks.0.0.weight"
RAMP = np.add.outer(np.arange(64) * 3, np.arange(64) * 2) % 256
PIXELS = np.stack([RAMP, 255 - RAMP, RAMP // 2], axis=2).astype(np.uint8)
MASK = rectangle_mask((64, 64), (16, 16, 24, 24))


def nine_channels(checkpoint, path, *, extra):
    """The checkpoint with five more input channels, whose weights are ``extra`` times noise."""
    weights = load_file(checkpoint)
    first = weights[FIRST]
    noise = torch.randn(first.shape[0], 5, 3, 3, generator=torch.Generator().manual_seed(1))
    weights[FIRST] = torch.cat((first, (noise * extra).to(first)), dim=1)
    save_file(weights, path)
    sidecar = json.loads(checkpoint.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps(sidecar))
    return path


@pytest.fixture(scope="module")
def folder(tiny_checkpoint, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nine")
    nine_channels(tiny_checkpoint, folder / "blind.safetensors", extra=0.0)
    nine_channels(tiny_checkpoint, folder / "seeing.safetensors", extra=0.1)
    return folder


@pytest.fixture(scope="module")
def nine(folder):
    return LocalEngine([folder])


def one(engine, request):
    (picture,) = pictures(engine.run(request))
    return picture.pixels


def requests():
    image = Bitmap(PIXELS)
    base = {"prompt": "an apple", "steps": 3, "seed": 5}
    return {
        "txt2img": small(hires=Hires(scale=1.5, steps=2)),
        "img2img": Img2Img(**base, image=image),
        "inpaint": Inpaint(**base, image=image, mask=MASK),
        "masked": Inpaint(
            **base, image=image, mask=MASK, area="masked", padding=8, width=64, height=64
        ),
        "latent": Inpaint(
            **base, image=image, mask=MASK, resize_mode="latent", width=96, height=64
        ),
    }


@pytest.mark.parametrize("name", requests())
def test_channels_of_no_weight_change_nothing(engine, nine, name):
    request = requests()[name]
    blind = one(nine, replace(request, checkpoint="blind"))
    assert np.array_equal(blind, one(engine, request))


@pytest.mark.parametrize("name", requests())
def test_what_is_seen_changes_the_picture(nine, name):
    request = requests()[name]
    seeing = one(nine, replace(request, checkpoint="seeing"))
    assert not np.array_equal(seeing, one(nine, replace(request, checkpoint="blind")))


def test_how_much_is_hidden_can_be_chosen(nine):
    request = replace(requests()["inpaint"], checkpoint="seeing")
    hidden = one(nine, request)
    shown = one(nine, replace(request, conditioning_mask=0.0))
    assert not np.array_equal(hidden, shown)
    assert np.array_equal(hidden[0], shown[0])


@pytest.fixture(scope="module")
def model(folder):
    path = folder / "seeing.safetensors"
    return load_model(ModelFile("checkpoint", path.name, path))


@torch.inference_mode()
def test_without_a_mask_all_is_masked_and_grey(model):
    view = blank_view(model, (64, 32))
    assert view.shape == (1, 5, 4, 8)
    assert (view[:, 0] == 1).all()
    assert torch.equal(view[0, 1:], model.autoencoder.encode(torch.zeros(3, 32, 64)))


@torch.inference_mode()
def test_the_mask_comes_first_then_the_picture_without_it(model):
    mask = (MASK.array[..., 0] / np.float32(255)).astype(np.float32)
    view = masked_view(model, PIXELS, mask, 1.0, (8, 8))
    assert torch.equal(view[0, 0], torch.from_numpy(mask[::8, ::8]))
    seen = torch.from_numpy(PIXELS.copy()).permute(2, 0, 1) / 127.5 - 1
    expected = model.autoencoder.encode(seen * (1 - torch.from_numpy(mask)))
    assert torch.allclose(view[0, 1:], expected, atol=1e-4)


def test_plain_checkpoints_see_nothing_beside_the_latents(tiny_checkpoint):
    plain = load_model(ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint))
    assert blank_view(plain, (64, 64)) is None
    assert masked_view(plain, PIXELS, np.ones((64, 64), np.float32), 1.0, (8, 8)) is None
