"""Requests as JSON: every setting, with the version of the format.

Unlike the infotext it loses nothing. Settings that are missing have their defaults, so older files
stay readable; unknown ones are refused, so nothing is dropped unseen. Bitmaps stand in it by their
ids, ``{"id": "..."}``; their pixels are kept beside the JSON.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from velatura.errors import RequestError
from velatura.records import REQUESTS, Bitmap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from velatura.records import Painting, Request

FORMAT = 1
"""Version of the format; a reader refuses newer ones."""

VERSION_KEY = "velatura"


def request_to_json(request: Request) -> str:
    """The request as JSON, ASCII only."""
    return json.dumps(request_to_dict(request))


def request_from_json(text: str, known: Mapping[str, Bitmap] | None = None) -> Request:
    """The request that :func:`request_to_json` wrote.

    Args:
        text: The JSON.
        known: Bitmaps by id; those that are not among them are only remembered.

    Raises:
        RequestError: not JSON, of a newer version, or with settings or values that cannot be.
    """
    return request_from_dict(read_json(text), known)


def request_to_dict(request: Request | Painting) -> dict[str, Any]:
    """The request as plain values, as they stand in JSON."""
    return {VERSION_KEY: FORMAT, **_plain(request)}


def request_from_dict(values: object, known: Mapping[str, Bitmap] | None = None) -> Request:
    """The request of :func:`request_to_dict`.

    Raises:
        RequestError: see :func:`request_from_json`.
    """
    if not isinstance(values, dict):
        raise RequestError("request: expected a JSON object with the settings of a request")
    settings: dict[str, Any] = dict(values)
    check_version(settings.pop(VERSION_KEY, FORMAT))
    kind = settings.get("kind", "txt2img")
    if kind not in REQUESTS:
        listed = ", ".join(REQUESTS)
        raise RequestError(f"kind: {kind!r} is not one of {listed}", field="kind")
    return _Reader(known or {}).record(REQUESTS[kind], settings, "request")


def read_json(text: str) -> Any:  # noqa: ANN401
    """The value of a JSON text.

    Raises:
        RequestError: it is not JSON, or nested too deeply to be a request.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"request: not readable as JSON: {error}") from error


def check_version(version: object) -> None:
    """Refuse a format this program does not know.

    Raises:
        RequestError: naming both versions.
    """
    if not isinstance(version, int) or not 1 <= version <= FORMAT:
        raise RequestError(
            f"{VERSION_KEY}: format {version!r} is not known here (up to {FORMAT}); "
            "update Velatura to read it"
        )


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Records as dicts, tuples as lists, bitmaps as their ids."""
    if isinstance(value, Bitmap):
        return {"id": value.id}
    if is_dataclass(value):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


class _Reader:
    """Makes records of plain values; the records check their own limits."""

    def __init__(self, known: Mapping[str, Bitmap]) -> None:
        self._known = known

    def record(self, kind: type, values: dict[str, Any], path: str) -> Any:  # noqa: ANN401
        """A record of this kind."""
        hints = _hints(kind)
        if unknown := sorted(str(name) for name in values if name not in hints):
            raise RequestError(f"{path}: unknown setting {unknown[0]!r}", field=unknown[0])
        given = {name: self._value(hints[name], value, name) for name, value in values.items()}
        missing = [entry.name for entry in fields(kind) if _is_missing(entry, given)]
        if missing:
            raise RequestError(f"{path}: {missing[0]} is missing", field=missing[0])
        return kind(**given)

    def _value(self, hint: Any, value: Any, path: str) -> Any:  # noqa: ANN401
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        if get_origin(hint) is tuple:
            return _texts(value, path)
        records: list[Any] = [kind for kind in (hint, *get_args(hint)) if is_dataclass(kind)]
        if not records or value is None:
            return value
        if not isinstance(value, dict):
            raise RequestError(f"{path}: expected an object of settings", field=path)
        if records[0] is Bitmap:
            return self._bitmap(value, path)
        return self.record(records[0], value, path)

    def _bitmap(self, value: dict[str, Any], path: str) -> Bitmap:
        name = value.get("id")
        if not isinstance(name, str) or not name or len(value) > 1:
            raise RequestError(f"{path}: expected the id of a bitmap", field=path)
        return self._known.get(name) or Bitmap(None, id=name)


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Type of each field, limits left out."""
    hints = get_type_hints(kind)
    return {entry.name: hints[entry.name] for entry in fields(kind)}  # pyright: ignore[reportArgumentType]


def _is_missing(entry: Field[Any], given: dict[str, Any]) -> bool:
    has_default = entry.default is not MISSING or entry.default_factory is not MISSING
    return not has_default and entry.name not in given


def _texts(value: Any, path: str) -> tuple[str, ...]:  # noqa: ANN401
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise RequestError(f"{path}: expected a list of texts", field=path)
    return tuple(value)
