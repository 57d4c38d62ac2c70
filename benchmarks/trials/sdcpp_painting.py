"""Paint a scene with stable-diffusion.cpp; print seconds and bytes.

It reads the same file and walks as many steps at the same size, but draws other noise, and holds
its convolutions in half precision: how long it takes is compared, not what it paints.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.memory import forget_peak, peak_bytes
from benchmarks.scene import Scene
from benchmarks.stopwatch import timed

if TYPE_CHECKING:
    from collections.abc import Callable


def paint(model: Any, scene: Scene, ticked: Callable[..., None]) -> Image.Image:  # noqa: ANN401
    """The scene's picture; calls ``ticked`` after each step."""
    over: dict[str, Any] = {}
    if scene.strength is not None:
        over = {"init_image": Image.fromarray(scene.ground()), "strength": scene.strength}
    pictures = model.generate_image(
        scene.prompt,
        negative_prompt=scene.negative_prompt,
        sample_method="euler",
        scheduler="discrete",
        sample_steps=scene.steps,
        cfg_scale=scene.guidance_scale,
        width=scene.size,
        height=scene.size,
        seed=scene.seed,
        progress_callback=ticked,
        **over,
    )
    return pictures[0]


def measure(scene: Scene, threads: int) -> dict[str, float]:
    """Load and warm up with one step, then paint once for the clock."""
    started = perf_counter()
    api = import_module("stable_diffusion_cpp")
    model = api.StableDiffusion(
        model_path=str(scene.checkpoint), n_threads=threads, wtype="f32", verbose=False
    )
    ticks: list[float] = []
    paint(model, replace(scene, steps=1), lambda *_: None)
    warm, loading_peak = perf_counter(), peak_bytes()
    forget_peak()
    picture, seconds, worked = timed(
        lambda: paint(model, scene, lambda *_: ticks.append(perf_counter()))
    )
    np.save(scene.picture, np.asarray(picture))
    return {
        "load and first step": warm - started,
        "painting": seconds,
        "processor": worked,
        "step": (ticks[-1] - ticks[0]) / max(len(ticks) - 1, 1),
        "steps": len(ticks),
        "loading peak": loading_peak,
        "painting peak": peak_bytes(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Scene.from_json(sys.argv[1]), int(sys.argv[2]))))
