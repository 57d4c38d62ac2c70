"""Records as the plain values that stand in JSON, and back.

Settings that are missing have their defaults; unknown ones are refused, so nothing is dropped
unseen. Bitmaps stand by their ids, ``{"id": "..."}``; their pixels are kept elsewhere.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from velatura.choices import advice
from velatura.errors import RequestError
from velatura.records.bitmap import Bitmap

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping


def read_json(text: str, what: str) -> Any:  # noqa: ANN401
    """The value of a JSON text.

    Args:
        text: The JSON.
        what: What it should be, for the message.

    Raises:
        RequestError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{what}: not readable as JSON: {error}") from error


def to_plain(value: Any) -> Any:  # noqa: ANN401
    """Records as dicts, tuples as lists, bitmaps as their ids."""
    if isinstance(value, Bitmap):
        return {"id": value.id}
    if is_dataclass(value):
        return {entry.name: to_plain(getattr(value, entry.name)) for entry in fields(value)}
    return [to_plain(each) for each in value] if isinstance(value, tuple) else value


@contextmanager
def at(position: str) -> Generator[None]:
    """Let refusals raised within, which begin with a field's name, begin with this position."""
    try:
        yield
    except RequestError as error:
        field = f"{position}.{error.field}" if error.field else position
        raise RequestError(f"{position}.{error}", field=field) from error


class Reader:
    """Makes records of plain values; the records check their own limits.

    Args:
        known: Bitmaps by id; those that are not among them are only remembered.
    """

    def __init__(self, known: Mapping[str, Bitmap] | None = None) -> None:
        self._known = known or {}

    def record(self, kind: type, values: dict[str, Any], path: str, *, what: str = "") -> Any:  # noqa: ANN401
        """A record of this kind.

        Args:
            kind: The record's class.
            values: Its settings by name.
            path: Its place in the document, "hires" or "adjustments[2]"; empty for the whole.
            what: What it is called in messages, where it has no place.

        Raises:
            RequestError: an unknown or missing setting, or a value that cannot be.
        """
        hints = _hints(kind)
        if unknown := sorted(str(name) for name in values if name not in hints):
            place = _place(path, unknown[0])
            instead = advice(unknown[0], {known: known for known in hints})
            raise RequestError(
                f"{path or what}: unknown setting {unknown[0]!r}; {instead}", field=place
            )
        given = {
            name: self.value(hints[name], value, _place(path, name))
            for name, value in values.items()
        }
        missing = [entry.name for entry in fields(kind) if _is_missing(entry, given)]
        if missing:
            place = _place(path, missing[0])
            raise RequestError(f"{path or what}: {missing[0]} is missing", field=place)
        if not path:
            return kind(**given)
        with at(path):
            return kind(**given)

    def value(self, hint: Any, value: Any, path: str) -> Any:  # noqa: ANN401
        """A value of this type; what needs no change is left for its record to check."""
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        if get_origin(hint) is tuple:
            return self._tuple(hint, value, path)
        choices: tuple[Any, ...] = (hint, *get_args(hint))
        records = [kind for kind in choices if is_dataclass(kind)]
        if records and value is not None:
            return self._one_of(records, value, path)
        if isinstance(value, list) and any(get_origin(kind) is tuple for kind in choices):
            return tuple(value)  # pyright: ignore[reportUnknownArgumentType]
        return value

    def _one_of(self, kinds: list[Any], value: Any, path: str) -> Any:  # noqa: ANN401
        """The record of a type, or of the one among several that the value's kind names."""
        if not isinstance(value, dict):
            raise RequestError(f"{path}: expected an object of settings", field=path)
        settings: dict[str, Any] = value
        if kinds[0] is Bitmap:
            return self._bitmap(settings, path)
        if len(kinds) == 1:
            return self.record(kinds[0], settings, path)
        by_kind = {kind.__dataclass_fields__["kind"].default: kind for kind in kinds}
        name = settings.get("kind")
        if not isinstance(name, str) or name not in by_kind:
            raise RequestError(
                f"{path}.kind: {name!r} is not one of {', '.join(by_kind)}", field=f"{path}.kind"
            )
        return self.record(by_kind[name], settings, path)

    def _tuple(self, hint: Any, value: Any, path: str) -> tuple[Any, ...]:  # noqa: ANN401
        inner = get_args(hint)[0]
        is_list = isinstance(value, list)
        if inner is str and not (is_list and all(isinstance(each, str) for each in value)):
            raise RequestError(f"{path}: expected a list of texts", field=path)
        if not is_list:
            raise RequestError(f"{path}: expected a list", field=path)
        items: list[Any] = value
        return tuple(
            self.value(inner, each, f"{path}[{index}]") for index, each in enumerate(items)
        )

    def _bitmap(self, value: dict[str, Any], path: str) -> Bitmap:
        name = value.get("id")
        if not isinstance(name, str) or not name or len(value) > 1:
            raise RequestError(f"{path}: expected the id of a bitmap", field=path)
        return self._known.get(name) or Bitmap(None, id=name)


def _place(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Type of each field, limits left out."""
    hints = get_type_hints(kind)
    return {entry.name: hints[entry.name] for entry in fields(kind)}  # pyright: ignore[reportArgumentType]


def _is_missing(entry: Field[Any], given: dict[str, Any]) -> bool:
    has_default = entry.default is not MISSING or entry.default_factory is not MISSING
    return not has_default and entry.name not in given
