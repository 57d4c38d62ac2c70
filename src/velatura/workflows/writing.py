"""A workflow written as a document; :mod:`velatura.workflows.document` reads it."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from velatura.records import Bitmap, Painting
from velatura.records.plain import to_plain
from velatura.workflows.document import FORMAT, VERSION_KEY
from velatura.workflows.images import image_to_plain
from velatura.workflows.yaml_text import format_yaml

if TYPE_CHECKING:
    from velatura.workflows.workflow import Stage, Workflow


def format_workflow(workflow: Workflow, comment: str = "") -> str:
    """The document of a workflow: settings that have their defaults are left out.

    Args:
        workflow: What to write. Its images are written into the document; one without pixels
            becomes the name of a file.
        comment: Lines to stand above it.
    """
    plain: dict[str, Any] = {VERSION_KEY: FORMAT}
    if workflow.images:
        plain["images"] = {
            name: image_to_plain(image) if image.pixels is not None else f"{name}.png"
            for name, image in workflow.images.items()
        }
    shared = _shared_checkpoint(workflow)
    if shared:
        plain["defaults"] = {"checkpoint": shared}
    plain["stages"] = {name: _stage(stage, shared) for name, stage in workflow.stages.items()}
    if workflow.result:
        plain["result"] = workflow.result
    above = "".join(f"# {_printable(line)}\n" for line in comment.splitlines())
    return above + format_yaml(plain)


def _printable(text: str) -> str:
    """The text without signs that no YAML may hold, as a file's name may."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _shared_checkpoint(workflow: Workflow) -> str:
    """The checkpoint of every painting stage, if they share one: it is then written once."""
    requests = [stage.request for stage in workflow.stages.values()]
    names = {request.checkpoint for request in requests if isinstance(request, Painting)}
    return names.pop() if len(names) == 1 else ""


def _stage(stage: Stage, shared_checkpoint: str) -> dict[str, Any]:
    settings = _settings(stage.request)
    if shared_checkpoint:
        settings.pop("checkpoint", None)
    return settings | ({"pick": stage.pick} if stage.pick != 1 else {})


def _settings(record: Any) -> dict[str, Any]:  # noqa: ANN401
    """The settings of a record that are not its defaults; its kind always."""
    settings: dict[str, Any] = {}
    for entry in fields(record):
        value = getattr(record, entry.name)
        if entry.name == "kind" or value != _default(entry):
            settings[entry.name] = _plain(value)
    return settings


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Bitmap):
        return value.id
    if is_dataclass(value):
        return _settings(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else to_plain(value)


def _default(entry: Any) -> Any:  # noqa: ANN401
    return entry.default if entry.default_factory is MISSING else entry.default_factory()
