"""The engine of the queue's tests, with latents that a preview can be made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.jobs.engines import ChainEngine
from velatura.jobs import Recipe
from velatura.records import Step


class Latents:
    """As much of a tensor as a preview asks for; no torch, so that a worker starts in a moment."""

    def __init__(self, values):
        self._values = values
        self.shape = values.shape

    def float(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self._values


class PreviewedEngine(ChainEngine):
    def _paint(self, request, told):
        for event in super()._paint(request, told):
            if isinstance(event, Step):
                latents = Latents(np.zeros((request.batch_size, 4, 8, 8), np.float32))
                yield replace(event, denoised=latents)
            else:
                yield event


def quick_recipe(step_s: float = 0.0) -> Recipe:
    return Recipe(factory="tests.server.engines:PreviewedEngine", options={"step_s": step_s})
