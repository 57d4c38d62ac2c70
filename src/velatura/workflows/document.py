"""A workflow as a document in YAML, for hands and programs; ``docs/reference/workflows.md``.

velatura: 1
images:
  sketch: apple.png
stages:
  paint:
    kind: img2img
    image: sketch
    prompt: a green apple
    batch_size: 4
    pick: 3
  large:
    kind: upscale
    image: paint
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from velatura.choices import unknown_name
from velatura.errors import PictureError, RequestError, VelaturaError, WorkflowError
from velatura.records import REQUESTS, Painting, bitmap_fields
from velatura.records.plain import Reader
from velatura.workflows.changes import changed
from velatura.workflows.images import Sources, image_from_plain
from velatura.workflows.workflow import Stage, Workflow
from velatura.workflows.yaml_text import LONGEST_TEXT, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from velatura.library import Opened
    from velatura.records import Bitmap
    from velatura.workflows.yaml_text import Parsed

FORMAT = 1
"""Version of the document; a reader refuses newer ones."""

VERSION_KEY = "velatura"
KEYS = (VERSION_KEY, "images", "defaults", "stages", "result")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
"""What stages and images may be called."""


def read_workflow(path: Path | str, changes: Sequence[str] = ()) -> Workflow:
    """The workflow of a document; the images it names lie in its folder.

    Args:
        path: The document.
        changes: Settings to change beforehand, as in ``stages.compose.seed=7``.

    Raises:
        WorkflowError: the document, or an image that it names, cannot be used; with the place.
    """
    path = Path(path)
    try:
        if path.stat().st_size > 4 * LONGEST_TEXT:
            raise WorkflowError(f"{path}: too long for a workflow; put images into files")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise WorkflowError(f"{path}: cannot be read as a workflow: {error}") from error
    return parse_workflow(text, folder=path.parent, source=str(path), changes=changes)


def parse_workflow(
    text: str,
    *,
    folder: Path | None = None,
    source: str = "workflow",
    changes: Sequence[str] = (),
    find: Callable[[str], Bitmap | None] | None = None,
) -> Workflow:
    """The workflow of a document's text.

    Args:
        text: YAML.
        folder: Where the image files are that it names; None allows none.
        source: What messages call the document.
        changes: See :func:`read_workflow`.
        find: The image of an id, or None where there is none; without it, ids are not understood.

    Raises:
        WorkflowError: not such a document; with line and column.
    """
    try:
        parsed = changed(parse_yaml(text), changes)
    except WorkflowError as error:
        raise WorkflowError(f"{source}: {error}") from error
    try:
        return _Reader(parsed, Sources(folder=folder, find=find)).workflow()
    except VelaturaError as error:
        place = parsed.place(_path(error.field))
        raise WorkflowError(f"{source}: {place}: {error}", field=error.field) from error


class _Reader:
    """Makes a workflow of plain values."""

    def __init__(self, parsed: Parsed, sources: Sources) -> None:
        self._values = parsed.value
        self._sources = sources

    def workflow(self) -> Workflow:
        values = _mapping(self._values, "", "a workflow with stages")
        if unknown := [name for name in values if name not in KEYS]:
            raise _refused(unknown[0], unknown_name(unknown[0], {key: key for key in KEYS}, "key"))
        _check_version(values.get(VERSION_KEY))
        images = self._images(_mapping(values.get("images", {}), "images", "images by name"))
        stages = _mapping(values.get("stages"), "stages", "stages by name")
        defaults = _mapping(values.get("defaults", {}), "defaults", "settings by name")
        _check_defaults(defaults, stages)
        result = values.get("result", "")
        if not isinstance(result, str):
            raise _refused("result", "expected the name of a stage")
        return Workflow(
            stages={name: self._stage(name, stages[name], defaults, images) for name in stages},
            images={name: image.bitmap for name, image in images.items()},
            result=result,
            remarks=tuple(
                f"image {name}: {said}" for name, image in images.items() for said in image.remarks
            ),
        )

    def _images(self, values: dict[str, Any]) -> dict[str, Opened]:
        images: dict[str, Opened] = {}
        for name, value in values.items():
            place = f"images.{name}"
            _check_name(name, place)
            try:
                images[name] = image_from_plain(value, self._sources)
            except (PictureError, RequestError) as error:
                raise _refused(place, error) from error
        return images

    def _stage(
        self,
        name: str,
        value: Any,  # noqa: ANN401
        defaults: dict[str, Any],
        images: dict[str, Opened],
    ) -> Stage:
        place = f"stages.{name}"
        _check_name(name, place)
        if name in images:
            raise _refused(place, "there is an image of that name; rename one of them")
        settings = dict(_mapping(value, place, "the settings of a stage"))
        kind = _kind(settings.get("kind"), place)
        pick = settings.pop("pick", 1)
        if not isinstance(pick, int) or isinstance(pick, bool):
            raise _refused(f"{place}.pick", f"expected a whole number, got {pick!r}")
        own = [entry.name for entry in fields(kind)]
        if unknown := [entry for entry in settings if entry not in own]:
            said = unknown_name(unknown[0], {each: each for each in own}, "setting")
            raise _refused(f"{place}.{unknown[0]}", said)
        if issubclass(kind, Painting):
            settings = {each: defaults[each] for each in defaults if each in own} | settings
        for entry in bitmap_fields(kind) & set(settings):
            settings[entry] = _reference(settings[entry], f"{place}.{entry}")
        try:
            request = Reader().record(kind, settings, "", what=settings["kind"])
        except RequestError as error:
            raise _refused(f"{place}.{error.field}".rstrip("."), error, place) from error
        return Stage(request=request, pick=pick)


def _mapping(value: Any, place: str, what: str) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        found = "nothing" if value is None else type(value).__name__
        raise _refused(place, f"expected {what}, got {found}")
    return value


def _check_version(version: Any) -> None:  # noqa: ANN401
    if version is None:
        raise _refused(VERSION_KEY, f"missing; write '{VERSION_KEY}: {FORMAT}' at the top")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= FORMAT:
        raise _refused(
            VERSION_KEY,
            f"version {version!r} of the document is not known here (up to {FORMAT}); "
            "update Velatura to read it",
        )


def _check_name(name: str, place: str) -> None:
    if not NAME.fullmatch(name):
        raise _refused(
            place, "a name begins with a letter; letters, digits, '_' and '-' follow, 64 at most"
        )


def _check_defaults(defaults: dict[str, Any], stages: dict[str, Any]) -> None:
    """Refuse defaults that no painting stage takes; they would be slips of the pen."""
    asked = [REQUESTS.get(str(_get(stage, "kind"))) for stage in stages.values()]
    kinds = [kind for kind in asked if kind and issubclass(kind, Painting)]
    known = {entry.name for kind in kinds for entry in fields(kind)}
    known -= {"kind", *(name for kind in kinds for name in bitmap_fields(kind))}
    for name in defaults:
        if name not in known:
            said = unknown_name(name, {each.lower(): each for each in sorted(known)}, "setting")
            raise _refused(f"defaults.{name}", said)


def _get(value: Any, name: str) -> Any:  # noqa: ANN401
    return value.get(name) if isinstance(value, dict) else None


def _kind(name: Any, place: str) -> type:  # noqa: ANN401
    if not isinstance(name, str) or name not in REQUESTS:
        said = "missing" if name is None else f"{name!r} is unknown"
        raise _refused(f"{place}.kind", f"{said}; choose from {', '.join(REQUESTS)}")
    return REQUESTS[name]


def _reference(name: Any, place: str) -> dict[str, str] | None:  # noqa: ANN401
    """The name of a stage or image, as a bitmap of that id."""
    if name is None:
        return None
    if not isinstance(name, str) or not name:
        raise _refused(place, "expected the name of a stage or image")
    return {"id": name}


def _refused(field: str, message: object, place: str = "") -> WorkflowError:
    place = place or field
    return WorkflowError(f"{place}: {message}" if place else str(message), field=field)


def _path(field: str) -> tuple[str | int, ...]:
    """A field's path, "stages.a.points[2]" as ("stages", "a", "points", 2)."""
    parts = re.findall(r"[^.\[\]]+", field)
    return tuple(int(part) if part.isdigit() else part for part in parts)
