"""``velatura workflow``: the chain that leads to a picture, as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from velatura.cli.terminal import note, say
from velatura.errors import WorkflowError
from velatura.library import open_picture
from velatura.workflows import Extracted, extract_workflow, format_workflow


def workflow(
    file: Annotated[Path, typer.Argument(help="A picture file that tells how it was made.")],
) -> None:
    """Print the workflow that makes a picture, out of its file.

    ``velatura workflow PICTURE > FILE.yaml`` keeps it, sketches and masks included;
    ``velatura run`` carries it out.
    """
    opened = open_picture(file)
    try:
        extracted = extract_workflow(opened.story)
    except WorkflowError as error:
        error.args = (f"{file}: {error}",)
        raise
    for remark in dict.fromkeys((*extracted.remarks, *opened.remarks)):
        note(remark)
    for name in extracted.missing:
        note(f"the pixels of {name} are not in this file; put the picture beside it as {name}.png")
    say(format_workflow(extracted.workflow, comment=_comment(file, extracted)).rstrip("\n"))


def _comment(file: Path, extracted: Extracted) -> str:
    used = dict.fromkeys(model for models in extracted.models.values() for model in models)
    made = [f"Made with the {model.kind} {model.name} [{model.hash}]" for model in used]
    return "\n".join([f"How {file.name!r} is made", *made])
