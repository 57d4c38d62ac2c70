"""The workflow that leads to a picture, out of the story in its file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from velatura.errors import WorkflowError
from velatura.metadata.lineage import ancestry
from velatura.records import Bitmap, Origin, bitmaps
from velatura.workflows.workflow import Stage, Workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from velatura.metadata import Story
    from velatura.records import ModelUse, Request

STAGE_NAMES = {
    "txt2img": "compose",
    "img2img": "repaint",
    "inpaint": "repair",
    "outpaint": "extend",
    "sd-upscale": "refine",
    "upscale": "enlarge",
    "faces": "restore",
    "detail": "faces",
    "adjust": "finish",
}
"""What stages are called, by the kind of their request."""

IMAGE_NAMES = {
    ("img2img", "image"): "sketch",
    ("inpaint", "mask"): "mask",
    ("inpaint", "latent_mask"): "latent-mask",
}
"""What images from outside are called, by the kind and field they are for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A workflow, and what is remembered of the run that made the picture.

    Attributes:
        workflow: The stages. An image whose pixels are not in the file has none here either.
        ids: Ids of the stages' pictures, by name; empty where they are not told.
        models: The model files that took part in each stage.
        remarks: What is uncertain, a sentence each.
    """

    workflow: Workflow
    ids: Mapping[str, str]
    models: Mapping[str, tuple[ModelUse, ...]]
    remarks: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The images whose pixels are not in the file."""
        images = self.workflow.images.items()
        return tuple(name for name, image in images if image.pixels is None)


def extract_workflow(story: Story) -> Extracted:
    """The chain of a picture, as a workflow.

    Args:
        story: What the picture's file tells.

    Raises:
        WorkflowError: it tells of no request.
    """
    if story.request is None:
        raise WorkflowError(
            "no workflow in this file: it tells neither a story of Velatura's nor settings in the "
            "manner of A1111; they may have been stripped"
        )
    namer = _Namer()
    for bitmap in ancestry(story.request):
        namer.add(bitmap)
    last = Bitmap(
        None, id=story.id or "?", origin=Origin(request=story.request, models=story.models)
    )
    namer.add(last)
    remarks = story.problems
    if not story.is_exact:
        remarks += ("read off the infotext, which does not tell everything",)
    return namer.extracted(remarks)


class _Namer:
    """Gives stages and images their names, those that come first in the making first."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, int], str] = {}
        self._stages: dict[str, Stage] = {}
        self._images: dict[str, Bitmap] = {}
        self._ids: dict[str, str] = {}
        self._models: dict[str, tuple[ModelUse, ...]] = {}

    def add(self, bitmap: Bitmap) -> None:
        """A bitmap whose own beginnings were added before."""
        if bitmap.origin is None:
            return  # named when it is used, for that tells what it is
        request = bitmap.origin.request
        name = self._free(STAGE_NAMES.get(request.kind, request.kind))
        self._names[_key(bitmap)] = name
        named = {field: self._name(each, request, field) for field, each in bitmaps(request)}
        inputs = {field: Bitmap(None, id=each) for field, each in named.items()}
        self._stages[name] = Stage(request=replace(request, **inputs))
        self._ids[name] = "" if bitmap.id == "?" else bitmap.id
        self._models[name] = bitmap.origin.models

    def extracted(self, remarks: tuple[str, ...]) -> Extracted:
        workflow = Workflow(stages=self._stages, images=self._images)
        return Extracted(workflow=workflow, ids=self._ids, models=self._models, remarks=remarks)

    def _name(self, bitmap: Bitmap, request: Request, field: str) -> str:
        if bitmap.origin is None and _key(bitmap) not in self._names:
            name = self._free(IMAGE_NAMES.get((request.kind, field), "picture"))
            self._names[_key(bitmap)] = name
            self._images[name] = bitmap
        return self._names[_key(bitmap)]

    def _free(self, name: str) -> str:
        taken = {*self._stages, *self._images, *self._names.values()}
        numbered = (name if number == 1 else f"{name}-{number}" for number in range(1, 10_000))
        return next(each for each in numbered if each not in taken)


def _key(bitmap: Bitmap) -> tuple[str, int]:
    """Tells bitmaps of equal pixels apart by how they were made."""
    return bitmap.id, id(bitmap.origin and bitmap.origin.request)
