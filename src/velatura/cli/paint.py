"""Carrying a request out at a terminal: engine, progress bar, files, report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from velatura.cli.prompt import show_warnings
from velatura.cli.render import with_progress
from velatura.cli.terminal import terminal
from velatura.library.files import Target, save_picture
from velatura.metadata import format_infotext, request_to_json
from velatura.pipelines.resolve import read_prompts

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.records import Picture, Txt2Img
    from velatura.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where pictures go, and how the command reports them."""

    target: Target
    as_json: bool


def paint(request: Txt2Img, settings: Settings, output: Output) -> None:
    """Make the pictures, write each as soon as it is finished, and print its path.

    Ctrl-C ends the work after the step in hand; what is written stays.
    """
    from velatura.engines.local import LocalEngine

    output.target.prepare()
    engine = LocalEngine(
        models_dirs=settings.models_dirs,
        cache_dir=settings.cache_dir,
        styles_file=settings.styles_file,
    )
    finished: list[Path] = []
    notes = terminal(stderr=True)
    events = engine.run(request)
    for reading in read_prompts(request):
        show_warnings(reading, notes)
    try:
        for picture in with_progress(events):
            path = save_picture(picture, output.target)
            finished.append(path)
            typer.echo(_as_json(picture, path) if output.as_json else str(path))
            for remark in picture.remarks:
                notes.print(f"[yellow]note:[/] {escape(remark)}")
    except KeyboardInterrupt:
        notes.print(f"stopped; {len(finished)} finished picture(s) kept")
        raise


def _as_json(picture: Picture, path: Path) -> str:
    """One line of JSON about a finished picture."""
    height, width = picture.pixels.shape[:2]
    return json.dumps(
        {
            "path": str(path),
            "id": picture.id,
            "seed": picture.request.seed,
            "width": width,
            "height": height,
            "infotext": format_infotext(picture),
            "request": json.loads(request_to_json(picture.request)),
            "remarks": list(picture.remarks),
        },
        ensure_ascii=False,
    )
