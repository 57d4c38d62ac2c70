"""What clients send, bounded: pictures to begin with, and requests before they reach the queue."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING

from velatura.errors import PictureError, RequestError, concerning
from velatura.library import open_picture
from velatura.library.pictures import claimed_size
from velatura.records import Img2Img, Painting, Upscale, bitmaps, hires_of
from velatura.records.plain import to_plain
from velatura.upscalers import hires_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from velatura.library import Opened
    from velatura.records import Bitmap, Request
    from velatura.server.config import Bounds

SUPPOSED_SIDE = 1024
"""A side of a picture whose request leaves the size open, in pixels."""


def decode_base64(text: str, field: str) -> bytes:
    """The bytes of a picture in base64, with or without ``data:image/...;base64,`` before it.

    Raises:
        RequestError: it is an address, or no base64.
    """
    if text[:8].lower().startswith(("http:", "https:", "file:", "ftp:")):
        raise RequestError(
            f"{field}: pictures are not fetched from addresses; send the file itself in base64",
            field=field,
        )
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(f"{field}: no base64: {error}", field=field) from error


def open_upload(data: bytes, bounds: Bounds, field: str = "image") -> Opened:
    """A picture file that somebody sent.

    Raises:
        RequestError: it is too large, before or after decoding.
        PictureError: it is no picture that can be read.
    """
    if len(data) > bounds.picture_bytes:
        raise RequestError(
            f"{field}: a file of {len(data)} bytes; {bounds.picture_bytes} at most", field=field
        )
    with concerning(field):
        _check_claimed_size(data, bounds)
        return open_picture(data)


def with_inputs(request: Request, find: Callable[[str], Bitmap | None]) -> Request:
    """The request with the pictures that it begins with, as they are kept here.

    Args:
        request: Its bitmaps are named by their ids, or there already.
        find: The bitmap of an id; None where none is kept.

    Raises:
        RequestError: one is not kept, or its id is none.
    """
    found: dict[str, Any] = {}
    for name, bitmap in bitmaps(request):
        with concerning(name):
            if bitmap.pixels is None:
                found[name] = find(bitmap.id)
                if found[name] is None:
                    raise RequestError(
                        f"{name}: no picture {bitmap.id[:64]!r} is kept here; "
                        "send it to POST /api/bitmaps first"
                    )
    return replace(request, **found)


def check_bounds(request: Request, bounds: Bounds) -> None:
    """Refuse a request that would take this machine away from everybody else.

    Raises:
        RequestError: naming the field and the bound.
    """
    texts = sum(len(text.encode("utf-8", "replace")) for text in _texts(to_plain(request)))
    if texts > bounds.prompt_bytes:
        raise RequestError(
            f"prompt: {texts} bytes of text; {bounds.prompt_bytes} at most", field="prompt"
        )
    if isinstance(request, Painting):
        _check_painting(request, bounds)
    elif isinstance(request, Upscale):
        _check_upscale(request, bounds)


def _check_painting(request: Painting, bounds: Bounds) -> None:
    width, height = _size(request)
    if width * height > bounds.output_pixels:
        raise RequestError(
            f"width: {width}x{height} pixels; {bounds.output_pixels} at most", field="width"
        )
    if width * height * request.batch_size > bounds.batch_pixels:
        raise RequestError(
            f"batch_size: {request.batch_size} pictures of {width}x{height}; together "
            f"{bounds.batch_pixels} pixels at most; make them in more batches",
            field="batch_size",
        )
    pictures = request.batch_size * request.batch_count
    if pictures > bounds.pictures:
        raise RequestError(
            f"batch_count: {pictures} pictures; {bounds.pictures} at most", field="batch_count"
        )
    hires = hires_of(request)
    steps = request.steps + ((hires.steps or request.steps) if hires else 0)
    if steps * request.batch_count > bounds.steps:
        raise RequestError(
            f"steps: {steps * request.batch_count} steps in all; {bounds.steps} at most",
            field="steps",
        )


def _size(request: Painting) -> tuple[int, int]:
    """Of the pictures made, as far as the request tells."""
    width, height = request.width, request.height
    if isinstance(request, Img2Img) and request.image.pixels is not None:
        width, height = width or request.image.size[0], height or request.image.size[1]
    width, height = width or SUPPOSED_SIDE, height or SUPPOSED_SIDE
    hires = hires_of(request)
    return hires_target(width, height, hires).size if hires else (width, height)


def _check_upscale(request: Upscale, bounds: Bounds) -> None:
    if request.image.pixels is None:
        return
    width, height = request.image.size
    factor = max(request.factor, request.width / width, request.height / height)
    if request.width or request.height:
        factor = max(request.width / width, request.height / height)
    if width * height * factor**2 > 4 * bounds.output_pixels:
        raise RequestError(
            f"factor: {width}x{height} pixels enlarged {factor:g} times; "
            f"{4 * bounds.output_pixels} pixels at most",
            field="factor",
        )


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _check_claimed_size(data: bytes, bounds: Bounds) -> None:
    """Look at the size that a file claims, before it is decoded."""
    width, height = claimed_size(data)
    if width * height > bounds.input_pixels:
        raise PictureError(
            f"{width}x{height} pixels; {bounds.input_pixels} at most; make it smaller first"
        )
