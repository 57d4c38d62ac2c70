"""The hires pass: the picture of the first pass enlarged, put under noise, and sampled again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from velatura.diffusion.plan import plan_from_latents
from velatura.diffusion.samplers import find_sampler
from velatura.diffusion.steps import cut
from velatura.errors import RequestError
from velatura.models.autoencoder import to_uint8
from velatura.pipelines.latents import signed
from velatura.pipelines.mask_view import blank_view
from velatura.pipelines.sampling import Pass, Words, make_denoiser, make_guidance, noise_levels
from velatura.prompts.schedule import Timeline
from velatura.records import hires_of
from velatura.upscalers import (
    LATENT_UPSCALERS,
    hires_target,
    resize_latents,
    resize_picture,
)

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.models.autoencoder import Autoencoder
    from velatura.pipelines.kit import Kit
    from velatura.records import Hires, Painting, Txt2Img
    from velatura.upscalers import HiresTarget, Upscaler


def hires_pass(request: Txt2Img, kit: Kit) -> Pass:
    """The second pass of a request that has one: exactly as many steps as asked for."""
    hires = _hires(request)
    first, _ = find_sampler(request.sampler)
    sampler, _ = find_sampler(hires.sampler or request.sampler)
    steps = hires.steps or request.steps
    calls = steps * sampler.calls_per_step
    words = Words(
        prompt=hires.prompt or request.prompt,
        negative_prompt=hires.negative_prompt or request.negative_prompt,
        timeline=Timeline(calls=calls, first_pass_calls=request.steps * first.calls_per_step),
    )
    size = hires_target(request.width, request.height, hires).size
    return Pass(
        phase="hires",
        request=request,
        model=kit.hires_model,
        sampler=sampler,
        plan=plan_from_latents(
            sampler,
            hires.schedule or request.schedule,
            cut(steps, hires.strength, exact=True),
            noise_levels(request),
            request.sampling,
        ),
        denoiser=make_denoiser(sampler, request, kit.hires_model),
        guidance=make_guidance(request, kit.hires_model, words, kit.embeddings, calls),
        size=size,
        beside=blank_view(kit.hires_model, size),
        upscaler=kit.upscalers.get(hires.upscaler),
    )


def enlarge(latents: Tensor, stage: Pass) -> Tensor:
    """First-pass latents, (b c h w), at the size of the second pass.

    A latent upscaler works on them directly; a pixel upscaler on the decoded 8-bit pictures.
    """
    hires = _hires(stage.request)
    target = hires_target(stage.request.width, stage.request.height, hires)
    if stage.upscaler is None:
        upscaler = LATENT_UPSCALERS[hires.upscaler]
        large = resize_latents(latents, target.width, target.height, upscaler)
    else:
        autoencoder, upscaler = stage.model.autoencoder, stage.upscaler
        large = torch.stack([_through_pixels(x, autoencoder, target, upscaler) for x in latents])
    rows, columns = target.latent_window
    return large[:, :, rows, columns]


def _through_pixels(
    latent: Tensor, autoencoder: Autoencoder, target: HiresTarget, upscaler: Upscaler
) -> Tensor:
    """One latent, (c h w), decoded, enlarged as a picture and encoded again."""
    pixels = to_uint8(autoencoder.decode(latent))
    large = resize_picture(pixels, "stretch", target.width, target.height, upscaler)
    return autoencoder.encode(signed(large))


def _hires(request: Painting) -> Hires:
    hires = hires_of(request)
    if hires is None:
        raise RequestError("hires: this request has no second pass", field="hires")
    return hires
