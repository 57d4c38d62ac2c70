"""``/api/workflows``: chains of stages, each a job once what it begins with is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from velatura.errors import RequestError
from velatura.metadata import read_story
from velatura.server.bodies import Body, no_more, take
from velatura.server.routes.jobs import PRIORITY, Key, json_body
from velatura.server.routes.pictures import PictureId, library_file
from velatura.server.studio import Studio, StudioDep
from velatura.server.views import PictureView, view_picture
from velatura.workflows import (
    Workflow,
    extract_workflow,
    format_workflow,
    parse_workflow,
    workflow_schema,
)
from velatura.workflows.runs import Run, RunStatus
from velatura.workflows.yaml_text import parse_yaml

RunId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Id of a submitted workflow.")]
Before = Annotated[int | None, Query(ge=0, le=2**62, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Workflows of a page.")]

router = APIRouter(tags=["workflows"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """A stage: ``inputs`` names stages and images by field.

    ``status`` is that of its job, or "waiting" before it is one; ``picked`` is the picture that
    goes on to later stages.
    """

    name: str
    kind: str
    inputs: dict[str, str]
    pick: int
    status: str
    job: str | None
    pictures: list[PictureView]
    picked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A workflow that was submitted; times are seconds since 1970, UTC.

    A failed one goes on if its failed job is tried again. ``failure`` tells why a stage could not
    become a job.
    """

    id: str
    status: RunStatus
    submitted: float
    ended: float | None
    failure: str
    result: str
    stages: list[StageView]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsView:
    """Some of many; ask with ``next`` as ``before`` for those that follow."""

    workflows: list[RunView]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A workflow that can be carried out: its stages in their order."""

    order: list[str]
    result: str
    pictures: int
    remarks: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """The workflow that makes a picture.

    ``yaml`` carries its images along, ``workflow`` names them by id; those in ``missing`` are
    neither in the picture's file nor kept here.
    """

    yaml: str
    workflow: dict[str, Any]
    missing: list[str]
    remarks: list[str]


DOCUMENT: dict[str, Any] = {
    "workflow": {
        "anyOf": [{"type": "string"}, {"type": "object"}],
        "description": "The document as YAML, or as the same in JSON.",
    }
}


@router.post(
    "/api/workflows",
    status_code=201,
    openapi_extra=json_body(DOCUMENT | {"priority": PRIORITY}, ["workflow"]),
)
def submit(body: Body, studio: StudioDep, response: Response, key: Key = None) -> RunView:
    """Carry out a workflow: its stages become jobs, those that wait for others later on."""
    priority: int = take(body, "priority", int, 0)
    workflow = _workflow(body, studio)
    run = studio.runs.submit(workflow, key=key, priority=priority)
    response.headers["Location"] = f"/api/workflows/{run.id}"
    return _view(run)


@router.post("/api/workflows/check", openapi_extra=json_body(DOCUMENT, ["workflow"]))
def check(body: Body, studio: StudioDep) -> CheckView:
    """Say whether a workflow can be carried out here; nothing is kept."""
    workflow = _workflow(body, studio)
    studio.runs.check(workflow)
    return CheckView(
        order=list(workflow.order),
        result=workflow.last,
        pictures=sum(workflow.stages[name].count for name in workflow.order),
        remarks=list(workflow.remarks),
    )


@router.get("/api/workflows")
def newest(studio: StudioDep, before: Before = None, limit: Limit = 20) -> RunsView:
    """The workflows that were submitted, the latest first."""
    found = studio.runs.newest(before=before, limit=limit)
    following = found[-1].number if len(found) == limit else None
    return RunsView(workflows=[_view(run) for run in found], next=following)


@router.get("/api/workflows/schema")
def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return workflow_schema()


@router.get("/api/workflows/{run_id}")
def get(run_id: RunId, studio: StudioDep) -> RunView:
    """One workflow, and how far it is."""
    return _view(studio.runs.get(run_id))


@router.post("/api/workflows/{run_id}/cancel")
def cancel(run_id: RunId, studio: StudioDep) -> RunView:
    """Give a workflow up, with those of its jobs that are not at their end."""
    return _view(studio.runs.cancel(run_id))


@router.get("/api/pictures/{picture_id}/workflow")
def of_picture(picture_id: PictureId, studio: StudioDep) -> ChainView:
    """The workflow that makes a picture, out of the story in its file."""
    extracted = extract_workflow(read_story(library_file(studio, picture_id)[0]))
    text = format_workflow(extracted.workflow)
    document = parse_yaml(text).value
    pool = studio.pool()
    missing: list[str] = []
    for name, bitmap in extracted.workflow.images.items():
        document["images"][name] = {"id": bitmap.id}
        if bitmap.pixels is not None:
            studio.queue.keep_bitmap(bitmap)
        elif pool.find(bitmap.id) is None:
            missing.append(name)
    return ChainView(yaml=text, workflow=document, missing=missing, remarks=list(extracted.remarks))


def _workflow(body: dict[str, Any], studio: Studio) -> Workflow:
    """The workflow of a body."""
    given = body.pop("workflow", None)
    no_more(body)
    if not isinstance(given, (str, dict)) or not given:
        raise RequestError(
            "workflow: expected a document, as YAML or as an object", field="workflow"
        )
    text = given if isinstance(given, str) else json.dumps(given)
    return parse_workflow(text, find=studio.pool().find)


def _view(run: Run) -> RunView:
    return RunView(
        id=run.id,
        status=run.status,
        submitted=run.submitted,
        ended=run.ended,
        failure=run.failure,
        result=run.plan.result,
        stages=[_stage(run, name) for name in run.plan.order],
    )


def _stage(run: Run, name: str) -> StageView:
    stage, job = run.plan.stages[name], run.jobs.get(name)
    made = job.pictures if job else ()
    return StageView(
        name=name,
        kind=stage.request.kind,
        inputs=stage.inputs,
        pick=stage.pick,
        status=job.status if job else "waiting",
        job=job.id if job else None,
        pictures=[view_picture(each) for each in made],
        picked=made[stage.pick - 1].id if len(made) >= stage.pick else None,
    )
