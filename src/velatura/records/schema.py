"""The JSON Schema of records, made from their annotations and docstrings (draft 2020-12)."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import Interval, MultipleOf

from velatura.records.bitmap import Bitmap
from velatura.records.descriptions import descriptions

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
}


class RecordSchemas:
    """Makes schemas of records.

    Args:
        bitmap: What stands in a document for a bitmap.
        place: Where schemas are that others refer to, such as ``#/$defs/``.

    Attributes:
        named: Those schemas by name: of records that are held by others.
    """

    def __init__(self, bitmap: Schema, place: str = "#/$defs/") -> None:
        self.named: dict[str, Schema] = {}
        self._bitmap = bitmap
        self._place = place

    def of(self, record: type) -> Schema:
        """The schema of a record, with its fields' limits, defaults and descriptions."""
        hints = get_type_hints(record, include_extras=True)
        told = descriptions(record)
        properties: Schema = {}
        required: list[str] = []
        for entry in fields(record):  # pyright: ignore[reportArgumentType]
            schema = self._of_hint(hints[entry.name])
            if text := told.get(entry.name):
                schema = {**schema, "description": text.replace("``", "'")}
            if entry.default is not MISSING and not isinstance(entry.default, tuple):
                schema = {**schema, "default": entry.default}
            if entry.default is MISSING and entry.default_factory is MISSING:
                required.append(entry.name)
            properties[entry.name] = schema
        summary = (inspect.getdoc(record) or "").partition("\n")[0]
        return {"description": summary, **object_schema(properties, required)}

    def _of_hint(self, hint: Any) -> Schema:  # noqa: ANN401
        """The schema of a type with its limits."""
        if hint is Bitmap:
            return dict(self._bitmap)
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if is_dataclass(hint):
            return self._reference(hint)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return _limited(self._of_hint(arguments[0]), arguments[1:])
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin is tuple:
            return self._of_tuple(arguments)
        if origin is None or not arguments:
            raise TypeError(f"no schema is known for {hint!r}")
        return {"anyOf": [self._of_hint(each) for each in arguments]}

    def _reference(self, record: Any) -> Schema:  # noqa: ANN401
        name = record.__name__
        if name not in self.named:
            self.named[name] = {}  # keeps its place, should a record hold another of its kind
            schema = self.of(record)
            if "kind" in schema["properties"]:
                schema["required"] = ["kind", *schema["required"]]
            self.named[name] = schema
        return {"$ref": f"{self._place}{name}"}

    def _of_tuple(self, arguments: tuple[Any, ...]) -> Schema:
        if arguments[-1] is Ellipsis:
            return {"type": "array", "items": self._of_hint(arguments[0])}
        items = [self._of_hint(each) for each in arguments]
        count = len(items)
        return {"type": "array", "prefixItems": items, "minItems": count, "maxItems": count}


def object_schema(properties: Schema, required: list[str]) -> Schema:
    """The schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _limited(schema: Schema, limits: tuple[Any, ...]) -> Schema:
    for limit in limits:
        if isinstance(limit, Interval):
            bounds = {"minimum": limit.ge, "exclusiveMinimum": limit.gt, "maximum": limit.le}
            schema |= {name: bound for name, bound in bounds.items() if bound is not None}
        if isinstance(limit, MultipleOf):
            schema["multipleOf"] = limit.multiple_of
    return schema
