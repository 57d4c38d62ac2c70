"""Making a request complete: what stands for a choice is replaced by the choice.

After this the request says everything that decides the picture, so it can be written into a file
and replayed; names that do not exist were refused before any work.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from velatura.diffusion.samplers import find_sampler
from velatura.diffusion.schedules import AUTOMATIC, find_schedule
from velatura.errors import RequestError, concerning
from velatura.pipelines.masked_picture import request_mask
from velatura.pipelines.seeds import complete_seeds
from velatura.pipelines.sizes import with_picture_size
from velatura.prompts.comments import strip_comments
from velatura.prompts.reading import read_prompt
from velatura.prompts.styles import apply_styles
from velatura.prompts.tags import loras
from velatura.records import (
    Img2Img,
    Inpaint,
    Outpaint,
    Painting,
    SdUpscale,
    Txt2Img,
    bitmaps,
    hires_of,
)
from velatura.upscalers import hires_target, upscaler_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from velatura.prompts.reading import Reading
    from velatura.prompts.styles import Style
    from velatura.records import Hires

P = TypeVar("P", bound="Painting")


def resolve(
    request: P,
    *,
    styles: Mapping[str, Style],
    draw_seed: Callable[[], int],
    upscalers: Sequence[str] = (),
) -> P:
    """The request with names, prompts and seeds settled.

    Labels replace aliases; a sampler's own schedule replaces "Automatic" where it has one; styles
    are merged into the prompts and comments taken out; random seeds are drawn.

    Args:
        request: As asked.
        styles: Saved styles by name.
        draw_seed: Gives a random seed.
        upscalers: Names of upscalers in the model folders.

    Raises:
        RequestError: for a sampler, schedule, style or upscaler that does not exist.
        PromptError: for a prompt that cannot be read.
    """
    sampler, schedule = _sampler_and_schedule(request.sampler, request.schedule)
    read_prompts(request)
    prompts = _merged_prompts(request.prompt, request.negative_prompt, request, styles)
    named = replace(
        request,
        prompt=prompts[0],
        negative_prompt=prompts[1],
        styles=(),
        sampler=sampler,
        schedule=schedule,
    )
    if isinstance(named, Txt2Img) and named.hires:
        with concerning("hires"):
            hires = _resolve_hires(named.hires, request, styles)
            hires = replace(hires, upscaler=upscaler_label(hires.upscaler, upscalers, latent=True))
        named = replace(named, hires=hires)
        if named.width and named.height:
            hires_target(named.width, named.height, hires)
    if isinstance(named, Img2Img) and named.upscaler:
        named = replace(named, upscaler=upscaler_label(named.upscaler, upscalers))
    return complete_seeds(named, draw_seed)


def read_prompts(request: Painting) -> tuple[Reading, Reading]:
    """How prompt and negative prompt are understood, with warnings about likely misreadings.

    Raises:
        PromptError: for a prompt that cannot be read, those of the hires pass included.
        RequestError: for an unknown sampler.
    """
    calls = find_sampler(request.sampler)[0].calls_per_step

    def read(field: str, text: str, *, negative: bool = False) -> Reading:
        with concerning(field):
            reading = read_prompt(text, request.steps, calls, request.text, negative=negative)
            loras(reading.tags)  # refuses weights that are no numbers
            return reading

    if hires := hires_of(request):
        read("hires.prompt", hires.prompt)
        read("hires.negative_prompt", hires.negative_prompt, negative=True)
    positive = read("prompt", request.prompt)
    return positive, read("negative_prompt", request.negative_prompt, negative=True)


def as_begun(request: P, begun: Painting) -> P:
    """The request, with what it leaves open settled as in ``begun``, its complete form."""
    variation = request.variation
    if variation and begun.variation and variation.seed == -1:
        variation = replace(variation, seed=begun.variation.seed)
    if isinstance(request, Inpaint) and isinstance(begun, Inpaint) and not request.width:
        request = replace(request, area=begun.area, padding=begun.padding)  # follow from the size
    return replace(
        request,
        seed=begun.seed if request.seed == -1 else request.seed,
        variation=variation,
        width=request.width or begun.width,
        height=request.height or begun.height,
        checkpoint=request.checkpoint or begun.checkpoint,
    )


def check_same(complete: Painting, begun: Painting) -> None:
    """Refuse to carry on with another request than the one that was begun.

    Raises:
        RequestError: naming what differs.
    """
    if type(complete) is not type(begun):
        raise RequestError("resume: the snapshot was taken from a request of another kind")
    names = (entry.name for entry in fields(complete))
    other = [name for name in names if getattr(complete, name) != getattr(begun, name)]
    if other:
        raise RequestError(
            f"resume: the snapshot was taken from another request; differing: {', '.join(other)}"
        )


def check_pictures(request: Painting) -> None:
    """Refuse pictures that cannot be painted over, before any model is loaded.

    Raises:
        RequestError: pixels that are only remembered, or a mask without anything to paint.
    """
    if isinstance(request, Inpaint):
        request_mask(request)
    for name, bitmap in bitmaps(request):
        with concerning(name):
            _ = bitmap.array


def with_size(request: P, native_size: tuple[int, int]) -> P:
    """The request with a size where none was given.

    That of the picture which is painted over at once, or else the checkpoint's own.

    Raises:
        RequestError: if the hires pass would have an impossible size.
    """
    if isinstance(request, Img2Img) and not isinstance(request, (SdUpscale, Outpaint)):
        return with_picture_size(request, native_size)
    width, height = native_size
    sized = replace(request, width=request.width or width, height=request.height or height)
    if hires := hires_of(sized):
        hires_target(sized.width, sized.height, hires)
    return sized


def _sampler_and_schedule(sampler: str, schedule: str) -> tuple[str, str]:
    """Labels of both; "DPM++ 2M Karras" names a schedule too, unless one is given beside it."""
    entry, suffix = find_sampler(sampler)
    wanted = suffix if suffix and schedule in ("", AUTOMATIC) else schedule
    if wanted and wanted != AUTOMATIC:
        return entry.label, find_schedule(wanted).label
    has_own = entry.family == "sigma" and entry.schedule != "Uniform"
    return entry.label, entry.schedule if wanted and has_own else wanted


def _merged_prompts(
    prompt: str, negative_prompt: str, request: Painting, styles: Mapping[str, Style]
) -> tuple[str, str]:
    """Prompt and negative prompt with the request's styles in and comments out."""
    styled = apply_styles(prompt, negative_prompt, request.styles, styles)
    if not request.text.comments:
        return styled
    return strip_comments(styled[0]), strip_comments(styled[1])


def _resolve_hires(hires: Hires, request: Painting, styles: Mapping[str, Style]) -> Hires:
    sampler, schedule = _hires_sampler_and_schedule(hires, request)
    prompt, negative_prompt = _merged_prompts(hires.prompt, hires.negative_prompt, request, styles)
    return replace(
        hires,
        sampler=sampler,
        schedule=schedule,
        prompt=prompt if hires.prompt else "",
        negative_prompt=negative_prompt if hires.negative_prompt else "",
    )


def _hires_sampler_and_schedule(hires: Hires, request: Painting) -> tuple[str, str]:
    """Those of the second pass; empty where they are those of the first.

    An "Automatic" of the first pass means each sampler's own schedule.
    """
    if not hires.sampler:
        own = _sampler_and_schedule(request.sampler, hires.schedule)[1] if hires.schedule else ""
        return "", own
    sampler, schedule = _sampler_and_schedule(hires.sampler, hires.schedule or request.schedule)
    _, first_schedule = _sampler_and_schedule(request.sampler, request.schedule)
    is_same = not hires.schedule and schedule == first_schedule
    return sampler, "" if is_same else schedule
