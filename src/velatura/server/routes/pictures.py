"""``/api/pictures`` and ``/api/bitmaps``: what jobs have made, and what they begin with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from PIL.PngImagePlugin import PngInfo
from starlette.concurrency import run_in_threadpool

from velatura.errors import PictureError, RequestError
from velatura.jobs import Job, JobPicture
from velatura.library.index.importing import COPIES
from velatura.metadata import Encoding, Story, read_story
from velatura.metadata.lineage import ancestry
from velatura.metadata.raster import encode_raster
from velatura.metadata.request_json import request_to_dict
from velatura.metadata.story import INFOTEXT_CHUNK
from velatura.records import bitmaps
from velatura.server.bodies import no_more, parse_object, take
from velatura.server.export import disposition, export_picture
from velatura.server.guard import JSON
from velatura.server.inputs import decode_base64, open_upload
from velatura.server.problems import Answer, Refusal
from velatura.server.routes.jobs import json_body
from velatura.server.studio import Studio, StudioDep

PictureId = Annotated[
    str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the picture's size and pixels.")
]
Format = Annotated[Literal["png", "jpeg", "webp"], Query(description="Of the file.")]
Quality = Annotated[int, Query(ge=1, le=100, description="Of JPEG and WebP.")]
HasStory = Annotated[bool, Query(description="Whether the file tells how it was made.")]
IsDownload = Annotated[bool, Query(description="Have browsers keep it rather than show it.")]

FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=31536000, immutable",
}
"""A picture runs nothing, and never changes: its address is what it is."""

KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
"""What files begin with, and what they are then; nothing else is served."""

SUFFIX_OF = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}

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
def file(
    picture_id: PictureId,
    studio: StudioDep,
    format: Format = "png",
    quality: Quality = 90,
    metadata: HasStory = True,
    download: IsDownload = False,
) -> Response:
    """The file of a picture, with its story in it: as it is, or in another format."""
    path, _ = studio.library.file(picture_id)
    if format == "png" and metadata:
        data = shown_file(studio, picture_id)
    else:
        opened = open_upload(library_file(studio, picture_id)[0], studio.config.bounds)
        encoding = Encoding(format=format, quality=quality)
        data = export_picture(opened, encoding, has_story=metadata).data
    kind = _kind(data)
    name = disposition(path.stem, SUFFIX_OF[kind], is_download=download)
    return Response(data, media_type=kind, headers={**FILE_HEADERS, "Content-Disposition": name})


@router.get("/api/pictures/{picture_id}")
def story(picture_id: PictureId, studio: StudioDep) -> StoryView:
    """How a finished picture was made."""
    told = read_story(library_file(studio, picture_id)[0])
    return StoryView(
        id=picture_id,
        job=studio.library.get(picture_id).job,
        infotext=told.text,
        request=request_to_dict(told.request) if told.request else None,
        models=[{"kind": it.kind, "name": it.name, "hash": it.hash} for it in told.models],
        remarks=list(told.remarks),
        parents=list(told.parents),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """What a picture file tells.

    ``request`` can be submitted as it is, once the pictures of the fields in ``missing`` were sent
    and named. It is complete where ``is_exact``; otherwise it was read off the infotext, and
    ``rest`` holds the fields that have no place in it.
    """

    id: str
    width: int
    height: int
    source: str
    infotext: str
    fields: dict[str, str]
    request: dict[str, Any] | None
    is_exact: bool
    missing: list[str]
    rest: dict[str, str]
    models: list[dict[str, str]]
    remarks: list[str]
    parents: list[str]


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
    return await run_in_threadpool(_keep, await _sent(request), studio)


@router.post("/api/pictures/read", openapi_extra=UPLOAD)
async def read(request: Request, studio: StudioDep) -> ToldView:
    """What a picture file tells of its making; its pixels are not kept."""
    return await run_in_threadpool(_told, await _sent(request), studio)


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


def library_file(studio: Studio, picture_id: str) -> tuple[bytes, bool]:
    """A file, and whether a job of ours wrote it.

    Raises:
        UnknownPicture: there is no such picture, or its file is gone.
    """
    path, place = studio.library.file(picture_id)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"the file of picture {picture_id[:12]} is gone", _GONE) from error
    return data, not place.root and not place.path.startswith(f"{COPIES}/")


def shown_file(studio: Studio, picture_id: str) -> bytes:
    """The file of a picture, as it may be shown: one that we did not write is written anew.

    Raises:
        UnknownPicture: there is no such picture, or its file is gone.
        PictureError: the file is damaged, or larger than what is shown.
    """
    data, is_ours = library_file(studio, picture_id)
    if is_ours:
        return data
    opened = open_upload(data, studio.config.bounds)
    told = PngInfo()
    if opened.story.text:
        told.add_itxt(INFOTEXT_CHUNK, opened.story.text)
    options = {"pnginfo": told, "icc_profile": opened.bitmap.profile or None}
    return encode_raster(opened.bitmap.array, "png", options)


def _kind(data: bytes) -> str:
    for beginning, kind in KINDS.items():
        if data.startswith(beginning):
            return kind
    raise PictureError("the file is no picture any more; it was changed by another program")


async def _sent(request: Request) -> bytes:
    """The picture file of a body, which may be JSON with the file in base64."""
    body = await request.body()
    if request.headers.get("content-type", JSON).partition(";")[0].strip() == JSON:
        values = parse_object(body)
        text = take(values, "image", str, "")
        no_more(values)
        body = await run_in_threadpool(decode_base64, text, "image")
    if not body:
        raise RequestError("image: missing; send a picture file", field="image")
    return body


def _keep(body: bytes, studio: Studio) -> BitmapView:
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


def _told(body: bytes, studio: Studio) -> ToldView:
    opened = open_upload(body, studio.config.bounds)
    story, (width, height) = opened.story, opened.bitmap.size
    return ToldView(
        id=opened.bitmap.id,
        width=width,
        height=height,
        source=story.source,
        infotext=story.text,
        fields=dict(story.infotext.fields),
        request=request_to_dict(story.request) if story.request else None,
        is_exact=story.is_exact,
        missing=_missing(story, studio),
        rest=story.rest,
        models=[{"kind": it.kind, "name": it.name, "hash": it.hash} for it in story.models],
        remarks=[*story.remarks, *opened.remarks],
        parents=list(story.parents),
    )


def _missing(story: Story, studio: Studio) -> list[str]:
    """Fields of a story's request whose pictures are not here; those that it carries are kept."""
    if story.request is None:
        return []
    for bitmap in ancestry(story.request):
        if bitmap.pixels is not None:
            studio.queue.keep_bitmap(bitmap)
    pool = studio.pool()
    missing: list[str] = []
    for name, bitmap in bitmaps(story.request):
        try:
            is_here = pool.find(bitmap.id) is not None
        except RequestError:  # a file may call anything an id
            is_here = False
        missing += [] if is_here else [name]
    return missing
