"""A picture continued beyond its edges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from velatura.pipelines.canvas import flattened
from velatura.pipelines.outpaint_sides import count_sides, paint_sides
from velatura.pipelines.outpaint_tiles import count_tiles, paint_tiles
from velatura.pipelines.parts import begin_parts
from velatura.pipelines.seeds import later_seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.pipelines.kit import Kit
    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import Outpaint, Picture, Step

METHODS = {
    "matched noise": (paint_sides, count_sides),
    "tiles": (paint_tiles, count_tiles),
}
"""Per method: what paints, and how many parts that will be."""


def outpaint(
    request: Outpaint, kit: Kit, resume: Snapshot | None = None
) -> Iterator[Step | Picture]:
    """A step after each sampling step of each part, and a picture for each seed.

    Args:
        request: The complete request.
        kit: What to paint with.
        resume: Where to carry on; what was finished before it is not made again.
    """
    pixels = flattened(request.image, request.background)
    paint, count = METHODS[request.method]
    for batch in range(request.batch_size * request.batch_count):
        if resume is not None and batch < resume.batch:
            continue
        single = later_seed(replace(request, batch_size=1, batch_count=1), batch)
        parts = begin_parts(request, kit, batch, count(request, pixels), resume)
        grown = yield from paint(single, pixels, parts)
        yield parts.picture(grown, single)
