"""Engines for the queue's tests; they need no torch, so that a worker starts in a moment."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from pathlib import Path

import numpy as np

from velatura.engines.base import Settled
from velatura.errors import OutOfMemory, RequestError
from velatura.jobs.config import Recipe
from velatura.pipelines.seeds import picture_requests
from velatura.records import Picture, Step


class ChainEngine:
    """Each step depends on all before it, each picture on all its steps.

    So a picture is right only if the work went on exactly where it stood. The prompt may ask for
    trouble: "kill" ends the process at the third step, "defect" and "memory" raise.
    """

    def __init__(self, step_s: float = 0.0, side: int = 8):
        self.step_s = step_s
        self.side = side

    def settle(self, request):
        return Settled(request=request)

    def run(self, request, *, resume=None):
        if request.sampler == "unknown":
            raise RequestError("sampler: there is none of that name", field="sampler")
        told = {"batch": 0, "index": 0, "state": ""}
        if resume is not None:
            try:
                told = json.loads(resume)
            except ValueError as error:
                raise RequestError("resume: this snapshot cannot be used") from error
        return self._paint(request, told)

    def _paint(self, request, told):
        singles = picture_requests(request)
        for batch in range(told["batch"], request.batch_count):
            index = told["index"] if batch == told["batch"] else 0
            state = told["state"] if batch == told["batch"] else ""
            for done in range(index + 1, request.steps + 1):
                time.sleep(self.step_s)
                trouble(request.prompt, done)
                state = hashlib.sha256(f"{state} {request.prompt} {done}".encode()).hexdigest()
                yield step(request, batch, done, state)
            start = batch * request.batch_size
            for single in singles[start : start + request.batch_size]:
                yield Picture(pixels=noise(f"{state} {single.seed}", self.side), request=single)


class LateEngine(ChainEngine):
    """Takes longer to be made than anybody waits for a worker's end."""

    def __init__(self, begun):
        Path(begun).touch()
        time.sleep(300)
        super().__init__()


def step(request, batch, done, state):
    saved = json.dumps({"batch": batch, "index": done, "state": state}).encode()
    return Step(
        phase="first",
        batch=batch,
        index=done,
        total=request.steps,
        denoised=np.zeros((request.batch_size, 4, 1, 1)),
        snapshot=lambda: saved,
    )


def trouble(prompt, done):
    if done == 3 and "kill" in prompt:
        os.kill(os.getpid(), signal.SIGKILL)
    if done == 3 and "defect" in prompt:
        raise ValueError("a defect")
    if done == 3 and "memory" in prompt:
        raise OutOfMemory("not enough memory for this request; try a smaller size or batch")


def noise(text, side):
    """Pixels that take as much room in a file as they do in memory."""
    dice = np.random.default_rng(list(hashlib.sha256(text.encode()).digest()))
    return dice.integers(0, 256, (side, side, 3), np.uint8)


def chain_recipe(step_s: float = 0.0, side: int = 8) -> Recipe:
    options = {"step_s": step_s, "side": side}
    return Recipe(factory="tests.jobs.engines:ChainEngine", options=options)
