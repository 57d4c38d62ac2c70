"""An engine without a model: flat coloured pictures, at once. For tests and front-end work."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from velatura.pipelines.seeds import complete_seeds, picture_requests
from velatura.records import Picture, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import Txt2Img


class FakeEngine:
    """Paints each picture in one colour, which prompt and seed decide.

    Args:
        seed: Stands in for every random seed, so that runs can be compared.
    """

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed

    def run(self, request: Txt2Img, *, resume: bytes | None = None) -> Iterator[Step | Picture]:
        """Steps and pictures, as :class:`~velatura.engines.base.Engine` says."""
        del resume  # nothing here takes long enough to be carried on
        native = replace(request, width=request.width or 64, height=request.height or 64)
        complete = complete_seeds(native, draw=lambda: self._seed)
        for batch in range(complete.batch_count):
            for index in range(complete.steps):
                yield _step(complete, batch, index + 1)
            start = batch * complete.batch_size
            for single in picture_requests(complete)[start : start + complete.batch_size]:
                yield Picture(pixels=_flat(single), request=single)


def _flat(request: Txt2Img) -> np.ndarray:
    digest = hashlib.sha256(f"{request.prompt}\n{request.seed}".encode()).digest()
    colour = np.frombuffer(digest[:3], dtype=np.uint8)
    return np.broadcast_to(colour, (request.height, request.width, 3)).copy()


def _step(request: Txt2Img, batch: int, index: int) -> Step:
    import torch

    shape = (request.batch_size, 4, request.height // 8, request.width // 8)
    return Step(
        phase="first",
        batch=batch,
        index=index,
        total=request.steps,
        denoised=torch.zeros(shape),
        snapshot=lambda: b"",
    )
