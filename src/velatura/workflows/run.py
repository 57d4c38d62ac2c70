"""Carrying a workflow out, stage by stage. Only what changed is made again.

A random seed is drawn when the run begins, and told by the stage's request. Such a stage is never
the same twice; put the seed into the document to keep it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from velatura.errors import EngineError, VelaturaError
from velatura.pipelines.seeds import picture_requests
from velatura.records import Painting, Picture, Step, bitmaps
from velatura.workflows.cache import picture_key

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from velatura.engines.base import Engine, Settled
    from velatura.records import Bitmap, Request
    from velatura.workflows.cache import PictureCache
    from velatura.workflows.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted:
    """A stage begins; the steps and pictures that follow are its own.

    Attributes:
        name: Its name.
        index: Which stage of the run, from 1.
        total: Stages of the run.
        request: What is carried out, with every seed drawn.
        pictures: How many pictures it makes.
        kept: How many of them were kept from an earlier run.
    """

    name: str
    index: int
    total: int
    request: Request
    pictures: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFinished:
    """A stage is done.

    Attributes:
        name: Its name.
        pictures: All its pictures.
        picked: The one that goes on.
        is_result: Whether it is the last one.
    """

    name: str
    pictures: tuple[Picture, ...]
    picked: Picture
    is_result: bool


StageEvent = StageStarted | Step | Picture | StageFinished


def run_workflow(
    workflow: Workflow, engine: Engine, cache: PictureCache | None = None
) -> Iterator[StageEvent]:
    """What happens while the stages that the result needs are carried out.

    Names of models, samplers and the like are looked up by this call, before any work. Leaving the
    loop stops the work; with a cache, finished pictures are not made again next time.

    Args:
        workflow: What to do.
        engine: Who does it.
        cache: Pictures of earlier runs.

    Raises:
        RequestError: a stage that cannot be carried out; its name stands in the message.
        ModelError: a model file that is missing or cannot be used.
    """
    settled: dict[str, Settled] = {}
    for name in workflow.order:
        with _in_stage(name):
            settled[name] = engine.settle(workflow.stages[name].request)
    return _stages(workflow, settled, engine, cache)


def _stages(
    workflow: Workflow, settled: dict[str, Settled], engine: Engine, cache: PictureCache | None
) -> Generator[StageEvent]:
    given: dict[str, Bitmap] = dict(workflow.images)
    for index, (name, known) in enumerate(settled.items(), start=1):
        stage = replace(workflow.stages[name], request=known.request)
        work = _Work(stage.request_with(given), known, cache)
        yield StageStarted(
            name=name,
            index=index,
            total=len(settled),
            request=work.request,
            pictures=len(work.kept),
            kept=sum(picture is not None for picture in work.kept),
        )
        with _in_stage(name):
            pictures = yield from work.pictures(engine)
        picked = pictures[stage.pick - 1]
        given[name] = picked.bitmap
        yield StageFinished(
            name=name, pictures=pictures, picked=picked, is_result=name == workflow.last
        )


class _Work:
    """One stage's request, and those of its pictures that were kept.

    Args:
        request: Complete, with what it begins with.
        known: What the engine said about it.
        cache: Pictures of earlier runs.
    """

    def __init__(self, request: Request, known: Settled, cache: PictureCache | None) -> None:
        self.request = request
        self._singles = picture_requests(request) if isinstance(request, Painting) else (request,)
        self._keys = [picture_key(single, known.models) for single in self._singles]  # pyright: ignore[reportArgumentType]
        self._cache = cache
        self.kept = [cache.find(key) if cache else None for key in self._keys]

    def pictures(self, engine: Engine) -> Generator[Step | Picture, None, tuple[Picture, ...]]:
        """The events of making what is missing, and all the pictures in their order."""
        if not any(self.kept):
            return (yield from self._made(engine, self.request, self._keys))
        done: list[Picture] = []
        for single, key, kept in zip(self._singles, self._keys, self.kept, strict=True):
            if kept is None:
                done += yield from self._made(engine, single, [key])  # pyright: ignore[reportArgumentType]
            else:
                done.append(_with_inputs(kept, self.request))
                yield done[-1]
        return tuple(done)

    def _made(
        self, engine: Engine, request: Request, keys: Sequence[str]
    ) -> Generator[Step | Picture, None, tuple[Picture, ...]]:
        made: list[Picture] = []
        for event in engine.run(request):
            if isinstance(event, Picture):
                if self._cache and len(made) < len(keys):
                    self._cache.keep(keys[len(made)], event)
                made.append(event)
            yield event
        if len(made) != len(keys):
            raise EngineError(f"{len(made)} pictures were made instead of {len(keys)}")
        return tuple(made)


def _with_inputs(picture: Picture, request: Request) -> Picture:
    """A kept picture, as made from what the stage begins with now."""
    return replace(picture, request=replace(picture.request, **dict(bitmaps(request))))


@contextmanager
def _in_stage(name: str) -> Generator[None]:
    """Let errors raised within say which stage they are about."""
    try:
        yield
    except VelaturaError as error:
        error.args = (f"stages.{name}: {error}",)
        raise
