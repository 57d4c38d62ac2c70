"""``/v1``: OpenAI's images API, for the clients that speak it.

The token is their API key. Calls block until the pictures are there; behind them is the same queue
as behind our own interface.
"""

from __future__ import annotations

import base64
import time
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from velatura.errors import RequestError, UnknownModel
from velatura.metadata import encode_picture
from velatura.records import Bitmap
from velatura.records import Request as Record
from velatura.server.bodies import Body
from velatura.server.inputs import open_upload
from velatura.server.openai.asked import CHOICES, Asked, editing, painting, read_asked
from velatura.server.routes.jobs import json_body
from velatura.server.sdapi.calls import Call, Made
from velatura.server.studio import Studio, StudioDep

router = APIRouter(prefix="/v1", tags=["OpenAI"])

FIELDS: dict[str, Any] = {
    "prompt": {"type": "string", "minLength": 1, "maxLength": 32000},
    "model": {"type": "string"},
    "n": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
    "size": {"type": "string", "default": "auto"},
    "output_compression": {"type": "integer", "minimum": 0, "maximum": 100},
    "user": {"type": "string"},
    **{name: {"enum": list(choices)} for name, choices in CHOICES.items()},
}
FILE = {"type": "string", "format": "binary"}
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {**FIELDS, "image": FILE, "mask": FILE},
                    "required": ["image", "prompt"],
                }
            }
        },
    }
}
MOST_PARTS = 40
MADE_BY = "velatura"


@router.get("/models")
def models(studio: StudioDep) -> dict[str, Any]:
    """The checkpoints."""
    stems = studio.models.catalogue().stems("checkpoint")
    return {"object": "list", "data": [_model(stem) for stem in stems]}


@router.get("/models/{name:path}")
def model(name: str, studio: StudioDep) -> dict[str, Any]:
    """One checkpoint."""
    if name not in studio.models.catalogue().stems("checkpoint"):
        raise UnknownModel(f"the model {name[:80]!r} does not exist; see GET /v1/models")
    return _model(name)


@router.post("/images/generations", openapi_extra=json_body(FIELDS, ["prompt"]))
async def generations(body: Body, request: Request, studio: StudioDep) -> dict[str, Any]:
    """Paint pictures from words."""
    asked = read_asked(body)
    return await _paint(asked, painting(asked), request, studio)


@router.post("/images/edits", openapi_extra=FORM)
async def edits(request: Request, studio: StudioDep) -> dict[str, Any]:
    """Paint a picture anew where it, or its mask, is transparent."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise RequestError("image: expected a form (multipart/form-data) with the picture's file")
    async with request.form(max_files=MOST_PARTS, max_fields=MOST_PARTS) as form:
        fields, files = await _parts(form)
    if "image" not in files:
        raise RequestError("image: missing; send a picture file", field="image")
    asked = read_asked(fields)
    record = await run_in_threadpool(_edited, asked, files, studio)
    return await _paint(asked, record, request, studio)


def _edited(asked: Asked, files: dict[str, bytes], studio: Studio) -> Record:
    opened: dict[str, Bitmap] = {
        name: open_upload(data, studio.config.bounds, name).bitmap for name, data in files.items()
    }
    return editing(asked, opened["image"], opened.get("mask"))


async def _paint(asked: Asked, record: Record, request: Request, studio: Studio) -> dict[str, Any]:
    (made,) = await Call(studio).paint([record])
    data = await run_in_threadpool(_answers, asked, made, str(request.base_url))
    return {"created": int(time.time()), "data": data}


def _answers(asked: Asked, made: list[Made], base: str) -> list[dict[str, str]]:
    if asked.is_url:
        return [{"url": f"{base}api/pictures/{each.picture.id}/file"} for each in made]
    return [{"b64_json": base64.b64encode(_file(asked, each)).decode()} for each in made]


def _file(asked: Asked, made: Made) -> bytes:
    """The picture's file, with its story, in the format asked for."""
    if asked.encoding.format == "png":
        return made.data
    return encode_picture(made.picture, asked.encoding).data


async def _parts(form: FormData) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Fields and files of a form; ``image[]``, which some clients send, is ``image``."""
    fields: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for key, value in form.multi_items():
        name = key.removesuffix("[]")
        if name in fields or name in files:
            raise RequestError(f"{name[:80]}: sent twice; one is taken", field=name[:80])
        if not isinstance(value, UploadFile):
            fields[name] = value
        elif name in ("image", "mask"):
            files[name] = await value.read()
        else:
            raise RequestError(f"{name[:80]}: unknown file", field=name[:80])
    return fields, files


def _model(stem: str) -> dict[str, Any]:
    return {"id": stem, "object": "model", "created": 0, "owned_by": MADE_BY}
