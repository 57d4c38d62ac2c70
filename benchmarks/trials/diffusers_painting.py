"""Paint a scene with diffusers' own pipeline; print seconds and bytes.

The networks hold the same weights, read from the same file by the same loader, so that only the
painting is compared. Its scheduler walks the same levels, and the noise is the same, so the picture
should be the same too.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import (
    StableDiffusionImg2ImgPipeline,
)
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

from benchmarks import peers
from benchmarks.memory import forget_peak, peak_bytes
from benchmarks.scene import Scene
from benchmarks.stopwatch import timed, watched
from velatura.models.base import load_model
from velatura.models.catalogue import ModelFile
from velatura.models.hashes import Hashes
from velatura.prompts.tokenizer import END, START, clip_tokenizer

if TYPE_CHECKING:
    from PIL.Image import Image

Pipeline = StableDiffusionPipeline | StableDiffusionImg2ImgPipeline

CHUNK = 77
"""Tokens the text model reads, start and end included."""


class Ids:
    """Token ids as the pipeline's tokenizer hands them over."""

    def __init__(self, rows: list[list[int]]) -> None:
        self.input_ids = torch.tensor(rows)


class Tokenizer:
    """Velatura's tokenizer, as far as the pipeline asks for one: both read the same tokens."""

    model_max_length = CHUNK

    def __call__(self, text: str | list[str], **_: object) -> Ids:
        """The ids of each text, padded to a whole chunk."""
        texts = [text] if isinstance(text, str) else text
        return Ids([_chunk(clip_tokenizer().ids(one)) for one in texts])

    def tokenize(self, text: str) -> list[str]:
        """Words that might be textual inversions: none, for the scene has none."""
        del text
        return []


def _chunk(ids: tuple[int, ...]) -> list[int]:
    kept = ids[: CHUNK - 2]
    return [START, *kept, *[END] * (CHUNK - 1 - len(kept))]


def load_pipeline(scene: Scene) -> Pipeline:
    """The pipeline around the networks of the scene's checkpoint."""
    path = scene.checkpoint
    model = load_model(ModelFile("checkpoint", path.name, path), hashes=Hashes(scene.cache))
    first, last = model.architecture.betas
    kind = StableDiffusionPipeline if scene.strength is None else StableDiffusionImg2ImgPipeline
    pipeline = kind(
        vae=peers.vae(model.autoencoder.network),
        text_encoder=peers.text_model(model.text_encoder.network),
        tokenizer=cast("Any", Tokenizer()),
        unet=peers.unet(model.unet.network),
        scheduler=cast(
            "Any",
            EulerDiscreteScheduler(
                beta_start=first, beta_end=last, beta_schedule="scaled_linear", steps_offset=1
            ),
        ),
        safety_checker=cast("Any", None),
        feature_extractor=cast("Any", None),
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def paint(pipeline: Pipeline, scene: Scene) -> Image:
    """The scene's picture."""
    result = cast("Any", pipeline)(
        scene.prompt,
        negative_prompt=scene.negative_prompt,
        num_inference_steps=scene.steps,
        guidance_scale=scene.guidance_scale,
        generator=torch.Generator().manual_seed(scene.seed),
        **_ground(pipeline, scene),
    )
    return result.images[0]


def _ground(pipeline: Pipeline, scene: Scene) -> dict[str, Any]:
    """The size; or what is painted over, encoded without chance, and how many steps of all."""
    if scene.strength is None:
        return {"width": scene.size, "height": scene.size}
    pixels = torch.from_numpy(scene.ground()).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.inference_mode():
        latents = pipeline.vae.encode(pixels).latent_dist.mode()
    share = min(1.0, (scene.calls + 0.5) / scene.steps)
    return {"image": latents * pipeline.vae.config.scaling_factor, "strength": share}


def measure(scene: Scene) -> dict[str, float]:
    """Load and warm up with one step, then paint once for the clock."""
    started = perf_counter()
    pipeline = load_pipeline(scene)
    paint(pipeline, replace(scene, steps=1))
    warm, loading_peak = perf_counter(), peak_bytes()
    forget_peak()
    with (
        watched(type(pipeline), "encode_prompt") as text,
        watched(UNet2DConditionModel, "forward") as unet,
        watched(AutoencoderKL, "encode") as encoder,
        watched(AutoencoderKL, "decode") as decoder,
    ):
        picture, seconds, worked = timed(lambda: paint(pipeline, scene))
    np.save(scene.picture, np.asarray(picture))
    return {
        "load and first step": warm - started,
        "painting": seconds,
        "processor": worked,
        "text": text.seconds,
        "unet": unet.seconds,
        "encoder": encoder.seconds,
        "decoder": decoder.seconds,
        "unet calls": unet.calls,
        "loading peak": loading_peak,
        "painting peak": peak_bytes(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Scene.from_json(sys.argv[1]))))
