"""Errors in OpenAI's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from velatura import errors
from velatura.server.problems import Refusal, answer_to

if TYPE_CHECKING:
    from starlette.responses import Response

PREFIX = "/v1/"

CODES: dict[int, str] = {
    400: "invalid_value",
    401: "invalid_api_key",
    404: "not_found",
    429: "rate_limit_exceeded",
}
"""By status; other errors have none."""


def is_theirs(path: str) -> bool:
    """Whether a request was put in this dialect."""
    return path.startswith(PREFIX)


def failed(error: errors.VelaturaError) -> Response:
    """The answer to an error: what we answer with 422 is 400 here."""
    status = 404 if isinstance(error, errors.UnknownModel) else answer_to(error).status
    status = 400 if status == 422 else status
    code = "model_not_found" if isinstance(error, errors.UnknownModel) else CODES.get(status)
    told = {
        "message": str(error),
        "type": "server_error" if status >= 500 else "invalid_request_error",
        "param": error.field or None,
        "code": code,
    }
    headers = error.headers if isinstance(error, Refusal) else {}
    return JSONResponse({"error": told}, status, headers=headers)
