"""Requests as JSON: every setting, with the version of the format.

Unlike the infotext it loses nothing. Settings that are missing have their defaults, so older files
stay readable; unknown ones are refused, so nothing is dropped unseen. Bitmaps stand in it by their
ids, ``{"id": "..."}``; their pixels are kept beside the JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from velatura.errors import RequestError
from velatura.records import REQUESTS
from velatura.records.plain import Reader, read_json, to_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from velatura.records import Bitmap, Painting, Request

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
    return request_from_dict(read_json(text, "request"), known)


def request_to_dict(request: Request | Painting) -> dict[str, Any]:
    """The request as plain values, as they stand in JSON."""
    return {VERSION_KEY: FORMAT, **to_plain(request)}


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
    return Reader(known).record(REQUESTS[kind], settings, "", what="request")


def check_version(version: object, newest: int = FORMAT) -> None:
    """Refuse a format this program does not know.

    Args:
        version: What the text states.
        newest: The newest format known.

    Raises:
        RequestError: naming both versions.
    """
    if not isinstance(version, int) or not 1 <= version <= newest:
        raise RequestError(
            f"{VERSION_KEY}: format {version!r} is not known here (up to {newest}); "
            "update Velatura to read it"
        )
