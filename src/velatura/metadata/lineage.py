"""All that a picture was made from, as plain values: the requests before, and outside bitmaps.

A bitmap that we made is remembered by its id and the request that makes it again; one from outside
(a sketch, a mask, a photograph) is carried along with its pixels, each once. Ancestors stand oldest
first, so that each speaks only of those before it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from velatura.errors import PictureError, RequestError
from velatura.metadata.leaves import LARGEST_LEAVES, leaf_from_plain, leaf_to_plain
from velatura.metadata.request_json import VERSION_KEY, request_from_dict, request_to_dict
from velatura.records import Bitmap, ModelUse, Origin, bitmaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from velatura.records import Request

MOST_ANCESTORS = 1000
"""Requests before the last one that are remembered; the oldest are forgotten first."""

MOST_LEAVES = 1000
"""Outside bitmaps of a story."""

LONGEST_LEAVES = 12 * 2**20
"""Characters that outside bitmaps take together; those that do not fit are only remembered."""


def lineage_to_plain(request: Request, *, carries_pixels: bool = True) -> dict[str, Any]:
    """Ancestors and outside bitmaps of a request, as they stand in JSON.

    Without their pixels outside bitmaps are only remembered, by their ids in the requests.
    """
    before = ancestry(request)
    made = [bitmap for bitmap in before if bitmap.origin][-MOST_ANCESTORS:]
    leaves = {bitmap.id: bitmap for bitmap in before if not bitmap.origin}
    return {
        "ancestors": [
            _ancestor_to_plain(bitmap, bitmap.origin) for bitmap in made if bitmap.origin
        ],
        "bitmaps": _leaves_to_plain(leaves.values()) if carries_pixels else {},
    }


def bare_request(request: Request) -> dict[str, Any]:
    """The request as plain values, without the version that the whole story states."""
    return {name: value for name, value in request_to_dict(request).items() if name != VERSION_KEY}


def ancestry(request: Request) -> list[Bitmap]:
    """Every bitmap that a request goes back to, each once, after those it was made from."""
    found: list[Bitmap] = []
    entered: set[tuple[str, int]] = set()
    waiting: list[tuple[Bitmap, bool]] = [(bitmap, False) for _, bitmap in bitmaps(request)][::-1]
    while waiting:
        bitmap, is_left = waiting.pop()
        if is_left:
            found.append(bitmap)
            continue
        key = (bitmap.id, id(bitmap.origin and bitmap.origin.request))
        if key in entered:
            continue
        entered.add(key)
        waiting.append((bitmap, True))
        if bitmap.origin:
            waiting += [(each, False) for _, each in bitmaps(bitmap.origin.request)][::-1]
    return found


def lineage_from_plain(values: Mapping[str, Any], problems: list[str]) -> dict[str, Bitmap]:
    """The bitmaps by id that the story's request may speak of.

    Args:
        values: The story.
        problems: Receives a sentence about each bitmap whose pixels cannot be used; such a bitmap
            is only remembered.

    Raises:
        RequestError: an ancestor that cannot be read.
    """
    known = _leaves_from_plain(values.get("bitmaps", {}), problems)
    ancestors: Any = values.get("ancestors", [])
    if not isinstance(ancestors, list) or len(ancestors) > MOST_ANCESTORS:
        raise RequestError(f"ancestors: expected a list of at most {MOST_ANCESTORS}")
    for entry in ancestors:
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or not entry["id"]:
            raise RequestError("ancestors: expected objects with an id and a request")
        request = request_from_dict(entry.get("request"), known)
        origin = Origin(request=request, models=models_from_plain(entry.get("models", [])))
        known[entry["id"]] = Bitmap(None, id=entry["id"], origin=origin)
    return known


def models_from_plain(values: Any) -> tuple[ModelUse, ...]:  # noqa: ANN401
    """Model files with their names and hashes.

    Raises:
        RequestError: anything else.
    """
    if not isinstance(values, list) or not all(_is_model(each) for each in values):
        raise RequestError("models: expected a list of kind, name and hash")
    return tuple(ModelUse(**each) for each in values)


def _is_model(values: Any) -> bool:  # noqa: ANN401
    is_whole = isinstance(values, dict) and set(values) == {"kind", "name", "hash"}
    return is_whole and all(isinstance(each, str) for each in values.values())


def _ancestor_to_plain(bitmap: Bitmap, origin: Origin) -> dict[str, Any]:
    return {
        "id": bitmap.id,
        "request": bare_request(origin.request),
        "models": [asdict(model) for model in origin.models],
    }


def _leaves_to_plain(leaves: Iterable[Bitmap]) -> dict[str, Any]:
    """The pixels of as many leaves as there is room for."""
    plain: dict[str, Any] = {}
    characters, area = LONGEST_LEAVES, LARGEST_LEAVES
    for leaf in leaves:
        if leaf.pixels is None or leaf.pixels.shape[0] * leaf.pixels.shape[1] > area:
            continue
        carried = leaf_to_plain(leaf)
        length = sum(len(text) for text in carried.values())
        if length <= characters and len(plain) < MOST_LEAVES:
            plain[leaf.id] = carried
            characters -= length
            area -= leaf.pixels.shape[0] * leaf.pixels.shape[1]
    return plain


def _leaves_from_plain(values: Any, problems: list[str]) -> dict[str, Bitmap]:  # noqa: ANN401
    if not isinstance(values, dict) or len(values) > MOST_LEAVES:
        raise RequestError(f"bitmaps: expected an object of at most {MOST_LEAVES} bitmaps by id")
    known: dict[str, Bitmap] = {}
    area = LARGEST_LEAVES
    for name, carried in values.items():
        try:
            leaf = leaf_from_plain(carried, largest=area)
            area -= leaf.array.shape[0] * leaf.array.shape[1]
            if leaf.id != name:
                raise PictureError("its pixels are not those that the story speaks of")
        except (PictureError, RequestError) as error:
            problems.append(f"bitmap {str(name)[:12]} in the story cannot be used: {error}")
            continue
        known[name] = leaf
    return known
