"""The JSON Schema of workflow documents, made from the records of the requests."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import Interval, MultipleOf

from velatura.records import REQUESTS, Bitmap, Painting
from velatura.records.descriptions import descriptions
from velatura.workflows.document import FORMAT, NAME, VERSION_KEY
from velatura.workflows.workflow import MOST_STAGES

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
}
_REFERENCE = {"type": "string", "description": "The name of a stage or image.", "minLength": 1}
_NAMES = {"pattern": f"^{NAME.pattern}$"}


def workflow_schema() -> dict[str, Any]:
    """The schema, as plain values for JSON (draft 2020-12)."""
    records: dict[str, Any] = {}
    kinds = {name: _stage_schema(name, kind, records) for name, kind in REQUESTS.items()}
    top = {
        VERSION_KEY: {"const": FORMAT, "description": "Version of the document."},
        "images": {
            "description": "Pictures, sketches and masks: files of the document's folder, or PNG.",
            **_mapping({"anyOf": [{"type": "string", "minLength": 1}, _inline_image()]}),
        },
        "defaults": {
            "type": "object",
            "description": "Settings of every painting stage that has such a setting and does not give it.",
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
        **_object(top, [VERSION_KEY, "stages"]),
        "$defs": kinds | records,
    }


def _stage_schema(name: str, kind: type, records: dict[str, Any]) -> dict[str, Any]:
    schema = _record_schema(kind, records)
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


def _record_schema(record: type, records: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    told = descriptions(record)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for entry in fields(record):  # pyright: ignore[reportArgumentType]
        schema = _hint_schema(hints[entry.name], records)
        if text := told.get(entry.name):
            schema = {**schema, "description": text.replace("``", "'")}
        if entry.default is not MISSING and not isinstance(entry.default, tuple):
            schema = {**schema, "default": entry.default}
        if entry.default is MISSING and entry.default_factory is MISSING:
            required.append(entry.name)
        properties[entry.name] = schema
    summary = (inspect.getdoc(record) or "").partition("\n")[0]
    return {"description": summary, **_object(properties, required)}


def _hint_schema(hint: Any, records: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """The schema of a type with its limits."""
    if hint is Bitmap:
        return dict(_REFERENCE)
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if is_dataclass(hint):
        return _reference(hint, records)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _limited(_hint_schema(arguments[0], records), arguments[1:])
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return _list_schema(arguments, records)
    if origin is None or not arguments:
        raise TypeError(f"no schema is known for {hint!r}")
    return {"anyOf": [_hint_schema(each, records) for each in arguments]}


def _reference(record: Any, records: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    name = record.__name__
    if name not in records:
        records[name] = {}  # keeps its place, should a record hold another of its kind
        schema = _record_schema(record, records)
        if "kind" in schema["properties"]:
            schema["required"] = ["kind", *schema["required"]]
        records[name] = schema
    return {"$ref": f"#/$defs/{name}"}


def _list_schema(arguments: tuple[Any, ...], records: dict[str, Any]) -> dict[str, Any]:
    if arguments[-1] is Ellipsis:
        return {"type": "array", "items": _hint_schema(arguments[0], records)}
    items = [_hint_schema(each, records) for each in arguments]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _limited(schema: dict[str, Any], limits: tuple[Any, ...]) -> dict[str, Any]:
    for limit in limits:
        if isinstance(limit, Interval):
            bounds = {"minimum": limit.ge, "exclusiveMinimum": limit.gt, "maximum": limit.le}
            schema |= {name: bound for name, bound in bounds.items() if bound is not None}
        if isinstance(limit, MultipleOf):
            schema["multipleOf"] = limit.multiple_of
    return schema


def _inline_image() -> dict[str, Any]:
    base64 = {"type": "string", "contentEncoding": "base64"}
    return _object({"png": base64, "profile": base64}, ["png"])


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _mapping(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": _NAMES, "additionalProperties": values}
