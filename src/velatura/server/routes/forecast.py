"""``/api/forecast``: what a request will take."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from velatura.errors import RequestError
from velatura.server.bodies import Body, no_more, take
from velatura.server.inputs import with_inputs
from velatura.server.routes.jobs import REQUEST, json_body
from velatura.server.studio import StudioDep

router = APIRouter(prefix="/api/forecast", tags=["jobs"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastView:
    """What a request will take on this machine, by its earlier runs.

    ``seconds`` are those of its work, null where one of its models was never run here;
    ``loading_seconds`` are added where its checkpoint is not in memory; ``peak_bytes`` is the most
    memory of the worker's process. ``is_seen`` tells whether the very sizes were run before.
    """

    seconds: float | None
    loading_seconds: float | None
    peak_bytes: int | None
    is_seen: bool


@router.post("", openapi_extra=json_body({"request": REQUEST}, ["request"]))
def forecast(body: Body, studio: StudioDep) -> ForecastView:
    """What a request will take. Nothing is made, and nothing put into the queue."""
    values = take(body, "request", dict)
    no_more(body)
    if values is None:
        raise RequestError("request: missing; send what to forecast", field="request")
    # The size of what is begun with counts; pictures that were sent are remembered without pixels.
    request = with_inputs(studio.read_request(values), studio.queue.bitmap)
    found = studio.models.forecast(request)
    return ForecastView(
        seconds=found.seconds,
        loading_seconds=found.loading_seconds,
        peak_bytes=found.peak_bytes,
        is_seen=found.is_seen,
    )
