"""A finished picture to a larger one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from velatura.errors import RequestError
from velatura.records import Picture, Step
from velatura.records.bitmap import LARGEST_AREA
from velatura.upscalers import PACKAGED_UPSCALERS, plan_enlargement, upscaler_label, upscaling
from velatura.upscalers.compose import cut_to, mix

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from velatura.records import ModelUse, Pixels, Upscale
    from velatura.upscalers import Enlargement, Upscaler

NONE = "None"
"""The upscaler that leaves a picture as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleKit:
    """Everything an upscale request needs beside itself.

    Attributes:
        upscalers: Those the request names, by label.
        uses: The model files that take part.
    """

    upscalers: Mapping[str, Upscaler]
    uses: tuple[ModelUse, ...] = ()


def resolve_upscale(request: Upscale, files: Sequence[str] = ()) -> Upscale:
    """The request with the upscalers' labels in place of the names asked for.

    Args:
        request: As asked.
        files: Names of upscalers in the model folders.

    Raises:
        RequestError: for an upscaler that does not exist, or a size that cannot be.
    """
    complete = with_labels(request, files)
    if request.crop and request.width * request.height > LARGEST_AREA:
        raise RequestError(
            f"width: {request.width}x{request.height} are more than {LARGEST_AREA} pixels",
            field="width",
        )
    for label in needed_upscalers(complete):
        # A file's own factor is known when it is read; its passes are planned again then.
        packaged = PACKAGED_UPSCALERS.get(label)
        _plan(complete, packaged.scale if packaged else 0)
    return complete


def with_labels(request: Upscale, files: Sequence[str] = ()) -> Upscale:
    """The request with the upscalers' labels; its picture is not looked at.

    Raises:
        RequestError: for an upscaler that does not exist.
    """
    return replace(
        request,
        upscaler=upscaler_label(request.upscaler, files),
        second_upscaler=upscaler_label(request.second_upscaler, files, field="second_upscaler"),
    )


def needed_upscalers(request: Upscale) -> tuple[str, ...]:
    """The labels of the upscalers that do work in a complete request."""
    if request.upscaler == NONE:
        return ()
    has_second = request.second_upscaler != NONE and request.second_visibility > 0
    return (request.upscaler, request.second_upscaler) if has_second else (request.upscaler,)


def factor(request: Upscale) -> float:
    """From the picture's sides to those of what covers the size wanted."""
    width, height = request.image.size
    if request.width or request.height:
        return max(request.width / width, request.height / height)
    long, short = max(width, height), min(width, height)
    if request.max_side and long * request.factor > request.max_side:
        return max(request.max_side / long, request.max_side * short // long / short)
    return request.factor


def upscale(request: Upscale, kit: UpscaleKit) -> Iterator[Step | Picture]:
    """A step after each tile, and the larger picture.

    Alpha is enlarged beside the colours. Pixels of 16 bits are rounded to 8, and grey ones become
    colours, for upscalers know nothing else.

    Args:
        request: The complete request.
        kit: What enlarges.
    """
    pixels, remarks = _colours_of_8_bits(request.image.array)
    work = [kit.upscalers[label] for label in needed_upscalers(request)]
    counts = [_steps(request, upscaler) for upscaler in work]
    larger: list[NDArray[np.uint8]] = []
    for index, upscaler in enumerate(work):
        before = sum(counts[:index])
        larger.append((yield from _enlarged(pixels, request, upscaler, before, sum(counts))))
    result = larger[0] if larger else pixels
    if len(larger) > 1:
        result = mix(result, larger[1], request.second_visibility)
    if larger and request.crop:
        remarks += _margins(request, result)
        result = cut_to(result, request.width, request.height)
    yield Picture(
        pixels=result,
        request=request,
        models=kit.uses,
        remarks=remarks,
        profile=request.image.profile,
    )


def _enlarged(
    pixels: NDArray[np.uint8], request: Upscale, upscaler: Upscaler, before: int, total: int
) -> Generator[Step, None, NDArray[np.uint8]]:
    """The picture by one upscaler, ``before`` whose work so many steps of all were done."""
    work = upscaling(pixels, factor(request), upscaler, multiple=_multiple(request))
    while True:
        try:
            done, _ = next(work)
        except StopIteration as end:
            return end.value
        yield Step(phase="upscale", index=before + done, total=total)


def _steps(request: Upscale, upscaler: Upscaler) -> int:
    return sum(upscaler.steps(*size) for size in _plan(request, upscaler.scale).sizes)


def _plan(request: Upscale, scale: int) -> Enlargement:
    size = request.image.size
    return plan_enlargement(size, factor(request), scale, multiple=_multiple(request))


def _multiple(request: Upscale) -> int:
    return 1 if request.exact else 8


def _colours_of_8_bits(pixels: Pixels) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """(h, w, 3 or 4) of uint8, and what was lost."""
    remarks = ()
    if pixels.dtype == np.uint16:
        pixels = ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
        remarks = ("The picture's 16 bits were rounded to 8 before it was enlarged",)
    colours = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
    return colours.astype(np.uint8, copy=False), remarks


def _margins(request: Upscale, pixels: NDArray[np.uint8]) -> tuple[str, ...]:
    """What to know where the enlarged picture does not cover the size wanted."""
    height, width = pixels.shape[:2]
    if width >= request.width and height >= request.height:
        return ()
    return (
        f"Enlarged to {width}x{height}, which leaves black margins in "
        f"{request.width}x{request.height}; ask for exact sides to avoid them",
    )
