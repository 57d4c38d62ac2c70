"""Requests as JSON: every setting, with the version of the format.

Unlike the infotext it loses nothing. Settings that are missing have their defaults, so older files
stay readable; unknown ones are refused, so nothing is dropped unseen.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from velatura.errors import RequestError
from velatura.records import Txt2Img

FORMAT = 1
"""Version of the format; a reader refuses newer ones."""

VERSION_KEY = "velatura"


def request_to_json(request: Txt2Img) -> str:
    """The request as JSON, ASCII only."""
    return json.dumps(request_to_dict(request))


def request_from_json(text: str) -> Txt2Img:
    """The request that :func:`request_to_json` wrote.

    Raises:
        RequestError: not JSON, of a newer version, or with settings or values that cannot be.
    """
    return request_from_dict(read_json(text))


def request_to_dict(request: Txt2Img) -> dict[str, Any]:
    """The request as plain values, as they stand in JSON."""
    return {VERSION_KEY: FORMAT, **asdict(request)}


def request_from_dict(values: object) -> Txt2Img:
    """The request of :func:`request_to_dict`.

    Raises:
        RequestError: see :func:`request_from_json`.
    """
    if not isinstance(values, dict):
        raise RequestError("request: expected a JSON object with the settings of a request")
    settings: dict[str, Any] = dict(values)
    check_version(settings.pop(VERSION_KEY, FORMAT))
    return _record(Txt2Img, settings, "request")


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


def _record(kind: type, values: dict[str, Any], path: str) -> Any:  # noqa: ANN401
    """A record of ``kind`` made of plain values; the record checks its own limits."""
    hints = _hints(kind)
    if unknown := sorted(str(name) for name in values if name not in hints):
        raise RequestError(f"{path}: unknown setting {unknown[0]!r}", field=unknown[0])
    return kind(**{name: _value(hints[name], value, name) for name, value in values.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Type of each field, limits left out."""
    hints = get_type_hints(kind)
    return {entry.name: hints[entry.name] for entry in fields(kind)}  # pyright: ignore[reportArgumentType]


def _value(hint: Any, value: Any, path: str) -> Any:  # noqa: ANN401
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is tuple:
        return _texts(value, path)
    records = [kind for kind in (hint, *get_args(hint)) if is_dataclass(kind)]
    if records and value is not None:
        if not isinstance(value, dict):
            raise RequestError(f"{path}: expected an object of settings", field=path)
        return _record(records[0], value, path)  # pyright: ignore[reportArgumentType]
    return value


def _texts(value: Any, path: str) -> tuple[str, ...]:  # noqa: ANN401
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise RequestError(f"{path}: expected a list of texts", field=path)
    return tuple(value)
