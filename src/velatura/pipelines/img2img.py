"""Words and a picture to pictures: the picture is put under noise and painted anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import interpolate

from velatura.diffusion.noise import LATENT_CELL
from velatura.diffusion.plan import plan_from_latents
from velatura.diffusion.samplers import find_sampler
from velatura.diffusion.steps import cut
from velatura.pipelines.batches import Ways, batches, paint
from velatura.pipelines.canvas import flattened
from velatura.pipelines.ground import Ground
from velatura.pipelines.latents import encoded
from velatura.pipelines.mask_view import blank_view
from velatura.pipelines.sampling import Pass, Words, make_denoiser, make_guidance, noise_levels
from velatura.prompts.schedule import Timeline
from velatura.upscalers import resize_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.pipelines.kit import Kit
    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import Img2Img, Picture, Step
    from velatura.upscalers import Upscaler


def img2img(request: Img2Img, kit: Kit, resume: Snapshot | None = None) -> Iterator[Step | Picture]:
    """A step after each sampling step, and a picture for each seed, batch by batch.

    Args:
        request: The complete request.
        kit: What to paint with.
        resume: Where to carry on; batches finished before it are not made again.
    """
    yield from paint_over(whole_ground(request, kit), request, kit, resume)


def whole_ground(request: Img2Img, kit: Kit) -> Ground:
    """The request's picture, prepared to be painted over everywhere."""
    pixels = flattened(request.image, request.background)
    if request.resize_mode != "latent":
        size = request.width, request.height
        pixels = resize_picture(pixels, request.resize_mode, *size, upscaler_of(request, kit))
    return Ground(
        latents=latents_of(pixels, request, kit),
        beside=blank_view(kit.model, (request.width, request.height)),
        colours=pixels if request.color_correction else None,
    )


def upscaler_of(request: Img2Img, kit: Kit) -> Upscaler | None:
    """What enlarges a picture that is smaller than the painting; None is plain Lanczos."""
    return kit.upscalers[request.upscaler] if request.upscaler else None


def latents_of(pixels: NDArray[np.uint8], request: Img2Img, kit: Kit) -> Tensor:
    """The latents of a picture, (h, w, 3), at the size of the painting: (1 c h w)."""
    latents = encoded(pixels, kit.model.autoencoder)
    cells = cells_of(request)
    return latents if latents.shape[2:] == cells else interpolate(latents, cells, mode="bilinear")


def cells_of(request: Img2Img) -> tuple[int, int]:
    """Height and width of the painting's latents."""
    return request.height // LATENT_CELL, request.width // LATENT_CELL


def paint_over(
    ground: Ground, request: Img2Img, kit: Kit, resume: Snapshot | None
) -> Iterator[Step | Picture]:
    """Steps and pictures of a request on its ground."""
    stage = _pass(ground, request, kit)

    def sample(
        batch: int, singles: tuple[Img2Img, ...], resume: Snapshot | None
    ) -> Generator[Step, None, Tensor]:
        return stage.run(batch, singles, ground.begun(singles), resume)

    def develop(latent: Tensor, single: Img2Img) -> Callable[[], Picture]:
        return ground.finishing(latent, single, kit)

    ways = Ways(sample=sample, develop=develop, works_ahead=kit.model.works_ahead)
    yield from paint(batches(request, is_coupled=stage.sampler.couples_batch), ways, resume)


def _pass(ground: Ground, request: Img2Img, kit: Kit) -> Pass:
    """The pass from the picture under noise."""
    sampler, _ = find_sampler(request.sampler)
    plan = plan_from_latents(
        sampler,
        request.schedule,
        cut(request.steps, request.strength, exact=request.exact_steps),
        noise_levels(request),
        request.sampling,
    )
    words = Words(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        timeline=Timeline(calls=request.steps * sampler.calls_per_step),
    )
    return Pass(
        phase="first",
        request=request,
        model=kit.model,
        sampler=sampler,
        plan=plan,
        denoiser=make_denoiser(sampler, request, kit.model),
        guidance=make_guidance(request, kit.model, words, kit.embeddings, plan.calls),
        size=(request.width, request.height),
        mask=ground.mask,
        soft=ground.soft,
        beside=ground.beside,
    )
