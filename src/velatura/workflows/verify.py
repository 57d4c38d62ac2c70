"""Whether a picture comes out again, and if not, how far off and since which stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from velatura.errors import UnknownModel, WorkflowError
from velatura.records import Painting
from velatura.workflows.extract import extract_workflow
from velatura.workflows.run import StageFinished, run_workflow

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from velatura.engines.base import Engine
    from velatura.library import Opened
    from velatura.records import ModelUse, Picture, Pixels
    from velatura.workflows.extract import Extracted
    from velatura.workflows.run import StageEvent
    from velatura.workflows.workflow import Stage, Workflow

LOSSY = "the file's format loses some of the pixels: compared was the picture it was written from"
EDITED = "the file shows another picture than its story tells of: it was edited since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far two pictures of one size are apart, of 255.

    Attributes:
        mean: Of all values.
        largest: In any value.
    """

    mean: float
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of making a picture again.

    Attributes:
        is_same: Whether its pixels came out again, all of them: those that the file shows, or where
            its format loses some, those that its story tells of.
        difference: Between the new picture and the file's pixels; None where their sizes differ.
        first_differing: The first stage that gave another picture than it did; empty where none
            did, or where that is not remembered.
        picture: The new picture.
        remarks: What else there is to know, a sentence each.
    """

    is_same: bool
    difference: Difference | None
    first_differing: str
    picture: Picture
    remarks: tuple[str, ...] = ()


def verify_picture(opened: Opened, engine: Engine) -> Iterator[StageEvent | Verdict]:
    """Make a picture again from its story: what happens, and at last the verdict.

    Raises:
        WorkflowError: the file tells no workflow, or lacks pixels that it begins with.
        UnknownModel: a model file is missing, or is another one than it was; raised by this call.
    """
    extracted = extract_workflow(opened.story)
    if extracted.missing:
        raise WorkflowError(
            f"the pixels of {', '.join(extracted.missing)} are not in this file; only a picture "
            "that carries them can be verified"
        )
    workflow = _with_models(extracted, engine)
    return _judged(opened, extracted, run_workflow(workflow, engine))


def difference(first: Pixels, second: Pixels) -> Difference | None:
    """How far two pictures are apart; None where their sizes differ."""
    if first.shape != second.shape:
        return None
    scaled = [pixels / np.iinfo(pixels.dtype).max * 255 for pixels in (first, second)]
    apart = np.abs(scaled[0] - scaled[1])
    return Difference(mean=float(apart.mean()), largest=float(apart.max()))


def _judged(
    opened: Opened, extracted: Extracted, events: Iterator[StageEvent]
) -> Generator[StageEvent | Verdict]:
    wanted = opened.story.id or opened.bitmap.id
    first_differing = ""
    remarks = extracted.remarks
    is_shown = wanted == opened.bitmap.id or opened.story.is_lossy
    if wanted != opened.bitmap.id:
        remarks += (LOSSY if is_shown else EDITED,)
    for event in events:
        yield event
        if not isinstance(event, StageFinished):
            continue
        remembered = extracted.ids[event.name]
        if remembered and event.picked.id != remembered:
            first_differing = first_differing or event.name
        if event.is_result:
            yield Verdict(
                is_same=is_shown and event.picked.id == wanted,
                difference=difference(event.picked.pixels, opened.bitmap.array),
                first_differing=first_differing,
                picture=event.picked,
                remarks=remarks,
            )


def _with_models(extracted: Extracted, engine: Engine) -> Workflow:
    """The workflow, whose model files are those that took part.

    Raises:
        UnknownModel: one is missing, or is another one.
    """
    stages = {
        name: _usable(name, stage, extracted.models[name], engine)
        for name, stage in extracted.workflow.stages.items()
    }
    return replace(extracted.workflow, stages=stages)


def _usable(name: str, stage: Stage, wanted: Sequence[ModelUse], engine: Engine) -> Stage:
    """The stage; its checkpoint is named by its hash where the file has another name now."""
    problem = _model_problem(stage, wanted, engine)
    if not problem:
        return stage
    hashes = [model.hash for model in wanted if model.kind == "checkpoint"]
    if hashes and isinstance(stage.request, Painting):
        renamed = replace(stage, request=replace(stage.request, checkpoint=hashes[0]))
        if not _model_problem(renamed, wanted, engine):
            return renamed
    raise UnknownModel(f"stages.{name}: {problem}")


def _model_problem(stage: Stage, wanted: Sequence[ModelUse], engine: Engine) -> str:
    """What is wrong with the model files here; empty where they are those wanted."""
    try:
        here = engine.settle(stage.request).models
    except UnknownModel as error:
        listed = ", ".join(f"{model.kind} {model.name} [{model.hash}]" for model in wanted)
        return f"{error}; the picture was made with {listed}" if listed else str(error)
    hashes = {(model.kind, model.name): model.hash for model in here}
    for model in wanted:
        if (model.kind, model.hash) not in {(each.kind, each.hash) for each in here}:
            found = hashes.get((model.kind, model.name))
            return (
                f"made with the {model.kind} {model.name} [{model.hash}], "
                f"{f'which is [{found}] here' if found else 'which is not here'}; "
                "put that file into a model folder"
            )
    return ""
