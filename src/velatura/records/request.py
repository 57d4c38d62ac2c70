"""All requests there are, and what they begin with."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, get_args, get_type_hints

from velatura.records.adjust import Adjust
from velatura.records.bitmap import Bitmap, Origin
from velatura.records.faces import Detail, Faces
from velatura.records.img2img import Img2Img, Inpaint
from velatura.records.outgrow import Outpaint, SdUpscale
from velatura.records.painting import Painting, Txt2Img
from velatura.records.upscale import Upscale

if TYPE_CHECKING:
    from collections.abc import Iterator

Request = Txt2Img | Img2Img | Inpaint | Outpaint | SdUpscale | Upscale | Detail | Faces | Adjust

REQUESTS: dict[str, type[Request]] = {
    entry.__dataclass_fields__["kind"].default: entry
    for entry in (Txt2Img, Img2Img, Inpaint, Outpaint, SdUpscale, Upscale, Detail, Faces, Adjust)
}
"""Requests by their kind."""


def bitmaps(request: Request | Painting) -> Iterator[tuple[str, Bitmap]]:
    """The bitmaps a request begins with, by the names of their fields: its picture comes first."""
    for entry in fields(request):
        value = getattr(request, entry.name)
        if isinstance(value, Bitmap):
            yield entry.name, value


@cache
def bitmap_fields(kind: type) -> frozenset[str]:
    """The fields of a request that hold pictures to begin with."""
    hints = get_type_hints(kind)
    return frozenset(name for name, hint in hints.items() if Bitmap in (hint, *get_args(hint)))


def painting_of(request: Request) -> Painting | None:
    """The request itself if it paints, or else the last one before it that did."""
    painted = painted_by(Origin(request=request))
    return painted.request if painted else None  # pyright: ignore[reportReturnType]


def painted_by(origin: Origin) -> Origin | None:
    """The origin itself if its request paints, or else the last one before it that did."""
    while not isinstance(origin.request, Painting):
        before = next(
            (bitmap.origin for _, bitmap in bitmaps(origin.request) if bitmap.origin), None
        )
        if before is None:
            return None
        origin = before
    return origin
