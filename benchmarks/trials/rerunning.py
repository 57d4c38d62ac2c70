"""A workflow of six stages, in full and again with its last stage changed; print seconds."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from velatura import (
    LocalEngine,
    PictureCache,
    StageFinished,
    StageStarted,
    Workflow,
    parse_workflow,
    run_workflow,
)

DOCUMENT = """\
velatura: 1
images:
  spot:
    png: |
      iVBORw0KGgoAAAANSUhEUgAAABAAAAAaCAAAAACbA4PbAAAAR0lEQVQYGV3BwQ0AMAgAIW7/oVsT
      f0KOHDly5MiRI0eOHDlyZDwrZDwrZDwrZDwrZDwrZDwrZDwrZDwrZDwrZDwr5MiRI8cHNhMKG06D
      2scAAAAASUVORK5CYII=
defaults: {width: 128, height: 208, sampler: Euler a, prompt: portrait of a woman with red hair}
stages:
  compose: {kind: txt2img, seed: 1, batch_size: 4, steps: 25, pick: 3}
  repaint: {kind: img2img, image: compose, strength: 0.5, seed: 2}
  repair: {kind: inpaint, image: repaint, mask: spot, area: masked, seed: 3}
  enlarge: {kind: upscale, image: repair, upscaler: R-ESRGAN 4x+, factor: 4}
  frame: {kind: adjust, image: enlarge, adjustments: [{kind: rotate, degrees: 1}]}
  finish: {kind: adjust, image: frame, adjustments: [{kind: auto_levels}]}
"""
LAST_CHANGED = "stages.finish.adjustments=[{kind: curves, points: [[0, 0], [0.5, 0.6], [1, 1]]}]"


def timed(workflow: Workflow, engine: LocalEngine, kept: PictureCache) -> tuple[float, float, int]:
    """Seconds of a run, seconds of its last stage, and how many stages were not kept."""
    began = stage_began = perf_counter()
    last, made = 0.0, 0
    for event in run_workflow(workflow, engine, kept):
        if isinstance(event, StageStarted):
            stage_began = perf_counter()
            made += event.kept < event.pictures
        if isinstance(event, StageFinished):
            last = perf_counter() - stage_began
    return perf_counter() - began, last, made


def measure(document: str = DOCUMENT) -> dict[str, float]:
    """A full run with everything loaded, then one after a change to the last stage."""
    engine = LocalEngine()
    workflow = parse_workflow(document)
    with TemporaryDirectory() as warm, TemporaryDirectory() as folder:
        timed(workflow, engine, PictureCache(Path(warm)))
        kept = PictureCache(Path(folder))
        full, _, _ = timed(workflow, engine, kept)
        changed = parse_workflow(document, changes=[LAST_CHANGED])
        again, last, made = timed(changed, engine, kept)
    return {"full": full, "again": again, "last": last, "made": made}


if __name__ == "__main__":
    print(json.dumps(measure()))
