"""``/api/pictures`` as a library: found, marked, put away; and ``/api/library`` around it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from velatura.errors import RequestError
from velatura.library.index import Entry, Label, Library, Marks
from velatura.library.index.entries import FARTHEST
from velatura.library.index.marks import LONGEST_LABEL
from velatura.server.bodies import Body, no_more, take
from velatura.server.imports import ImportState
from velatura.server.routes.jobs import json_body
from velatura.server.routes.pictures import FILE_HEADERS, PictureId
from velatura.server.studio import StudioDep

Words = Annotated[
    str, Query(max_length=2000, description="What to look for, in the language of searches.")
]
Order = Annotated[Literal["newest", "oldest", "rating"], Query(description="What comes first.")]
Cursor = Annotated[str, Query(max_length=100, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500, description="Pictures of a page.")]
Skip = Annotated[
    int, Query(ge=0, le=FARTHEST, description="Pictures to pass over before the first.")
]
SideLength = Annotated[Literal["128", "256", "512"], Query(description="The longer side.")]

router = APIRouter(tags=["library"])


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """A picture in the library. Times are seconds since 1970, UTC.

    ``seed`` is a text, as JavaScript's numbers do not hold all seeds. ``state`` is "here", "trash",
    or "gone" where its file is.
    """

    id: str
    state: str
    made: float
    added: float
    trashed: float | None
    width: int
    height: int
    kind: str
    checkpoint: str
    sampler: str
    seed: str | None
    steps: int | None
    cfg: float | None
    rating: int
    flag: str
    job: str
    prompt: str
    loras: list[str]
    tags: list[str]
    collections: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesView:
    """Some of many pictures; ask with ``next`` as the cursor for those that follow."""

    pictures: list[EntryView]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """How many there were."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelView:
    """A tag or a collection, with how many of its pictures are shown."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeView:
    """``child`` was made from ``parent``; ``role`` is the request's field that named it."""

    child: str
    parent: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyView:
    """What a picture was made from, and what was made from it; ``known`` are in the library."""

    edges: list[EdgeView]
    known: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """An import; ``seen`` files were met, ``problems`` tells what was wrong with which."""

    folder: str
    is_running: bool
    seen: int
    unchanged: int
    added: int
    broken: int
    gone: int
    skipped: int
    problems: list[str]
    error: str


@router.get("/api/pictures")
def search(
    studio: StudioDep,
    query: Words = "",
    order: Order = "newest",
    cursor: Cursor = "",
    limit: Limit = 50,
    skip: Skip = 0,
) -> EntriesView:
    """Pictures that a query finds, page by page; an empty one finds all that are shown."""
    page = studio.library.search(query, order=order, cursor=cursor, limit=limit, skip=skip)
    return EntriesView(pictures=[_view(entry) for entry in page.entries], next=page.next)


@router.get("/api/library/count")
def count(studio: StudioDep, query: Words = "") -> CountView:
    """How many pictures a query finds."""
    return CountView(count=studio.library.count(query))


@router.get("/api/pictures/{picture_id}/entry")
def entry(picture_id: PictureId, studio: StudioDep) -> EntryView:
    """One picture, as lists show it."""
    return _view(studio.library.get(picture_id))


@router.get("/api/pictures/{picture_id}/thumbnail", response_class=Response)
def thumbnail(picture_id: PictureId, studio: StudioDep, side: SideLength = "256") -> Response:
    """A small picture, as WebP."""
    data = studio.library.thumbnail(picture_id, int(side))
    return Response(data, media_type="image/webp", headers=FILE_HEADERS)


@router.get("/api/pictures/{picture_id}/lineage")
def lineage(picture_id: PictureId, studio: StudioDep) -> FamilyView:
    """Where a picture comes from, and what was made from it."""
    family = studio.library.family(picture_id)
    edges = [EdgeView(child=it.child, parent=it.parent, role=it.role) for it in family.edges]
    return FamilyView(edges=edges, known=sorted(family.known))


IDS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1000,
    "items": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
NAME = {"type": "string", "minLength": 1, "maxLength": LONGEST_LABEL}
NAMES = {"type": "array", "maxItems": 100, "items": NAME}
MARKS: dict[str, Any] = {
    "rating": {"type": "integer", "minimum": 0, "maximum": 5},
    "flag": {"enum": ["", "pick", "reject"]},
    "tag": NAMES,
    "untag": NAMES,
    "collect": NAME,
    "scatter": NAME,
}


