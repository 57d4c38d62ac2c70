"""The engine of the queue's tests, with something to see on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.jobs.engines import ChainEngine
from velatura.jobs import Recipe
from velatura.records import Step


class PreviewedEngine(ChainEngine):
    def _paint(self, request, told):
        grey = np.full((8, 8 * request.batch_size, 3), 128, np.uint8)
        for event in super()._paint(request, told):
            is_step = isinstance(event, Step)
            yield replace(event, preview=lambda _: grey) if is_step else event


def quick_recipe(step_s: float = 0.0) -> Recipe:
    return Recipe(factory="tests.server.engines:PreviewedEngine", options={"step_s": step_s})
