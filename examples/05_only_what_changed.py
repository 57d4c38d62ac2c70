"""A workflow in Python: after a change, only what depends on it is made again."""

from pathlib import Path

from velatura import LocalEngine, PictureCache, StageStarted, parse_workflow, run_workflow

TEXT = """
velatura: 1
stages:
  compose: {kind: txt2img, prompt: flat illustration of a green apple, seed: 7, steps: 12}
  enlarge: {kind: upscale, image: compose, upscaler: Lanczos, factor: 2}
  finish: {kind: adjust, image: enlarge, adjustments: [{kind: auto_levels}]}
"""

engine, kept = LocalEngine(), PictureCache(Path("kept"))
for changes in ([], ["stages.enlarge.factor=3"]):
    for event in run_workflow(parse_workflow(TEXT, changes=changes), engine, kept):
        if isinstance(event, StageStarted):
            print(event.name, "was kept" if event.kept else "is made")
