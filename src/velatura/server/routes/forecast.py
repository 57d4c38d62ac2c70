"""``/api/forecast``: what a request will take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from velatura.errors import RequestError
from velatura.records import REQUESTS, Bitmap, bitmap_fields
from velatura.server.bodies import Body, no_more, take
from velatura.server.inputs import with_inputs
from velatura.server.routes.jobs import REQUEST, json_body
from velatura.server.studio import StudioDep

if TYPE_CHECKING:
    from velatura.server.pool import Pool

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
    """What a request will take. Nothing is made, and nothing put into the queue.

    Of a picture to begin with that was not sent yet the size is enough, as width and height.
    """
    values = take(body, "request", dict)
    no_more(body)
    if values is None:
        raise RequestError("request: missing; send what to forecast", field="request")
    pool = studio.pool()
    values = _with_blanks(values, pool, studio.config.bounds.input_pixels)
    # The size of what is begun with counts; pictures that were sent are remembered without pixels.
    request = with_inputs(studio.read_request(values, pool), studio.queue.bitmap)
    found = studio.models.forecast(request)
    return ForecastView(
        seconds=found.seconds,
        loading_seconds=found.loading_seconds,
        peak_bytes=found.peak_bytes,
        is_seen=found.is_seen,
    )


def _with_blanks(values: dict[str, Any], pool: Pool, most: int) -> dict[str, Any]:
    """The request with a blank picture, lent by the pool, wherever only a size is told.

    Raises:
        RequestError: the size is none, or has more pixels than these.
    """
    blanks: dict[str, Any] = {}
    for name in frozenset[str]().union(*map(bitmap_fields, REQUESTS.values())) & values.keys():
        told = values[name]
        if _is_size(told):
            blank = _blank(told, most, f"request.{name}")
            pool.lend(blank)
            blanks[name] = {"id": blank.id}
    return values | blanks


def _is_size(told: Any) -> bool:  # noqa: ANN401
    return isinstance(told, dict) and told.keys() == {"width", "height"}


def _blank(told: dict[str, Any], most: int, field: str) -> Bitmap:
    import numpy as np  # the first answer need not wait for it

    width, height = told["width"], told["height"]
    is_whole = type(width) is int and type(height) is int
    if not is_whole or min(width, height) < 1 or width * height > most:
        raise RequestError(
            f"{field}: expected a size of 1 to {most} pixels, got {width!r} x {height!r}",
            field=field,
        )
    return Bitmap(np.zeros((height, width, 1), np.uint8))
