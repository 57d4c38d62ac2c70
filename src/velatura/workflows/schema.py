"""The JSON Schema of workflow documents, made from the records of the requests."""

from __future__ import annotations

from typing import Any

from velatura.records import REQUESTS, Painting
from velatura.records.schema import RecordSchemas, object_schema
from velatura.workflows.document import FORMAT, NAME, VERSION_KEY
from velatura.workflows.workflow import MOST_STAGES

_REFERENCE = {"type": "string", "description": "The name of a stage or image.", "minLength": 1}
_NAMES = {"pattern": f"^{NAME.pattern}$"}


def workflow_schema() -> dict[str, Any]:
    """The schema, as plain values for JSON (draft 2020-12)."""
    records = RecordSchemas(_REFERENCE)
    kinds = {name: _stage_schema(name, kind, records) for name, kind in REQUESTS.items()}
    top = {
        VERSION_KEY: {"const": FORMAT, "description": "Version of the document."},
        "images": {
            "description": "Pictures, sketches and masks: files of the document's folder, or PNG.",
            **_mapping({"anyOf": [{"type": "string", "minLength": 1}, _inline_image()]}),
        },
        "defaults": {
            "type": "object",
            "description": "Settings of every painting stage that has them and does not give them.",
        },
        "stages": {
            "description": "What is done, by name.",
            "minProperties": 1,
            "maxProperties": MOST_STAGES,
            **_mapping({"oneOf": [{"$ref": f"#/$defs/{name}"} for name in kinds]}),
        },
        "result": {
            "type": "string",
            "description": "The stage whose pictures count; else the last.",
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Velatura workflow",
        **object_schema(top, [VERSION_KEY, "stages"]),
        "$defs": kinds | records.named,
    }


def _stage_schema(name: str, kind: type, records: RecordSchemas) -> dict[str, Any]:
    schema = records.of(kind)
    if issubclass(kind, Painting):
        schema["properties"]["pick"] = {
            "type": "integer",
            "minimum": 1,
            "default": 1,
            "description": "Which of its pictures goes on to later stages.",
        }
    schema["properties"]["kind"] = {"const": name}
    schema["required"] = ["kind", *schema["required"]]
    return schema


def _inline_image() -> dict[str, Any]:
    base64 = {"type": "string", "contentEncoding": "base64"}
    return object_schema({"png": base64, "profile": base64}, ["png"])


def _mapping(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": _NAMES, "additionalProperties": values}
