"""``/api/jobs``: requests in the queue."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from velatura.errors import RequestError, concerning
from velatura.jobs import Status
from velatura.records import REQUESTS
from velatura.records import Request as Record
from velatura.records.schema import RecordSchemas, object_schema
from velatura.server.bodies import Body, no_more, take
from velatura.server.studio import StudioDep
from velatura.server.views import JobView, PageView, view_job, view_page

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Id of a job.")]
Cursor = Annotated[str, Query(max_length=100, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500, description="Jobs of a page.")]
Statuses = Annotated[
    list[Status] | None, Query(alias="status", description="Only those in one of these.")
]
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="Makes sending it again harmless."),
]

SCHEMAS = RecordSchemas(
    object_schema({"id": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}, ["id"]),
    "#/components/schemas/",
)
REQUEST_SCHEMAS = {record.__name__: SCHEMAS.of(record) for record in REQUESTS.values()}
"""Schemas of the requests, made of the records."""

REQUEST: dict[str, Any] = {
    "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in REQUEST_SCHEMAS],
    "description": "What to make; its kind is txt2img where none is given.",
}
PRIORITY = {"type": "integer", "minimum": -1_000_000, "maximum": 1_000_000, "default": 0}


def json_body(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """What the OpenAPI document says of a body that a route reads by itself."""
    schema = object_schema(properties, required)
    return {"requestBody": {"content": {"application/json": {"schema": schema}}, "required": True}}


MOST_AT_ONCE = 1000
"""Requests of one submission."""

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


@router.post(
    "",
    status_code=201,
    openapi_extra=json_body({"request": REQUEST, "priority": PRIORITY}, ["request"]),
)
def submit(body: Body, studio: StudioDep, response: Response, key: Key = None) -> JobView:
    """Put a request into the queue. Once this answers, no crash loses it."""
    priority = take(body, "priority", int, 0)
    values = take(body, "request", dict)
    no_more(body)
    if values is None:
        raise RequestError("request: missing; send what to make", field="request")
    request = studio.read_request(values)
    job = studio.queue.submit(request, key=key, priority=priority)
    response.headers["Location"] = f"/api/jobs/{job.id}"
    return view_job(job)


MANY = {
    "requests": {"type": "array", "items": REQUEST, "maxItems": MOST_AT_ONCE},
    "priority": PRIORITY,
}


@router.post("/many", status_code=201, openapi_extra=json_body(MANY, ["requests"]))
def submit_many(body: Body, studio: StudioDep) -> list[JobView]:
    """Put many requests into the queue at once: all or none, and quicker than one by one."""
    priority = take(body, "priority", int, 0)
    values: list[Any] = take(body, "requests", list, [])
    no_more(body)
    if not 1 <= len(values) <= MOST_AT_ONCE:
        raise RequestError(
            f"requests: expected from 1 to {MOST_AT_ONCE}, got {len(values)}", field="requests"
        )
    requests: list[Record] = []
    pool = studio.pool()
    for index, each in enumerate(values):
        with concerning(f"requests[{index}]"):
            requests.append(studio.read_request(each, pool))
    return [view_job(job) for job in studio.queue.submit_all(requests, priority=priority)]


@router.get("")
def newest(
    studio: StudioDep,
    statuses: Statuses = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> PageView:
    """Jobs, the latest first."""
    return view_page(studio.queue.newest(statuses=statuses or (), limit=limit, cursor=cursor))


@router.get("/waiting")
def waiting(studio: StudioDep, cursor: Cursor = "", limit: Limit = 50) -> PageView:
    """The waiting jobs, the next one first."""
    return view_page(studio.queue.in_turn(limit=limit, cursor=cursor))


@router.get("/{job_id}")
def get(job_id: JobId, studio: StudioDep) -> JobView:
    """One job."""
    return view_job(studio.queue.get(job_id))


@router.get("/{job_id}/preview", response_class=Response)
def preview(job_id: JobId, studio: StudioDep) -> Response:
    """What a running job looks like, as a PNG of a pixel for each latent cell; 204 before that."""
    data = studio.queue.preview(job_id)
    if data is None:
        return Response(status_code=204)
    return Response(data, media_type="image/png")


@router.post("/{job_id}/cancel")
def cancel(job_id: JobId, studio: StudioDep) -> JobView:
    """Give a job up: at once if it waits, after the sampling step in hand if it runs."""
    return view_job(studio.queue.cancel(job_id))


@router.post("/{job_id}/retry")
def retry(job_id: JobId, studio: StudioDep) -> JobView:
    """Put a failed or cancelled job at the end of the queue again."""
    return view_job(studio.queue.retry(job_id))


MOVE = {"before": {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "priority": PRIORITY}


@router.post("/{job_id}/move", openapi_extra=json_body(MOVE, []))
def move(job_id: JobId, body: Body, studio: StudioDep) -> JobView:
    """Put a waiting job right before another one, or behind the others of a priority."""
    before = take(body, "before", str)
    priority = take(body, "priority", int)
    no_more(body)
    if (before is None) == (priority is None):
        raise RequestError("before: give either a job to go before, or a priority", field="before")
    if before is not None:
        return view_job(studio.queue.move_before(job_id, before))
    return view_job(studio.queue.prioritise(job_id, priority))
