"""The fields of a request by dotted names: ``steps``, ``sampling.eta``, ``hires.scale``."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from velatura.errors import RequestError, concerning
from velatura.limits import Checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import Request

R = TypeVar("R", bound="Request")
Kind = type[int] | type[float] | type[bool] | type[str]

KINDS: tuple[Kind, ...] = (int, float, bool, str)
"""What a field can hold to be set from a list of values."""


@cache
def field_kinds(record: type) -> dict[str, Kind]:
    """The fields of a kind of request that hold one number, text or yes or no, and which of these.

    >>> from velatura.records import Txt2Img
    >>> field_kinds(Txt2Img)["sampling.eta"]
    <class 'float'>
    """
    return dict(_walk(record, ""))


def has_field(request: Request, name: str) -> bool:
    """Whether requests of this kind have a field of that name, dots within nested records."""
    return name in field_kinds(type(request))


def get_field(request: Request, name: str) -> Any:  # noqa: ANN401
    """A field's value; None where the record it lies in is not there."""
    value: Any = request
    for part in name.split("."):
        value = None if value is None else getattr(value, part)
    return value


def with_field(request: R, name: str, value: object) -> R:
    """The request with another value in one field.

    Raises:
        RequestError: the value is outside the field's limits, or the record that the field lies in
            is not there.
    """
    return _with(request, name.split("."), value)


def _with(record: Any, path: list[str], value: object) -> Any:  # noqa: ANN401
    name, *rest = path
    if not rest:
        return replace(record, **{name: value})
    nested = getattr(record, name)
    with concerning(name):
        if nested is None:
            raise RequestError(f"{rest[0]}: the request has no {name} to set it in", field=rest[0])
        return replace(record, **{name: _with(nested, rest, value)})


def _walk(record: type, prefix: str) -> Iterator[tuple[str, Kind]]:
    hints = get_type_hints(record, include_extras=True)
    for entry in fields(record):  # pyright: ignore[reportArgumentType]
        for kind in set(_kinds(hints[entry.name])):
            if issubclass(kind, Checked):
                yield from _walk(kind, f"{prefix}{entry.name}.")
            elif kind in KINDS and entry.name != "kind":
                yield prefix + entry.name, kind


def _kinds(hint: Any) -> Iterator[type]:  # noqa: ANN401
    """The types that an annotation allows."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from _kinds(arguments[0])
    elif origin is Literal:
        yield type(arguments[0])
    elif origin is None:
        yield hint
    elif origin is not tuple:
        for argument in arguments:
            yield from _kinds(argument)
