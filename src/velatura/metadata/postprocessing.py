"""What became of a picture after it was painted, in the field names of A1111's "extras".

Its files tell it in two text chunks, ``postprocessing`` and ``extras``, beside the infotext of the
painting. Adjustments have no names there; our own JSON tells them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.metadata.notation import Infotext
from velatura.records import Faces, Painting, Upscale, bitmaps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import Request

POSTPROCESSING_CHUNKS = ("postprocessing", "extras")


def format_postprocessing(request: Request) -> str:
    """The work since the last painting as ``Key: value`` pairs; empty where there was none.

    Where the same was done twice, the later values stand.
    """
    pairs: dict[str, str] = {}
    for stage in reversed(list(_since_painting(request))):
        if isinstance(stage, Upscale):
            pairs |= {name: str(value) for name, value in _upscaling(stage)}
        if isinstance(stage, Faces):
            pairs |= {name: str(value) for name, value in _restoring(stage)}
    return str(Infotext(fields=pairs))


def _since_painting(request: Request) -> Iterator[Request]:
    """The request and those before it, as far back as none of them paints."""
    while not isinstance(request, Painting):
        yield request
        before = next((bitmap.origin for _, bitmap in bitmaps(request) if bitmap.origin), None)
        if before is None:
            return
        request = before.request


def _upscaling(request: Upscale) -> Iterator[tuple[str, object]]:
    if request.upscaler == "None":
        return
    if request.width or request.height:
        yield "Postprocess upscale to", f"{request.width}x{request.height}"
    else:
        yield "Postprocess upscale by", float(request.factor)
    if request.max_side:
        yield "Max side length", request.max_side
    if request.crop:
        yield "Postprocess crop to", f"{request.width}x{request.height}"
    yield "Postprocess upscaler", request.upscaler
    if request.second_upscaler != "None" and request.second_visibility:
        yield "Postprocess upscaler 2", request.second_upscaler


def _restoring(request: Faces) -> Iterator[tuple[str, object]]:
    if "gfpgan" in request.restorer.lower():
        yield "GFPGAN visibility", f"{request.visibility:g}"
        return
    yield "CodeFormer visibility", f"{request.visibility:g}"
    yield "CodeFormer weight", f"{request.weight:g}"
