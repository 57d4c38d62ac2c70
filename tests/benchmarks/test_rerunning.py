"""The measured workflow runs one stage again, and only that."""

from __future__ import annotations

from benchmarks.trials.rerunning import DOCUMENT, measure
from velatura import parse_workflow


def test_the_measured_workflow_has_six_stages() -> None:
    workflow = parse_workflow(DOCUMENT)
    kinds = [workflow.stages[name].request.kind for name in workflow.order]
    assert kinds == ["txt2img", "img2img", "inpaint", "upscale", "adjust", "adjust"]


def test_a_change_to_the_last_stage_makes_one_stage_again() -> None:
    small = DOCUMENT.replace("width: 128, height: 208", "width: 64, height: 64, steps: 1")
    small = small.replace("batch_size: 4, steps: 25", "batch_size: 3")
    figures = measure(small.replace("R-ESRGAN 4x+", "Lanczos"))
    assert figures["made"] == 1
    assert 0 < figures["last"] <= figures["again"]
