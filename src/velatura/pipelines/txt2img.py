"""Words to pictures: a first pass, a larger second one where asked for, and the decoder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from velatura.diffusion.plan import plan_from_noise
from velatura.diffusion.samplers import find_sampler
from velatura.errors import EngineError
from velatura.pipelines.batches import Ways, batches, paint
from velatura.pipelines.hires import enlarge, hires_pass
from velatura.pipelines.latents import decoding
from velatura.pipelines.mask_view import blank_view
from velatura.pipelines.sampling import Pass, Words, make_denoiser, make_guidance, noise_levels
from velatura.prompts.schedule import Timeline
from velatura.records import Picture, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from torch import Tensor

    from velatura.pipelines.kit import Kit
    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import Txt2Img


def txt2img(request: Txt2Img, kit: Kit, resume: Snapshot | None = None) -> Iterator[Step | Picture]:
    """A step after each sampling step, and a picture for each seed, batch by batch.

    Args:
        request: The complete request.
        kit: What to paint with.
        resume: Where to carry on; batches finished before it are not made again.
    """
    first = first_pass(request, kit)
    second = hires_pass(request, kit) if request.hires else None
    passes = [first, second] if second else [first]
    is_coupled = any(stage.sampler.couples_batch for stage in passes)

    def develop(latent: Tensor, single: Txt2Img) -> Callable[[], Picture]:
        wait = decoding(latent, kit.model)

        def take() -> Picture:
            pixels, remarks = wait()
            return Picture(
                pixels=pixels,
                request=single,
                models=kit.uses,
                remarks=(*kit.remarks, *remarks),
            )

        return take

    ways = Ways(sample=partial(_sample, passes), develop=develop, works_ahead=kit.model.works_ahead)
    yield from paint(batches(request, is_coupled=is_coupled), ways, resume)


def first_pass(request: Txt2Img, kit: Kit) -> Pass:
    """The pass from noise."""
    sampler, _ = find_sampler(request.sampler)
    calls = request.steps * sampler.calls_per_step
    words = Words(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        timeline=Timeline(calls=calls),
    )
    return Pass(
        phase="first",
        request=request,
        model=kit.model,
        sampler=sampler,
        plan=plan_from_noise(
            sampler, request.schedule, request.steps, noise_levels(request), request.sampling
        ),
        denoiser=make_denoiser(sampler, request, kit.model),
        guidance=make_guidance(request, kit.model, words, kit.embeddings, calls),
        size=(request.width, request.height),
        beside=blank_view(kit.model, (request.width, request.height)),
    )


def _sample(
    passes: Sequence[Pass],
    batch: int,
    singles: tuple[Txt2Img, ...],
    resume: Snapshot | None,
) -> Generator[Step, None, Tensor]:
    """The latents of one batch after all passes, (b c h w)."""
    latents: Tensor | None = None
    for stage in passes:
        if resume is not None and resume.phase != stage.phase:
            continue  # a pass before the one the snapshot was taken in
        begun = latents
        if stage.phase == "hires" and latents is not None:
            begun = enlarge(latents, stage)
        latents = yield from stage.run(batch, singles, begun, resume)
        resume = None
    if latents is None:
        raise EngineError("the snapshot belongs to a pass that this request does not have")
    return latents
