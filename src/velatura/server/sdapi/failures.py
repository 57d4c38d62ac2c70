"""Errors in A1111's words.

Statuses are the documented ones, but for one: what is the client's fault is never answered by 500.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from velatura.server.problems import Refusal, answer_to

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import Response

    from velatura.errors import VelaturaError

PREFIX = "/sdapi/"


def is_theirs(request: Request) -> bool:
    """Whether a request was put in this dialect."""
    return request.url.path.startswith(PREFIX)


def failed(error: VelaturaError) -> Response:
    """The answer to an error."""
    kind = "HTTPException" if isinstance(error, Refusal) else type(error).__name__
    body = {"error": kind, "detail": str(error), "body": "", "errors": str(error)}
    headers = error.headers if isinstance(error, Refusal) else {}
    return JSONResponse(body, answer_to(error).status, headers=headers)


def invalid(error: RequestValidationError) -> Response:
    """The answer to fields of wrong types, in the framework's form."""
    told = [
        {"loc": list(each["loc"]), "msg": each["msg"], "type": each["type"]}
        for each in error.errors()
    ]
    return JSONResponse({"detail": told}, 422)
