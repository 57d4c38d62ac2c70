"""The packaged models: what the files are, and that another program paints the same with them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

from benchmarks import peers
from benchmarks.trials.diffusers_painting import Tokenizer
from velatura import LocalEngine, Picture, Txt2Img
from velatura.models.base import Model, load_model
from velatura.models.catalogue import ModelFile
from velatura.models.embedded import embedded_checkpoints, embedded_loras
from velatura.models.safetensors_file import read_metadata, read_safetensors
from velatura.models.tensors import read_tensors

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 45_000_000
"""Bytes of a packaged file."""

MODELSPEC = {"sai_model_spec", "architecture", "title", "author", "description", "license",
             "prediction_type", "resolution", "hash_sha256", "usage_hint"}  # fmt: skip

REQUEST = Txt2Img(
    prompt="3d render of a red apple", sampler="Euler", schedule="Normal",
    steps=4, guidance_scale=5.0, width=64, height=64, seed=3,
)  # fmt: skip

every_checkpoint = pytest.mark.parametrize("path", embedded_checkpoints(), ids=lambda p: p.stem)


@every_checkpoint
def test_a_packaged_checkpoint_is_small_and_says_what_it_is(path: Path) -> None:
    assert path.stat().st_size <= LARGEST
    stated = read_metadata(path)
    assert {f"modelspec.{name}" for name in MODELSPEC} <= stated.keys()
    assert stated["modelspec.architecture"] == "stable-diffusion-v1"
    assert stated["modelspec.title"] == path.stem
    assert "Twemoji" in stated["velatura.attribution"]


def test_the_packaged_checkpoints_share_one_autoencoder() -> None:
    first, *others = (_autoencoder(path) for path in embedded_checkpoints())
    for other in others:
        assert other.keys() == first.keys()
        assert all(torch.equal(other[name], tensor) for name, tensor in first.items())


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in diffusers
@every_checkpoint
def test_diffusers_reads_the_file_and_paints_the_same(path: Path, tmp_path: Path) -> None:
    pipeline = _pipeline(path, load_model(ModelFile("checkpoint", path.name, path)), tmp_path)
    result = pipeline(
        REQUEST.prompt,
        num_inference_steps=REQUEST.steps,
        guidance_scale=REQUEST.guidance_scale,
        width=REQUEST.width,
        height=REQUEST.height,
        generator=torch.Generator().manual_seed(cast("int", REQUEST.seed)),
        output_type="np",
    )
    theirs = (255 * cast("Any", result).images[0]).round().astype(int)
    ours = _paint(checkpoint=path.stem).astype(int)
    assert np.abs(theirs - ours).max() <= 2


@pytest.mark.parametrize("path", embedded_loras(), ids=lambda p: p.stem)
def test_a_packaged_lora_is_small_and_changes_the_picture(path: Path) -> None:
    assert path.stat().st_size <= LARGEST / 10
    assert read_metadata(path)["modelspec.architecture"] == "stable-diffusion-v1/lora"
    changed = _paint(prompt=f"{REQUEST.prompt} <lora:{path.stem}:1>")
    assert np.abs(changed.astype(int) - _paint().astype(int)).mean() > 10


def _paint(**changes: Any) -> np.ndarray:
    events = LocalEngine().run(replace(REQUEST, **changes))
    (picture,) = [event for event in events if isinstance(event, Picture)]
    assert not picture.remarks
    return picture.pixels


def _autoencoder(path: Path) -> dict[str, torch.Tensor]:
    stored = read_safetensors(path).tensors
    kept = {name: t for name, t in stored.items() if name.startswith("first_stage_model.")}
    return dict(read_tensors(kept))


def _pipeline(path: Path, model: Model, folder: Path) -> StableDiffusionPipeline:
    """diffusers' own reading of the file, told nothing but the networks' sizes."""
    parts = {
        "unet": ("diffusers", "UNet2DConditionModel", peers.unet(model.unet.network).config),
        "vae": ("diffusers", "AutoencoderKL", peers.vae(model.autoencoder.network).config),
        "text_encoder": (
            "transformers",
            "CLIPTextModel",
            peers.text_model(model.text_encoder.network).config,
        ),
    }
    index: dict[str, Any] = {"_class_name": "StableDiffusionPipeline"}
    for name, (library, kind, config) in parts.items():
        index[name] = [library, kind]
        (folder / name).mkdir()
        stated = config.to_dict() if hasattr(config, "to_dict") else dict(config)
        if isinstance(blocks := stated.get("layers_per_block"), list | tuple):
            (stated["layers_per_block"],) = set(blocks)  # its reader wants one number for all
        (folder / name / "config.json").write_text(json.dumps(stated), encoding="utf-8")
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    first, last = model.architecture.betas
    scheduler = EulerDiscreteScheduler(
        beta_start=first, beta_end=last, beta_schedule="scaled_linear", steps_offset=1,
        timestep_spacing="linspace",
    )  # fmt: skip
    pipeline = StableDiffusionPipeline.from_single_file(
        str(path), config=str(folder), local_files_only=True, tokenizer=Tokenizer(),
        scheduler=scheduler, safety_checker=None, feature_extractor=None, image_encoder=None,
    )  # fmt: skip
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
