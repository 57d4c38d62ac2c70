"""``velatura run``: a workflow, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from velatura.cli.engine import local_engine
from velatura.cli.options import AsJson, FileFormat, Folder, ModelsDir, settings_with
from velatura.cli.paint import Output, deliver, says_out, uninterrupted
from velatura.cli.render import with_progress
from velatura.cli.terminal import note
from velatura.library.files import Target
from velatura.metadata import Encoding
from velatura.records import Painting, Picture
from velatura.workflows import (
    PictureCache,
    StageFinished,
    StageStarted,
    pick_change,
    read_workflow,
    run_workflow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from velatura.workflows import StageEvent, Workflow

File = Annotated[Path, typer.Argument(metavar="FILE", help="A workflow document.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a setting, as in stages.compose.seed=7 or defaults.checkpoint=f222. "
        "Repeatable.",
    ),
]
Picks = Annotated[
    list[str] | None,
    typer.Option(
        "--pick",
        metavar="STAGE=N",
        help="Which of a stage's pictures goes on, as in compose=3. Repeatable.",
    ),
]
AllStages = Annotated[
    bool, typer.Option("--all", metavar="", help="Write the pictures of every stage.")
]
Afresh = Annotated[
    bool, typer.Option("--afresh", metavar="", help="Make everything anew, and keep nothing.")
]


def run(
    file: File,
    changes: Changes = None,
    picks: Picks = None,
    out: Folder = None,
    every_stage: AllStages = False,
    afresh: Afresh = False,
    image_format: FileFormat = "png",
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
) -> None:
    """Carry out a workflow; what has not changed is not made again.

    The paths of the result's pictures go to standard output. Ctrl-C stops; the next run goes on
    with the pictures that were finished.
    """
    workflow = read_workflow(file, [*(changes or ()), *map(pick_change, picks or ())])
    for remark in workflow.remarks:
        note(remark)
    settings = settings_with(models_dir)
    keeps = settings.cache_dir is not None and not afresh
    cache = PictureCache(settings.cache_dir / "pictures") if keeps and settings.cache_dir else None
    events = run_workflow(workflow, local_engine(settings), cache)
    folder = out or settings.output_dir

    def write(event: StageFinished) -> None:
        target = Target(
            folder=folder, pattern=f"{event.name}-[seed]", encoding=Encoding(format=image_format)
        )
        for index, picture in enumerate(event.pictures):
            with uninterrupted():
                deliver(picture, Output(target=target, as_json=as_json), index)

    with says_out():
        Target(folder=folder).prepare()
    try:
        follow(
            events, workflow, lambda event: write(event) if event.is_result or every_stage else None
        )
    except KeyboardInterrupt:
        if cache:
            note("what was finished is kept for the next run", heading="stopped:")
        raise


def follow(
    events: Iterable[StageEvent], workflow: Workflow, finished: Callable[[StageFinished], None]
) -> None:
    """Show what happens on standard error, and hand over each finished stage."""
    remarks: set[str] = set()
    for event in with_progress(events):
        if isinstance(event, StageStarted):
            _announce(event, workflow)
        elif isinstance(event, Picture):
            for remark in event.remarks:
                if remark not in remarks:
                    note(remark)
                    remarks.add(remark)
        else:
            finished(event)


def _announce(event: StageStarted, workflow: Workflow) -> None:
    kept = f", {event.kept} of {event.pictures} kept from before" if event.kept else ""
    note(f"{event.name} ({event.request.kind}){kept}", heading=f"{event.index}/{event.total}")
    asked = workflow.stages[event.name].request
    if isinstance(asked, Painting) and isinstance(event.request, Painting) and asked.seed == -1:
        seed = event.request.seed
        note(f"drew seed {seed}; --set stages.{event.name}.seed={seed} makes the same again")
