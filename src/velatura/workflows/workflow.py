"""The stages that lead to a picture, and what each begins with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from velatura.choices import unknown_name
from velatura.errors import WorkflowError
from velatura.records import Bitmap, Painting, bitmaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from velatura.records import Request

MOST_STAGES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A request whose pictures to begin with are still names.

    Attributes:
        request: The request. Each of its bitmaps is a remembered one, whose id is the name of the
            stage or image that it stands for.
        pick: Which of its pictures goes on to later stages, from 1.
    """

    request: Request
    pick: int = 1

    @property
    def inputs(self) -> dict[str, str]:
        """Names of stages and images by the fields they are for."""
        return {name: bitmap.id for name, bitmap in bitmaps(self.request)}

    @property
    def count(self) -> int:
        """How many pictures it makes."""
        request = self.request
        return request.batch_size * request.batch_count if isinstance(request, Painting) else 1

    def request_with(self, given: Mapping[str, Bitmap]) -> Request:
        """The request with real bitmaps in place of the names."""
        return replace(self.request, **{entry: given[name] for entry, name in self.inputs.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Stages by name, and the images from outside that they begin with.

    Attributes:
        stages: In the order of the document.
        images: Pictures, sketches and masks.
        result: The stage whose pictures are the result; empty is the last one.
        remarks: What was noticed about the images, a sentence each.

    Raises:
        WorkflowError: a name that leads nowhere, a pick that is not there, a ring of stages.
    """

    stages: Mapping[str, Stage]
    images: Mapping[str, Bitmap] = field(default_factory=dict[str, Bitmap])
    result: str = ""
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.stages) <= MOST_STAGES:
            raise WorkflowError(
                f"stages: expected from 1 to {MOST_STAGES}, got {len(self.stages)}", field="stages"
            )
        for name, stage in self.stages.items():
            self._check_stage(name, stage)
        if self.result not in ("", *self.stages):
            raise _unknown(self.result, self.stages, "stage", "result")
        _sorted_names(self.stages)

    @property
    def last(self) -> str:
        """Name of the stage whose pictures are the result."""
        return self.result or list(self.stages)[-1]

    @property
    def order(self) -> tuple[str, ...]:
        """The stages that the result needs, each after those it begins with."""
        needed = {self.last}
        names = _sorted_names(self.stages)
        for name in reversed(names):
            if name in needed:
                needed |= set(self.stages[name].inputs.values())
        return tuple(name for name in names if name in needed)

    def _check_stage(self, name: str, stage: Stage) -> None:
        for entry, source in stage.inputs.items():
            if source not in self.stages and source not in self.images:
                known = (*self.stages, *self.images)
                raise _unknown(source, known, "stage or image", f"stages.{name}.{entry}")
        if not 1 <= stage.pick <= stage.count:
            place = f"stages.{name}.pick"
            raise WorkflowError(
                f"{place}: must be from 1 to {stage.count}, the pictures that {name} makes, "
                f"got {stage.pick}",
                field=place,
            )


def _sorted_names(stages: Mapping[str, Stage]) -> tuple[str, ...]:
    graph = {
        name: [each for each in stages[name].inputs.values() if each in stages] for name in stages
    }
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        ring = " <- ".join(error.args[1])
        raise WorkflowError(
            f"stages.{error.args[1][0]}: stages begin with each other in a ring: {ring}; "
            "let one of them begin with something else",
            field=f"stages.{error.args[1][0]}",
        ) from error


def _unknown(name: str, known: Iterable[str], what: str, place: str) -> WorkflowError:
    said = unknown_name(name, {each.lower(): each for each in known}, what)
    return WorkflowError(f"{place}: {said}", field=place)
