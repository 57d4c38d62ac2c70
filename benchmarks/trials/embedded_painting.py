"""Paint with the checkpoint that comes with Velatura; print moments and seconds."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from time import perf_counter

from velatura import LocalEngine, Step, Txt2Img

REQUEST = Txt2Img(
    prompt="photo of a green apple",
    sampler="Euler a",
    steps=25,
    guidance_scale=7.0,
    width=128,
    height=208,
    seed=1,
)

SQUARE = replace(REQUEST, sampler="DPM++ 2M", steps=20, height=128)
"""What a newcomer begins with."""

TASKS = {"tall": (REQUEST, 4), "square": (SQUARE, 1)}
"""By name: a request, and how many pictures of it are painted once everything is loaded."""


def measure(request: Txt2Img = REQUEST, pictures: int = 4) -> dict[str, float]:
    """One picture from a cold process, then a batch with everything loaded.

    ``first step`` and ``first picture`` are moments of the wall clock, for the caller to compare
    with the start of the process.
    """
    engine = LocalEngine()
    moments: dict[str, float] = {}
    for event in engine.run(request):
        if isinstance(event, Step):
            moments.setdefault("first step", time.time())
        else:
            moments["first picture"] = time.time()
    began = perf_counter()
    for _ in engine.run(replace(request, batch_size=pictures)):
        pass
    return {**moments, "batch": perf_counter() - began}


if __name__ == "__main__":
    print(json.dumps(measure(*TASKS[sys.argv[1]])))
