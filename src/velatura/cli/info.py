"""``velatura info``: the story that a picture file carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from velatura.cli.options import AsJson
from velatura.cli.terminal import terminal
from velatura.metadata import read_story, request_to_json


def info(
    file: Annotated[Path, typer.Argument(help="A PNG, JPEG, WebP or GIF file.")],
    as_json: AsJson = False,
) -> None:
    """Print how a picture was made, as its file tells."""
    story = read_story(file)
    notes = terminal(stderr=True)
    for problem in story.problems:
        notes.print(f"[yellow]note:[/] {problem}", soft_wrap=True)
    if as_json:
        request = json.loads(request_to_json(story.request)) if story.request else None
        told = {"infotext": story.text, "request": request, "remarks": list(story.remarks)}
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif story.text:
        typer.echo(story.text)
    else:
        notes.print(f"{file}: this file does not say how it was made")
