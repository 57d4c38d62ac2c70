"""An engine without a model: flat coloured pictures, at once. For tests and front-end work."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, cast

import numpy as np

from velatura.engines.base import Settled
from velatura.pipelines.resolve import resolve, with_size
from velatura.pipelines.seeds import picture_requests
from velatura.records import Painting, Picture, Step, hires_of
from velatura.upscalers import hires_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import ModelUse, Request

NATIVE_SIZE = (64, 64)
"""Width and height of a picture whose request gives none."""


class FakeEngine:
    """Paints each picture in one colour, which prompt and seed decide.

    A request that works on a finished picture gets that picture back as it is. Everything else is
    as with a real engine: requests are resolved and refused in the same way, there are as many
    steps and pictures, and snapshots can be carried on from.

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
        if resume is not None:
            from velatura.pipelines.snapshot import Snapshot

            snapshot = Snapshot.from_bytes(resume)
            return self._paced(_paint(snapshot.request, snapshot, self._models))
        complete = self.settle(request).request
        if not isinstance(complete, Painting):
            return iter((Picture(pixels=complete.image.array, request=complete),))
        return self._paced(_paint(with_size(complete, NATIVE_SIZE), None, self._models))

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
            yield Picture(pixels=_flat(single), request=made, models=models)


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


def _flat(request: Painting) -> np.ndarray:
    width, height = _size(request, "hires")
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
    )
