"""The JSON Schema says what the reader says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.workflows.chains import every_kind
from velatura.workflows import format_workflow, read_workflow, workflow_schema

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "reference" / "workflow.schema.json"


def test_the_schema_in_the_documentation_is_up_to_date() -> None:
    written = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert written == workflow_schema(), "run 'make schema'"


def test_the_schema_takes_what_we_write_and_refuses_slips() -> None:
    validator = jsonschema.Draft202012Validator(workflow_schema())
    validator.check_schema(workflow_schema())
    plain = yaml.safe_load(format_workflow(every_kind()))
    validator.validate(plain)
    for slip in ({"promt": "x"}, {"steps": 0}, {"width": 7}, {"kind": "poem"}, {"pick": 0}):
        wrong = {**plain, "stages": {"a": {"kind": "txt2img"} | slip}}
        assert not validator.is_valid(wrong)


@pytest.mark.parametrize("name", ["portrait", "apple"])
def test_the_examples_fit_schema_and_reader(name: str) -> None:
    path = ROOT / "examples" / "workflows" / f"{name}.yaml"
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), workflow_schema())
    assert len(read_workflow(path).order) >= 3
