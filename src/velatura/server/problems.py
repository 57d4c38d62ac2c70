"""Errors as answers: the tree of :mod:`velatura.errors` mapped to status codes, in one table.

The body is that of RFC 9457 (``application/problem+json``), with the field that is to blame and
what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse

from velatura import errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a kind of error is answered: the status, a title, what to do."""

    status: int
    title: str
    remedy: str


ANSWERS: dict[type[errors.VelaturaError], Answer] = {
    errors.UnknownJob: Answer(404, "No such job", "List the jobs with GET /api/jobs."),
    errors.UnknownRun: Answer(404, "No such workflow", "List them with GET /api/workflows."),
    errors.WrongStatus: Answer(409, "The job's status forbids it", "Look at the job first."),
    errors.KeyTaken: Answer(409, "Idempotency key taken", "Use a new key for a new request."),
    errors.QueueFull: Answer(429, "Too many jobs wait", "Wait for some to end, or cancel some."),
    errors.JobError: Answer(409, "The queue refuses", "Look at the job first."),
    errors.UnknownPicture: Answer(404, "No such picture", "Search with GET /api/pictures."),
    errors.UnknownCollection: Answer(
        404, "No such collection", "List them with GET /api/library/collections."
    ),
    errors.ImportRunning: Answer(409, "An import is running", "Wait for its end."),
    errors.LibraryError: Answer(409, "The library refuses", "Search with GET /api/pictures."),
    errors.UnknownModel: Answer(422, "No such model", "Choose one that GET /api/options lists."),
    errors.ModelError: Answer(422, "The model cannot be used", "Choose another model."),
    errors.PromptError: Answer(422, "The prompt cannot be read", "Correct it at the position."),
    errors.PictureError: Answer(422, "The picture cannot be read", "Send a PNG, JPEG or WebP."),
    errors.WorkflowError: Answer(422, "Not such a workflow", "Correct it at the place named."),
    errors.RequestError: Answer(422, "The request cannot be carried out", "Correct the field."),
    errors.DiskFull: Answer(507, "The disk is full", "Free some space; nothing was lost."),
    errors.OutputError: Answer(507, "A file cannot be written", "Check the data folder."),
    errors.DatabaseFull: Answer(507, "The disk is full", "Free some space; nothing was lost."),
    errors.DatabaseError: Answer(
        503, "The database cannot be used", "See the message; then retry."
    ),
    errors.EngineError: Answer(503, "The machine could not do it", "Try a smaller size or batch."),
    errors.VelaturaError: Answer(422, "Refused", "See the message."),
}
"""By the error's class; for one that is not here, by the nearest class above it."""


class Refusal(errors.RequestError):
    """An answer that only HTTP knows: no login, too large, wrong type of content.

    Attributes:
        answer: Status, title and remedy.
        headers: Headers of the response.
    """

    def __init__(
        self, message: str, answer: Answer, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.answer = answer
        self.headers = dict(headers or {})


def answer_to(error: errors.VelaturaError) -> Answer:
    """How an error is answered."""
    if isinstance(error, Refusal):
        return error.answer
    return next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)


def problem(error: errors.VelaturaError, choices: Sequence[str] = ()) -> JSONResponse:
    """The response to an error.

    Args:
        error: What went wrong.
        choices: What could have been named instead.
    """
    answer = answer_to(error)
    body: dict[str, Any] = {
        "type": f"urn:velatura:{type(error).__name__}",
        "title": answer.title,
        "status": answer.status,
        "detail": str(error),
        "field": error.field,
        "remedy": answer.remedy,
    }
    if isinstance(error, errors.TextError):
        body["position"] = error.position
    if choices:
        body["choices"] = list(choices)
    headers = error.headers if isinstance(error, Refusal) else {}
    return JSONResponse(body, answer.status, headers=headers, media_type=MEDIA_TYPE)
