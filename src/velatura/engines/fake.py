"""An engine without a model: flat coloured pictures, at once. For tests and front-end work."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, cast

import numpy as np

from velatura.engines.base import Settled
from velatura.pipelines.canvas import flattened
from velatura.pipelines.margins import grown_margins
from velatura.pipelines.masked_picture import prepared, request_mask
from velatura.pipelines.resolve import as_begun, check_pictures, resolve, with_size
from velatura.pipelines.seeds import picture_requests
from velatura.records import Inpaint, Outpaint, Painting, Picture, SdUpscale, Step, hires_of
from velatura.upscalers import hires_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from numpy.typing import NDArray

    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import ModelUse, Request

NATIVE_SIZE = (64, 64)
"""Width and height of a picture whose request gives none."""


class FakeEngine:
    """Paints each picture in one colour, which prompt and seed decide.

    What a mask keeps is kept, what continues a picture surrounds it. A request that works on a
    finished picture without painting gets that picture back as it is. Everything else is as with a
    real engine: requests are resolved and refused in the same way, there are pictures and steps,
    and snapshots can be carried on from.

    Args:
        seed: Stands in for every random seed, so that runs can be compared.
        models: Said to take part in every painting.
        step_s: Seconds that each step takes.
    """

    def __init__(
        self, seed: int = 1, models: tuple[ModelUse, ...] = (), *, step_s: float = 0.0
    ) -> None:
        self._seed = seed
        self._models = models
        self._step_s = step_s

    def run(self, request: Request, *, resume: bytes | None = None) -> Iterator[Step | Picture]:
        """Steps and pictures, as :class:`~velatura.engines.base.Engine` says."""
        snapshot = None
        if resume is not None and isinstance(request, Painting):
            from velatura.pipelines.snapshot import Snapshot

            snapshot = Snapshot.from_bytes(resume)
            request = cast("Request", as_begun(request, snapshot.request))
        complete = self.settle(request).request
        if not isinstance(complete, Painting):
            return iter((Picture(pixels=complete.image.array, request=complete),))
        check_pictures(complete)
        return self._paced(_paint(with_size(complete, NATIVE_SIZE), snapshot, self._models))

    def settle(self, request: Request) -> Settled:
        """What it would paint: every checkpoint that is asked for is there."""
        if not isinstance(request, Painting):
            return Settled(request=request)
        complete = resolve(request, styles={}, draw_seed=lambda: self._seed)
        return Settled(request=cast("Request", complete), models=self._models)

    def _paced(self, events: Iterator[Step | Picture]) -> Iterator[Step | Picture]:
        for event in events:
            if isinstance(event, Step):
                time.sleep(self._step_s)
            yield event


def _paint(
    request: Painting, resume: Snapshot | None, models: tuple[ModelUse, ...]
) -> Iterator[Step | Picture]:
    singles = picture_requests(request)
    done = (resume.batch, resume.phase, resume.state.index) if resume else (0, "first", 0)
    for batch in range(done[0], request.batch_count):
        for place in _places(request, batch):
            if place > done:  # "first" comes before "hires" in the alphabet, too
                yield _step(request, *place)
        start = batch * request.batch_size
        for single in singles[start : start + request.batch_size]:
            made = cast("Request", single)
            yield Picture(pixels=_painted(single), request=made, models=models)


def _places(request: Painting, batch: int) -> Iterator[tuple[int, Literal["first", "hires"], int]]:
    """(batch, phase, steps done) after each step of a batch."""
    for index in range(request.steps):
        yield batch, "first", index + 1
    if hires := hires_of(request):
        for index in range(hires.steps or request.steps):
            yield batch, "hires", index + 1


def _size(request: Painting, phase: str) -> tuple[int, int]:
    hires = hires_of(request)
    if hires and phase == "hires":
        return hires_target(request.width, request.height, hires).size
    return request.width, request.height


def _painted(request: Painting) -> NDArray[np.uint8]:
    """The picture of a request, (h, w, 3): the colour, and what stays of another picture."""
    if isinstance(request, SdUpscale):
        width, height = (int(side * request.factor) for side in request.image.size)
        return _flat(request, width, height)
    if isinstance(request, Outpaint):
        return _around(request)
    flat = _flat(request, *_size(request, "hires"))
    mask = request_mask(request)[0] if isinstance(request, Inpaint) else None
    if mask is None or not mask.any() or not isinstance(request, Inpaint):
        return flat
    overlay = prepared(request, mask).overlay
    return overlay.over(overlay.placed(flat))


def _around(request: Outpaint) -> NDArray[np.uint8]:
    width, height = request.image.size
    margins = grown_margins(request, width, height)
    grown = width + margins.left + margins.right, height + margins.top + margins.bottom
    canvas = _flat(request, *grown)
    old = flattened(request.image, request.background)
    canvas[margins.top : margins.top + height, margins.left : margins.left + width] = old
    return canvas


def _flat(request: Painting, width: int, height: int) -> NDArray[np.uint8]:
    digest = hashlib.sha256(f"{request.prompt}\n{request.seed}".encode()).digest()
    colour = np.frombuffer(digest[:3], dtype=np.uint8)
    return np.broadcast_to(colour, (height, width, 3)).copy()


def _step(request: Painting, batch: int, phase: Literal["first", "hires"], index: int) -> Step:
    import torch

    from velatura.diffusion.samplers.base import State
    from velatura.pipelines.snapshot import Snapshot

    width, height = _size(request, phase)
    latents = torch.zeros(request.batch_size, 4, height // 8, width // 8)
    hires = hires_of(request)
    steps = (hires.steps if hires and phase == "hires" else 0) or request.steps
    snapshot = Snapshot(
        request=request,
        phase=phase,
        batch=batch,
        state=State(x=latents, index=index),
        noise={},
        calls=index,
    )
    return Step(
        phase=phase,
        batch=batch,
        index=index,
        total=steps,
        denoised=latents,
        snapshot=snapshot.to_bytes,
        preview=lambda _: np.full((height // 8, request.batch_size * width // 8, 3), 128, np.uint8),
    )
