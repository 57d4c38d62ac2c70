"""Bodies of requests: JSON read strictly, so that nothing odd gets past the door.

Numbers that are not finite or beyond all measure, texts that no encoding can hold, and documents
nested without end are refused here, once for all routes.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from fastapi import Depends, Request

from velatura.errors import RequestError
from velatura.server.problems import Answer, Refusal

LONGEST_NUMBER = 24
"""Digits of a whole number: enough for 64 bits."""

_NO_JSON = Answer(400, "The body is no JSON", "Send a JSON object as application/json.")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object that a request brings; empty where it brings nothing."""
    return parse_object(await request.body())


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body.

    Raises:
        RequestError: it is none, or holds what no request can.
    """
    if not body.strip():
        return {}
    try:
        value = json.loads(body, parse_int=_whole, parse_float=_finite, parse_constant=_constant)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(f"body: not readable as JSON: {error}", _NO_JSON) from error
    if not isinstance(value, dict):
        raise Refusal("body: expected a JSON object", _NO_JSON)
    return value


def take(body: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:  # noqa: ANN401
    """A field of a body, taken out of it; the default where it is not there.

    Raises:
        RequestError: it is of another type.
    """
    value = body.pop(name, default)
    is_bool = isinstance(value, bool) and kind is not bool
    if value is not default and (is_bool or not isinstance(value, kind)):
        raise RequestError(
            f"{name}: expected {kind.__name__}, got {type(value).__name__}", field=name
        )
    return value


def no_more(body: dict[str, Any]) -> None:
    """Refuse fields that nobody asked for.

    Raises:
        RequestError: naming the first.
    """
    if body:
        name = next(iter(body))
        raise RequestError(f"{name[:80]}: unknown field", field=name[:80])


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number beyond all measure")
    return value


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


Body = Annotated[dict[str, Any], Depends(read_object)]
"""A route's parameter: the JSON object that came with the request."""
