"""A picture painted part after part: each part is a request of its own, the steps are counted on.

A snapshot of such work holds the parts that are done, and where the present one stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from velatura.errors import EngineError
from velatura.pipelines.img2img import img2img
from velatura.pipelines.inpaint import inpaint
from velatura.pipelines.snapshot import Snapshot
from velatura.records import Inpaint, Picture, Step
from velatura.records.bitmap import eight_bits

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np
    from numpy.typing import NDArray

    from velatura.pipelines.kit import Kit
    from velatura.records import Img2Img


@dataclass(slots=True, kw_only=True, eq=False)
class Parts:
    """The parts of one picture, painted in order.

    Attributes:
        request: The request for the whole.
        kit: What to paint with.
        batch: Which picture of the request, from 0.
        count: How many parts there will be.
        resume: Where this picture stood when it was interrupted.
        done: The parts painted, (h, w, 3) each.
        remarks: What was remarked about them.
        seams: How well those that have a mask fit.
    """

    request: Img2Img
    kit: Kit
    batch: int
    count: int
    resume: Snapshot | None = None
    done: list[NDArray[np.uint8]]
    remarks: list[str]
    seams: list[float]

    def paint(self, part: Img2Img) -> Generator[Step, None, NDArray[np.uint8]]:
        """The next part's pixels, (h, w, 3); at once where it was done before an interruption.

        Args:
            part: The complete request for it.
        """
        index, inner = len(self.done), None
        if self.resume is not None and index < len(self.resume.parts):
            pixels = self.resume.parts[index].numpy()
            self.done.append(pixels)
            return pixels
        if self.resume is not None and index == len(self.resume.parts):
            inner = replace(self.resume, request=part, batch=0, parts=())
        is_masked = isinstance(part, Inpaint)
        events = inpaint(part, self.kit, inner) if is_masked else img2img(part, self.kit, inner)
        for event in events:
            if isinstance(event, Picture):
                self.remarks += event.remarks
                self.seams += [] if event.seam is None else [event.seam]
                self.done.append(eight_bits(event.pixels))
            else:
                yield self._counted(event, index)
        if len(self.done) == index:
            raise EngineError("a part of the picture was not painted")
        return self.done[index]

    def picture(self, pixels: NDArray[np.uint8], single: Img2Img) -> Picture:
        """The finished whole."""
        return Picture(
            pixels=pixels,
            request=single,  # pyright: ignore[reportArgumentType] - one of the kinds of requests
            models=self.kit.uses,
            remarks=tuple(dict.fromkeys((*self.kit.remarks, *self.remarks))),
            profile=single.image.profile,
            seam=max(self.seams, default=None),
        )

    def _counted(self, step: Step, index: int) -> Step:
        """The step of a part as one of the whole."""

        def snapshot() -> bytes:
            inner = Snapshot.from_bytes(step.snapshot())
            parts = tuple(torch.from_numpy(part.copy()) for part in self.done)
            return replace(inner, request=self.request, batch=self.batch, parts=parts).to_bytes()

        return replace(
            step,
            batch=self.batch,
            index=index * step.total + step.index,
            total=self.count * step.total,
            snapshot=snapshot,
        )


def begin_parts(
    request: Img2Img, kit: Kit, batch: int, count: int, resume: Snapshot | None
) -> Parts:
    """Nothing painted yet of one picture.

    Args:
        request: The request for the whole.
        kit: What to paint with.
        batch: Which picture of it.
        count: How many parts it has.
        resume: Where the request stood, whichever its picture was.
    """
    here = resume if resume is not None and resume.batch == batch else None
    return Parts(
        request=request,
        kit=kit,
        batch=batch,
        count=count,
        resume=here,
        done=[],
        remarks=[],
        seams=[],
    )
