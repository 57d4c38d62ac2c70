"""``/api/pictures`` and ``/api/bitmaps``: what jobs have made, and what they begin with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from PIL.PngImagePlugin import PngInfo
from starlette.concurrency import run_in_threadpool

from velatura.errors import PictureError, RequestError
from velatura.jobs import Job, JobPicture
from velatura.library.index.importing import COPIES
from velatura.metadata import read_story
from velatura.metadata.raster import encode_raster
from velatura.metadata.request_json import request_to_dict
from velatura.metadata.story import INFOTEXT_CHUNK
from velatura.server.bodies import no_more, parse_object, take
from velatura.server.guard import JSON
from velatura.server.inputs import decode_base64, open_upload
from velatura.server.problems import Answer, Refusal
from velatura.server.routes.jobs import json_body
from velatura.server.studio import Studio, StudioDep

PictureId = Annotated[
    str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the picture's size and pixels.")
]
FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=31536000, immutable",
}
"""A picture runs nothing, and never changes: its address is what it is."""

KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
"""What files begin with, and what they are then; nothing else is served."""

_GONE = Answer(404, "No such picture", "List the jobs with GET /api/jobs.")

router = APIRouter(tags=["pictures"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """How a picture was made, as its file tells."""

    id: str
    job: str
    infotext: str
    request: dict[str, Any] | None
    models: list[dict[str, str]]
    remarks: list[str]
    parents: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BitmapView:
    """A picture that is kept for requests to begin with.

    ``request`` is how it was made, where its file told and its pixels are still those.
    """

    id: str
    width: int
    height: int
    infotext: str
    request: dict[str, Any] | None
    remarks: list[str]


@router.get("/api/pictures/{picture_id}/file", response_class=Response)
def file(picture_id: PictureId, studio: StudioDep) -> Response:
    """The file of a finished picture, with its story in it."""
    data = shown_file(studio, picture_id)
    return Response(data, media_type=_kind(data), headers=FILE_HEADERS)


@router.get("/api/pictures/{picture_id}")
def story(picture_id: PictureId, studio: StudioDep) -> StoryView:
    """How a finished picture was made."""
    told = read_story(_library_file(studio, picture_id)[0])
    return StoryView(
        id=picture_id,
        job=studio.library.get(picture_id).job,
        infotext=told.text,
        request=request_to_dict(told.request) if told.request else None,
        models=[{"kind": it.kind, "name": it.name, "hash": it.hash} for it in told.models],
        remarks=list(told.remarks),
        parents=list(told.parents),
    )


UPLOAD: dict[str, Any] = json_body(
    {"image": {"type": "string", "description": "A picture file in base64."}}, ["image"]
)
UPLOAD["requestBody"]["content"] |= {
    f"image/{kind}": {"schema": {"type": "string", "format": "binary"}}
    for kind in ("png", "jpeg", "webp", "tiff", "bmp")
}


@router.post("/api/bitmaps", status_code=201, openapi_extra=UPLOAD)
async def upload(request: Request, studio: StudioDep) -> BitmapView:
    """Keep a picture for requests to begin with: a picture file, or JSON with one in base64."""
    body = await request.body()
    is_json = request.headers.get("content-type", JSON).partition(";")[0].strip() == JSON
    return await run_in_threadpool(_keep, body, studio, is_json=is_json)


@router.get("/api/bitmaps/{picture_id}/file", response_class=Response)
def bitmap_file(picture_id: PictureId, studio: StudioDep) -> Response:
    """A picture that is kept for requests to begin with, as PNG."""
    if not studio.queue.has_bitmap(picture_id):
        raise Refusal(f"there is no bitmap {picture_id[:12]}", _GONE)
    data = encode_raster(studio.queue.bitmap(picture_id).array, "png", {})
    return Response(data, media_type="image/png", headers=FILE_HEADERS)


def picture_bytes(studio: Studio, job: Job, made: JobPicture) -> bytes:
    """The file of a picture that a job made.

    Raises:
        Refusal: 404, it was removed.
    """
    place = inside(studio.queue.folder.pictures, made.path)
    try:
        return place.read_bytes()
    except OSError as error:
        raise Refusal(
            f"the file of picture {made.id[:12]} of job {job.id} is gone", _GONE
        ) from error


def inside(folder: FilePath, path: str) -> FilePath:
    """A file's place within a folder, once every link is followed.

    Raises:
        Refusal: 404, it would be elsewhere.
    """
    home = folder.resolve()
    place = (home / path).resolve()
    if not place.is_relative_to(home):
        raise Refusal("this picture's file is not where pictures are", _GONE)
    return place


def shown_file(studio: Studio, picture_id: str) -> bytes:
    """The file of a picture, as it may be shown: one that we did not write is written anew.

    Raises:
        UnknownPicture: there is no such picture, or its file is gone.
        PictureError: the file is damaged, or larger than what is shown.
    """
    data, is_ours = _library_file(studio, picture_id)
    if is_ours:
        return data
    opened = open_upload(data, studio.config.bounds)
    told = PngInfo()
    if opened.story.text:
        told.add_itxt(INFOTEXT_CHUNK, opened.story.text)
    options = {"pnginfo": told, "icc_profile": opened.bitmap.profile or None}
    return encode_raster(opened.bitmap.array, "png", options)


def _library_file(studio: Studio, picture_id: str) -> tuple[bytes, bool]:
    """A file, and whether a job of ours wrote it."""
    path, place = studio.library.file(picture_id)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"the file of picture {picture_id[:12]} is gone", _GONE) from error
    return data, not place.root and not place.path.startswith(f"{COPIES}/")


def _kind(data: bytes) -> str:
    for beginning, kind in KINDS.items():
        if data.startswith(beginning):
            return kind
    raise PictureError("the file is no picture any more; it was changed by another program")


def _keep(body: bytes, studio: Studio, *, is_json: bool) -> BitmapView:
    if is_json:
        values = parse_object(body)
        text = take(values, "image", str, "")
        no_more(values)
        body = decode_base64(text, "image")
    if not body:
        raise RequestError("image: missing; send a picture file", field="image")
    opened = open_upload(body, studio.config.bounds)
    studio.queue.keep_bitmap(opened.bitmap)
    origin = opened.bitmap.origin
    width, height = opened.bitmap.size
    return BitmapView(
        id=opened.bitmap.id,
        width=width,
        height=height,
        infotext=opened.story.text,
        request=request_to_dict(origin.request) if origin else None,
        remarks=list(opened.remarks),
    )
