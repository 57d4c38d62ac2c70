"""Settings of a document are changed from outside, as their types say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows.test_document import TEXT, image_file, over
from velatura.errors import WorkflowError
from velatura.workflows import parse_workflow, pick_change

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("change", "stage", "expected"),
    [
        ("stages.compose.seed=9", "compose", {"seed": 9}),
        ("stages.compose.prompt=no: 1", "compose", {"prompt": "no: 1"}),
        ("stages.compose.prompt=7", "compose", {"prompt": "7"}),
        ("stages.compose.guidance_scale=3.5", "compose", {"guidance_scale": 3.5}),
        ("stages.compose.tiling=true", "compose", {"tiling": True}),
        ("stages.compose.styles=[a, b]", "compose", {"styles": ("a", "b")}),
        ("defaults.checkpoint=123", "compose", {"checkpoint": "123"}),
        ("stages.enlarge.upscaler=None", "enlarge", {"upscaler": "None"}),
        ("stages.enlarge.factor=2", "enlarge", {"factor": 2}),
    ],
)
def test_a_setting_is_changed_as_its_type_says(change: str, stage: str, expected: Any) -> None:
    request = parse_workflow(TEXT, changes=[change]).stages[stage].request
    assert {name: getattr(request, name) for name in expected} == expected


def test_nested_settings_and_references_are_changed() -> None:
    changes = [
        "stages.compose.hires.prompt=5",
        "stages.compose.hires.steps=3",
        "stages.finish.image=compose",
        "result=compose",
        pick_change("compose=2"),
    ]
    workflow = parse_workflow(TEXT, changes=changes)
    compose = workflow.stages["compose"]
    assert (compose.request.hires.prompt, compose.request.hires.steps) == ("5", 3)
    assert (compose.pick, workflow.last) == (2, "compose")
    assert workflow.stages["finish"].inputs == {"image": "compose"}


def test_an_image_is_changed_to_another_file(tmp_path: Path) -> None:
    image_file(tmp_path, "mine.png")
    workflow = parse_workflow(over("none.png"), folder=tmp_path, changes=["images.x=mine.png"])
    assert workflow.images["x"].size == (6, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("foo", "expected a path and a value such as stages.compose.seed=7"),
        ("=3", "expected a path and a value"),
        ("stages..seed=3", "expected a path and a value"),
        ("stages.nowhere.seed=3", "no stage 'nowhere'; there is compose, enlarge, finish"),
        ("stages.compose.seed=x", "stages.compose.seed=x: stages.compose: seed: expected int"),
        ("stages.compose.seed=[", "not readable as YAML"),
        ("stages.compose.pick=9", "must be from 1 to 4"),
        ("stages.compose.seed.deeper=1", "has no settings of its own"),
        ("stages.enlarge.seed=1", "unknown setting 'seed'"),
        ("velatura=2", "update Velatura"),
        ("mood=2", "unknown key 'mood'"),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: str, message: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        parse_workflow(TEXT, changes=[change])
    assert message in str(caught.value)


def test_a_pick_needs_a_stage_and_a_number() -> None:
    for text in ("compose", "a.b=1"):
        with pytest.raises(WorkflowError, match="expected a stage and a number"):
            pick_change(text)
