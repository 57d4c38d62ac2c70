"""``velatura info``: the story that a picture file carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from velatura.cli.options import AsJson
from velatura.cli.terminal import note, say
from velatura.metadata import Story, read_story, request_to_json
from velatura.metadata.postprocessing import format_postprocessing
from velatura.workflows import extract_workflow


def info(
    file: Annotated[Path, typer.Argument(help="A PNG, JPEG, WebP or GIF file.")],
    as_json: AsJson = False,
) -> None:
    """Print how a picture was made, as its file tells."""
    story = read_story(file)
    for problem in story.problems:
        note(problem)
    if as_json:
        request = json.loads(request_to_json(story.request)) if story.request else None
        told = {"infotext": story.text, "request": request, "remarks": list(story.remarks)}
        say(json.dumps(told))
        return
    after = format_postprocessing(story.request) if story.request else ""
    if told := "\n".join(filter(None, (story.text, after, _stages(story)))):
        say(told)
    else:
        note(f"{file}: this file does not say how it was made")


def _stages(story: Story) -> str:
    """The chain that led to a picture, where it has more than one link."""
    stages = extract_workflow(story).workflow.stages if story.request else {}
    named = [f"{name} ({stage.request.kind})" for name, stage in stages.items()]
    return f"Stages: {', '.join(named)}" if len(named) > 1 or (named and not story.text) else ""