@router.post("/api/pictures/mark", openapi_extra=json_body({"ids": IDS, **MARKS}, ["ids"]))
def mark(body: Body, studio: StudioDep) -> list[EntryView]:
    """Rate pictures, flag or tag them, put them into a collection or take them out of one."""
    ids = _ids(body)
    asked = Marks(
        rating=take(body, "rating", int),
        flag=take(body, "flag", str),
        tag=_names(body, "tag"),
        untag=_names(body, "untag"),
        collect=take(body, "collect", str),
        scatter=take(body, "scatter", str),
    )
    no_more(body)
    studio.library.mark(ids, asked)
    return _views(studio.library, ids)


@router.post("/api/pictures/trash", openapi_extra=json_body({"ids": IDS}, ["ids"]))
def trash(body: Body, studio: StudioDep) -> list[EntryView]:
    """Put pictures into the trash."""
    ids = _ids(body)
    no_more(body)
    studio.library.trash(ids)
    return _views(studio.library, ids)


@router.post("/api/pictures/restore", openapi_extra=json_body({"ids": IDS}, ["ids"]))
def restore(body: Body, studio: StudioDep) -> list[EntryView]:
    """Take pictures out of the trash again."""
    ids = _ids(body)
    no_more(body)
    studio.library.restore(ids)
    return _views(studio.library, ids)


@router.post("/api/pictures/purge", openapi_extra=json_body({"ids": IDS}, []))
def purge(body: Body, studio: StudioDep) -> CountView:
    """Delete pictures that are in the trash for good: those named, or else all."""
    ids = _ids(body) if "ids" in body else None
    no_more(body)
    return CountView(count=studio.library.purge(ids))


@router.get("/api/library/tags")
def tags(studio: StudioDep) -> list[LabelView]:
    """The tags there are."""
    return _labels(studio.library.tags)


@router.get("/api/library/collections")
def collections(studio: StudioDep) -> list[LabelView]:
    """The collections there are."""
    return _labels(studio.library.collections)


@router.post("/api/library/collections/drop", openapi_extra=json_body({"name": NAME}, ["name"]))
def drop_collection(body: Body, studio: StudioDep) -> list[LabelView]:
    """Give a collection up; its pictures stay."""
    name: str = take(body, "name", str, "")
    no_more(body)
    studio.library.drop_collection(name)
    return _labels(studio.library.collections)


@router.get("/api/library/folders")
def folders(studio: StudioDep) -> list[str]:
    """Names of the folders that can be imported: those that the studio was started with."""
    return list(studio.imports.names)


FOLDER: dict[str, Any] = {
    "folder": {"type": "string", "maxLength": 255},
    "copy": {"type": "boolean", "description": "Copy the files into the studio's folder."},
    "thumbnails": {"type": "boolean", "description": "Make thumbnails at once."},
}


@router.get("/api/library/import")
def import_state(studio: StudioDep) -> ImportView:
    """How the last import is."""
    return _view_import(studio.imports.state)


@router.post("/api/library/import", status_code=202, openapi_extra=json_body(FOLDER, ["folder"]))
def start_import(body: Body, studio: StudioDep) -> ImportView:
    """Import a folder by its name, or look through it again; goes on in the background."""
    name: str = take(body, "folder", str, "")
    is_copied: bool = take(body, "copy", bool, False)
    with_thumbnails: bool = take(body, "thumbnails", bool, False)
    no_more(body)
    studio.imports.start(name, is_copied=is_copied, with_thumbnails=with_thumbnails)
    return _view_import(studio.imports.state)


def _ids(body: dict[str, Any]) -> list[str]:
    ids: list[Any] = take(body, "ids", list, [])
    if not all(isinstance(each, str) for each in ids):
        raise RequestError("ids: expected ids of pictures", field="ids")
    return ids


def _names(body: dict[str, Any], field: str) -> tuple[str, ...]:
    names: list[Any] = take(body, field, list, [])
    if len(names) > 100 or not all(isinstance(each, str) for each in names):
        raise RequestError(f"{field}: expected at most 100 names", field=field)
    return tuple(names)


def _view(entry: Entry) -> EntryView:
    told = asdict(entry)
    del told["number"]
    told["seed"] = None if entry.seed is None else str(entry.seed)
    for name in ("loras", "tags", "collections"):
        told[name] = list(told[name])
    return EntryView(**told)


def _views(library: Library, ids: list[str]) -> list[EntryView]:
    return [_view(library.get(each)) for each in dict.fromkeys(ids)]


def _labels(labels: tuple[Label, ...]) -> list[LabelView]:
    return [LabelView(name=label.name, count=label.count) for label in labels]


def _view_import(state: ImportState) -> ImportView:
    told = asdict(state.progress)
    del told["is_done"]
    told["problems"] = list(told["problems"])
    return ImportView(folder=state.folder, is_running=state.is_running, error=state.error, **told)
