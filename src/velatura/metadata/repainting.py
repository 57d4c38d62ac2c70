"""The infotext's fields of a picture that was painted over another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.records import Img2Img, Inpaint, SdUpscale, hires_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import Painting, SoftInpainting

    Pairs = Iterator[tuple[str, object]]


def strength_fields(request: Painting) -> Pairs:
    """How far the picture, or that of the first pass, was forgotten."""
    if hires := hires_of(request):
        yield "Denoising strength", float(hires.strength)
    if isinstance(request, Img2Img):
        yield "Denoising strength", float(request.strength)
    if isinstance(request, Inpaint) and request.conditioning_mask != 1:
        yield "Conditional mask weight", float(request.conditioning_mask)


def mask_fields(request: Painting) -> Pairs:
    """What was painted, and what it began with."""
    if not isinstance(request, Inpaint):
        return
    if request.soft is not None:
        yield from _soft_fields(request.soft)
    if request.invert:
        yield "Mask mode", "Inpaint not masked"
    blur_y = request.mask_blur if request.mask_blur_y is None else request.mask_blur_y
    if request.mask_blur == blur_y > 0:
        yield "Mask blur", plain_number(request.mask_blur)
    if request.area == "masked":
        yield "Inpaint area", "Only masked"
        yield "Masked area padding", request.padding
    if request.content != "original":
        yield "Masked content", request.content


def script_fields(request: Painting) -> Pairs:
    """How a picture was enlarged whose tiles were painted over."""
    if isinstance(request, SdUpscale):
        yield "SD upscale overlap", request.overlap
        yield "SD upscale upscaler", request.upscaler


def noise_fields(request: Painting) -> Pairs:
    """What the noise was like that the picture was put under."""
    if isinstance(request, Img2Img) and request.noise.multiplier != 1:
        yield "Noise multiplier", float(request.noise.multiplier)
    has_latents = isinstance(request, Img2Img) or hires_of(request) is not None
    if has_latents and request.noise.extra:
        yield "Extra noise", float(request.noise.extra)


def plain_number(value: float) -> str:
    """A number without a useless fraction.

    >>> plain_number(4.0), plain_number(0.5)
    ('4', '0.5')
    """
    return str(int(value)) if value == int(value) else str(value)


def _soft_fields(soft: SoftInpainting) -> Pairs:
    yield "Soft inpainting enabled", True
    yield "Soft inpainting schedule bias", plain_number(soft.bias)
    yield "Soft inpainting preservation strength", plain_number(soft.preservation)
    yield "Soft inpainting transition contrast boost", plain_number(soft.contrast)
    yield "Soft inpainting mask influence", plain_number(soft.mask_influence)
    yield "Soft inpainting difference threshold", plain_number(soft.threshold)
    yield "Soft inpainting difference contrast", plain_number(soft.difference_contrast)
