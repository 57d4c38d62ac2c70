"""``velatura verify``: whether a picture comes out again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from velatura.cli.engine import local_engine
from velatura.cli.options import AsJson, ModelsDir, settings_with
from velatura.cli.render import with_progress
from velatura.cli.terminal import note, say
from velatura.errors import WorkflowError
from velatura.library import open_picture
from velatura.workflows import StageStarted, Verdict, verify_picture

if TYPE_CHECKING:
    from velatura.workflows import Difference

DIFFERS = 9
"""Exit code where the picture does not come out again."""


def verify(
    file: Annotated[Path, typer.Argument(help="A picture file that tells how it was made.")],
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a picture again from its file, and say whether it is the same.

    Exit code 0: every pixel came out again. 9: it did not. 3: a model file is missing, or is
    another one than it was.
    """
    settings = settings_with(models_dir)
    try:
        events = verify_picture(open_picture(file), local_engine(settings))
    except WorkflowError as error:
        error.args = (f"{file}: {error}",)
        raise
    for event in with_progress(events):
        if isinstance(event, StageStarted):
            note(f"{event.name} ({event.request.kind})", heading=f"{event.index}/{event.total}")
        if isinstance(event, Verdict):
            _tell(event, as_json=as_json)


def _tell(verdict: Verdict, *, as_json: bool) -> None:
    for remark in verdict.remarks:
        note(remark)
    if as_json:
        told = {
            "same": verdict.is_same,
            "difference": asdict(verdict.difference) if verdict.difference else None,
            "first_differing": verdict.first_differing,
        }
        say(json.dumps(told))
    else:
        say(_in_words(verdict))
    if not verdict.is_same:
        raise typer.Exit(DIFFERS)


def _in_words(verdict: Verdict) -> str:
    if verdict.is_same:
        return "the same: every pixel came out again"
    since = (
        f"; the first stage to differ is {verdict.first_differing}"
        if verdict.first_differing
        else ""
    )
    return f"not the same: {_apart(verdict.difference)}{since}"


def _apart(difference: Difference | None) -> str:
    if difference is None:
        return "it comes out in another size"
    return f"mean difference {difference.mean:.3f}, largest {difference.largest:.0f}, of 255"
