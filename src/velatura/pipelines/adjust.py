"""A finished picture to one with other tones, colours, size or frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.adjust import apply, check_adjustments
from velatura.records import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import Adjust


def adjust(request: Adjust) -> Iterator[Picture]:
    """The adjusted picture, with the bit depth, channels and colour profile of the one before.

    Raises:
        RequestError: by this call, before any work: an adjustment does not suit the picture.
    """
    pixels = request.image.array
    check_adjustments(request.adjustments, pixels.shape)

    def pictures() -> Iterator[Picture]:
        adjusted = apply(pixels, request.adjustments)
        yield Picture(pixels=adjusted, request=request, profile=request.image.profile)

    return pictures()
