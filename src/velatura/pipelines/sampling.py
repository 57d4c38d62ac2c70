"""One sampling pass: from noise, or from latents under noise, to latents.

Everything that is the same for all batches of a request (prompts encoded, levels planned) is made
once; :meth:`Pass.run` then samples one batch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch

from velatura.diffusion.denoisers import Denoiser, denoiser_for
from velatura.diffusion.guidance import Guidance, Guided, guidance
from velatura.diffusion.masking import Masked
from velatura.diffusion.noise import LATENT_CELL, NoiseRecipe, PictureNoise
from velatura.diffusion.noise_levels import model_levels
from velatura.models.deep_cache import DeepCache
from velatura.pipelines.kit import word_model
from velatura.pipelines.preview import preview_pixels
from velatura.pipelines.snapshot import Snapshot
from velatura.prompts.conditioning import equalise
from velatura.prompts.encode import encode_empty, encode_prompt
from velatura.prompts.tags import cut_tags
from velatura.records import Step

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from torch import Tensor

    from velatura.diffusion.noise_levels import NoiseLevels
    from velatura.diffusion.plan import Plan
    from velatura.diffusion.samplers.base import Sampler, State
    from velatura.models.base import Model
    from velatura.models.deep_cache import Kept
    from velatura.prompts.schedule import Timeline
    from velatura.records import NoiseOptions, Painting, SoftInpainting
    from velatura.upscalers import Upscaler


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The prompts of a pass, and the calls they are spread over."""

    prompt: str
    negative_prompt: str
    timeline: Timeline


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pass:
    """A sampling pass, ready to run for any batch.

    Attributes:
        phase: Which pass of the request.
        request: The complete request.
        model: The model that denoises.
        sampler: The sampler.
        plan: The levels to walk.
        denoiser: How the network is asked.
        guidance: What to steer towards.
        size: Width and height in pixels.
        upscaler: What enlarges the pictures this pass begins with; None where nothing does, or
            their latents are enlarged.
        mask: 1 where the latents are painted anew, 0 where they stay, (h w); None paints all.
        soft: How a mask with greys lets go.
        beside: What an inpainting checkpoint is shown beside the latents, (1 5 h w).
    """

    phase: Literal["first", "hires"]
    request: Painting
    model: Model
    sampler: Sampler
    plan: Plan
    denoiser: Denoiser
    guidance: Guidance
    size: tuple[int, int]
    upscaler: Upscaler | None = None
    mask: Tensor | None = None
    soft: SoftInpainting | None = None
    beside: Tensor | None = None

    def run(
        self,
        batch: int,
        singles: Sequence[Painting],
        latents: Tensor | None = None,
        resume: Snapshot | None = None,
    ) -> Generator[Step, None, Tensor]:
        """Sample one batch; returns its latents, (b c h w).

        Args:
            batch: Its number, for the steps.
            singles: Per picture, the request that makes it alone.
            latents: What to begin from, (b c h w); None begins from noise.
            resume: Where to carry on, instead of beginning.
        """
        noise = PictureNoise(self._recipe(singles))
        cache = DeepCache(self.request.sampling.deep_cache, resume.features if resume else ())
        guided = Guided(
            lambda x, t, context: self._predict(x, t, context, cache.at(guided.calls)),
            self.denoiser,
            self.guidance,
        )
        if resume is None:
            state = self.plan.start(noise.first(), latents, self._noise_options())
        else:
            state = resume.state
            noise.restore(resume.noise)
            guided.calls = resume.calls
        masked = self._masked(guided, latents)
        denoise = masked or guided
        if self.plan.steps:
            steps = self.sampler.sample(
                denoise, state, self.plan.levels, noise, self.request.sampling
            )
            try:
                for state in steps:
                    step = self._step(batch, state, noise, guided, cache)
                    if step.index == step.total:
                        self.model.unet.rest()  # when it is told, free memory is given back
                    yield step
            finally:
                self.model.unet.rest()
        return masked.finished(state.x) if masked else state.x

    def _predict(self, x: Tensor, t: Tensor, context: Tensor, kept: Kept | None) -> Tensor:
        """The network's estimates; see :meth:`velatura.models.unet.Unet.predict`."""
        if self.beside is not None:
            x = torch.cat((x, self.beside.to(x).expand(len(x), -1, -1, -1)), dim=1)
        return self.model.unet.predict(x, t, context, kept)

    def _noise_options(self) -> NoiseOptions:
        """Those of the request; A1111's hires pass does without the multiplier."""
        options = self.request.noise
        return replace(options, multiplier=1.0) if self.phase == "hires" else options

    def _masked(self, guided: Guided, original: Tensor | None) -> Masked | None:
        if self.mask is None or original is None:
            return None
        return Masked(guided, self.mask, original, self.sampler.family, self.soft)

    def _recipe(self, singles: Sequence[Painting]) -> NoiseRecipe:
        variation = self.request.variation
        width, height = self.size
        return NoiseRecipe(
            seeds=tuple(single.seed for single in singles),
            shape=(self.model.latent_channels, height // LATENT_CELL, width // LATENT_CELL),
            options=self.request.noise,
            variation_seeds=tuple(single.variation.seed for single in singles if single.variation),
            variation_strength=variation.strength if variation else 0.0,
            span=self.plan.span,
            picture_brownian=self.request.sampling.picture_brownian,
            device=str(self.model.device),
        )

    def _step(
        self, batch: int, state: State, noise: PictureNoise, guided: Guided, cache: DeepCache
    ) -> Step:
        def snapshot() -> bytes:
            return Snapshot(
                request=self.request,
                phase=self.phase,
                batch=batch,
                state=state,
                noise=noise.state(),
                calls=guided.calls,
                features=cache.features,
            ).to_bytes()

        denoised = state.x if state.denoised is None else state.denoised

        return Step(
            phase=self.phase,
            batch=batch,
            index=state.index,
            total=max(self.plan.steps, state.index),
            denoised=denoised,
            snapshot=snapshot,
            preview=partial(preview_pixels, denoised, self.model.autoencoder),
        )


def noise_levels(request: Painting) -> NoiseLevels:
    """The model's noise levels, as the request's options bend them."""
    return model_levels(request.sampling)


def make_denoiser(sampler: Sampler, request: Painting, model: Model) -> Denoiser:
    """How this sampler asks this model."""
    return denoiser_for(sampler, noise_levels(request), model.prediction)


def make_guidance(
    request: Painting, model: Model, words: Words, embeddings: Mapping[str, Tensor], calls: int
) -> Guidance:
    """Both prompts, encoded, with the request's guidance settings.

    Args:
        request: The complete request.
        model: Whose text encoder reads them.
        words: The prompts and their timeline.
        embeddings: Textual inversions by name.
        calls: Network calls the pass will make, nominally.
    """
    reader = word_model(request, model, embeddings)
    positive = encode_prompt(cut_tags(words.prompt), words.timeline, reader, composable=True)
    negative = encode_prompt(words.negative_prompt, words.timeline, reader, composable=False)
    if request.text.padding != "separate":
        pair = equalise(positive, negative, request.text.padding, encode_empty(reader))
        positive, negative = pair.positive, pair.negative
    steering = guidance(positive, negative, request.guidance_scale, calls, request.sampling)
    is_cpu = model.device.type == "cpu"
    return replace(steering, pictures_per_call=1 if is_cpu else request.batch_size)
