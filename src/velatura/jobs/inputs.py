"""What a request begins with, kept so that its job can be carried out by another process, later.

A request's JSON speaks of bitmaps by id. Their pixels lie in files named by that id, written once;
where they come from and their colour profiles, which two bitmaps of the same pixels need not share,
stand beside the request.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from velatura.errors import PictureError, RequestError
from velatura.library.files import save_once, save_over
from velatura.metadata import request_from_json, request_to_json
from velatura.metadata.lineage import ancestry, models_from_plain
from velatura.metadata.raster import encode_raster
from velatura.records import Bitmap, Origin, bitmaps

if TYPE_CHECKING:
    from velatura.jobs.folder import Folder
    from velatura.records import Request


def keep_bitmap(bitmap: Bitmap, folder: Folder) -> None:
    """Write a bitmap's pixels, unless they are there.

    Raises:
        RequestError: it has no pixels, and none are kept under its id.
        OutputError: the disk does not take them.
    """
    place = folder.bitmap(_checked_id(bitmap.id))
    if place.exists():
        return
    if bitmap.pixels is None:
        raise RequestError(
            f"image: no bitmap {bitmap.id[:12]} is kept here; send its pixels first", field="image"
        )
    save_once(encode_raster(bitmap.pixels, "png", {}), place)


def keep_origin(bitmap: Bitmap, folder: Folder) -> None:
    """Write how a kept bitmap was made, and the pixels from outside that it goes back to.

    Raises:
        OutputError: the disk does not take it.
    """
    if bitmap.origin is None:
        return
    before = ancestry(bitmap.origin.request)
    for each in before:
        if each.pixels is not None:
            keep_bitmap(each, folder)
    told = json.dumps([_to_plain(each) for each in (*before, bitmap)])
    save_over(told.encode(), folder.origin(bitmap.id))


def remembered(bitmap_id: str, folder: Folder) -> Bitmap:
    """A kept bitmap without its pixels, with what :func:`keep_origin` wrote of it.

    Raises:
        RequestError: it is no id of a bitmap, or what was written is of a newer version.
    """
    place = folder.origin(_checked_id(bitmap_id))
    known: dict[str, Bitmap] = {}
    if place.exists():
        for entry in json.loads(place.read_bytes()):
            known[entry["id"]] = _from_plain(entry, known, folder)
    bitmap = known.get(bitmap_id)
    return replace(bitmap, pixels=None) if bitmap else Bitmap(None, id=bitmap_id)


def has_bitmap(bitmap_id: str, folder: Folder) -> bool:
    """Whether a bitmap is kept.

    Raises:
        RequestError: it is no id of a bitmap.
    """
    return folder.bitmap(_checked_id(bitmap_id)).exists()


def load_bitmap(bitmap_id: str, folder: Folder) -> Bitmap:
    """A bitmap that was kept.

    Raises:
        RequestError: none is kept under that id, or its file is damaged.
    """
    from velatura.library.pictures import read_pixels

    place = folder.bitmap(_checked_id(bitmap_id))
    try:
        bitmap = read_pixels(place)
    except PictureError as error:
        raise RequestError(f"image: bitmap {bitmap_id[:12]}: {error}", field="image") from error
    if bitmap.id != bitmap_id:
        raise RequestError(
            f"image: the file of bitmap {bitmap_id[:12]} was changed; send its pixels again",
            field="image",
        )
    return bitmap


def pack(request: Request, folder: Folder) -> tuple[str, str]:
    """The request and what it begins with, as JSON; pixels are on the disk when this returns.

    Raises:
        RequestError: a bitmap has no pixels and is not kept here.
        OutputError: the disk does not take the pixels.
    """
    for name, bitmap in bitmaps(request):
        try:
            keep_bitmap(bitmap, folder)
        except RequestError as error:
            error.field = name
            raise
    before = ancestry(request)
    for bitmap in before:
        if bitmap.pixels is not None:
            keep_bitmap(bitmap, folder)
    return request_to_json(request), json.dumps([_to_plain(bitmap) for bitmap in before])


def unpack(request_json: str, inputs_json: str, folder: Folder) -> Request:
    """The request of :func:`pack`, with all pixels that are kept.

    Raises:
        RequestError: a bitmap is gone or damaged, or the JSON is of a newer version.
    """
    known: dict[str, Bitmap] = {}
    for entry in json.loads(inputs_json):
        known[entry["id"]] = _from_plain(entry, known, folder)
    return request_from_json(request_json, known)


def _to_plain(bitmap: Bitmap) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": bitmap.id}
    if bitmap.origin:
        plain["request"] = request_to_json(bitmap.origin.request)
        plain["models"] = [asdict(model) for model in bitmap.origin.models]
    if bitmap.profile:
        plain["profile"] = base64.b64encode(bitmap.profile).decode()
    return plain


def _from_plain(plain: dict[str, Any], known: dict[str, Bitmap], folder: Folder) -> Bitmap:
    """A bitmap, given those it goes back to."""
    origin = None
    if "request" in plain:
        request = request_from_json(plain["request"], known)
        origin = Origin(request=request, models=models_from_plain(plain["models"]))
    profile = base64.b64decode(plain.get("profile", ""))
    pixels = None
    if folder.bitmap(_checked_id(plain["id"])).exists():
        pixels = load_bitmap(plain["id"], folder).pixels
    return Bitmap(pixels, id=plain["id"], origin=origin, profile=profile)


def _checked_id(bitmap_id: str) -> str:
    """The id, which is part of a path, as it must be."""
    if not re.fullmatch("[0-9a-f]{64}", bitmap_id):
        raise RequestError(f"image: {bitmap_id[:80]!r} is no id of a bitmap: 64 hex digits")
    return bitmap_id
