"""Paint a scene with Velatura; print seconds and bytes."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from time import perf_counter, process_time

import numpy as np

from benchmarks.memory import forget_peak, peak_bytes
from benchmarks.scene import Scene
from benchmarks.stopwatch import watched
from velatura import LocalEngine, Picture
from velatura.models.autoencoder import Autoencoder
from velatura.models.text_encoder import ClipTextEncoder
from velatura.models.unet import Unet


def measure(scene: Scene) -> dict[str, float]:
    """Load and warm up with one step, then paint once for the clock."""
    engine = LocalEngine([scene.checkpoint.parent], cache_dir=scene.cache)
    request = scene.request()
    started = perf_counter()
    for _ in engine.run(replace(request, steps=1)):
        pass
    warm, loading_peak = perf_counter(), peak_bytes()
    forget_peak()
    with (
        watched(ClipTextEncoder, "encode") as text,
        watched(Unet, "predict") as unet,
        watched(Autoencoder, "encode") as encoder,
        watched(Autoencoder, "decode") as decoder,
    ):
        processor = process_time()
        began = sampled = perf_counter()
        for event in engine.run(request):
            if isinstance(event, Picture):
                np.save(scene.picture, event.pixels)
                break
            sampled = perf_counter()
        ended = perf_counter()
        processor = process_time() - processor
    return {
        "load and first step": warm - started,
        "painting": ended - began,
        "processor": processor,
        "sampling": sampled - began,
        "text": text.seconds,
        "unet": unet.seconds,
        "encoder": encoder.seconds,
        "decoder": decoder.seconds,
        "unet calls": unet.calls,
        "loading peak": loading_peak,
        "painting peak": peak_bytes(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Scene.from_json(sys.argv[1]))))
