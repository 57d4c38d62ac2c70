"""A request's work, cut into stretches whose time follows from a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.diffusion.samplers import find_sampler
from velatura.diffusion.steps import cut
from velatura.records import (
    Detail,
    Faces,
    Img2Img,
    Inpaint,
    Outpaint,
    Painting,
    SdUpscale,
    Txt2Img,
    Upscale,
    hires_of,
)
from velatura.upscalers import hires_target

if TYPE_CHECKING:
    from velatura.records import Hires, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """A stretch of work.

    Attributes:
        what: What is done: "beginning" (words to conditioning, pictures to latents), "sampling",
            "enlarging" (before the hires pass), "finishing" (decoding and all that follows it),
            "loading", or the kind of a request whose parts are not told apart. With features used
            again (``deep_cache``) or in another precision (``bf16``, ``fp8``) it is another work.
        model: Whose network does it; empty where none does.
        pixels: Of one picture while it is worked on.
        rows: Pictures worked on at once.
        count: How often the network is called, or how many batches are finished: the time is
            proportional to it.
    """

    what: str
    model: str
    pixels: int
    rows: int = 1
    count: int = 1


def laps_of(request: Request | Painting) -> tuple[Lap, ...]:
    """The laps of a request, in the order in which they are run.

    Each sampling comes after what opens it; the last lap finishes the pictures. Or there is one.

    Args:
        request: Complete: with the names of its models as they are recorded, and with a size.
    """
    if isinstance(request, Txt2Img | Img2Img) and type(request) in (Txt2Img, Img2Img, Inpaint):
        return _painting(request)
    if isinstance(request, Painting):
        return (_whole_painting(request),)
    if isinstance(request, Upscale):
        return (Lap(what="upscale", model=request.upscaler, pixels=_upscaled(request)),)
    model = request.restorer if isinstance(request, Faces) else ""
    width, height = request.image.size
    return (Lap(what=request.kind, model=model, pixels=width * height),)


def _painting(request: Txt2Img | Img2Img) -> tuple[Lap, ...]:
    pixels, rows, batches = request.width * request.height, request.batch_size, request.batch_count
    calls = _calls(request, request.sampler, _steps(request))
    model, sampling = request.checkpoint, _told_apart("sampling", request)
    laps = [
        Lap(what="beginning", model=model, pixels=pixels, rows=rows),
        Lap(what=sampling, model=model, pixels=pixels, rows=rows, count=batches * calls),
    ]
    if hires := hires_of(request):
        target = hires_target(request.width, request.height, hires)
        pixels = target.size[0] * target.size[1]
        count = batches * _calls(request, hires.sampler or request.sampler, _second(request, hires))
        laps.append(Lap(what="enlarging", model=model, pixels=pixels, rows=rows))
        laps.append(Lap(what=sampling, model=model, pixels=pixels, rows=rows, count=count))
    return (*laps, Lap(what="finishing", model=model, pixels=pixels, rows=rows, count=batches))


def _whole_painting(request: Painting) -> Lap:
    """A request that paints more often than can be told before: known by its picture."""
    if not isinstance(request, Img2Img | Detail):
        raise AssertionError(f"{request.kind} has no picture to be known by")
    width, height = request.image.size
    pixels = width * height
    if isinstance(request, SdUpscale):
        pixels = int(pixels * request.factor**2)
    if isinstance(request, Outpaint):
        pixels = (width + request.left + request.right) * (height + request.top + request.bottom)
    count = _calls(request, request.sampler, _steps(request))
    what = _told_apart(request.kind, request)
    return Lap(what=what, model=request.checkpoint, pixels=pixels, count=count)


def _told_apart(what: str, request: Painting) -> str:
    """What is done, told apart by how the network is gone through."""
    interval = request.sampling.deep_cache
    if interval > 1:
        what = f"{what}, features kept for {interval} calls"
    if request.sampling.bf16:
        what = f"{what}, in bfloat16"
    return f"{what}, in eight bits" if request.sampling.fp8 else what


def _steps(request: Painting) -> int:
    """Sampling steps that are walked."""
    if not isinstance(request, Img2Img):
        return request.steps
    return max(1, cut(request.steps, request.strength, exact=request.exact_steps).executed)


def _second(request: Painting, hires: Hires) -> int:
    return max(1, cut(hires.steps or request.steps, hires.strength, exact=True).executed)


def _calls(request: Painting, sampler: str, steps: int) -> int:
    """Network calls of one batch; guidance is a second one beside each."""
    guided = 1 if request.guidance_scale == 1 else 2
    return steps * find_sampler(sampler)[0].calls_per_step * guided


def _upscaled(request: Upscale) -> int:
    width, height = request.image.size
    factor = max(request.width / width, request.height / height) or request.factor
    return max(1, int(width * height * factor**2))
