"""Work on pictures that are there already: files in, files out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from velatura.cli.engine import local_engine
from velatura.cli.fields import Naming, says_options
from velatura.cli.forecast import tell_forecast
from velatura.cli.options import settings_with
from velatura.cli.paint import Output, deliver, says_out, uninterrupted
from velatura.cli.render import with_progress
from velatura.cli.terminal import note
from velatura.errors import PictureError
from velatura.library.files import Target
from velatura.library.opened import Opened, open_picture
from velatura.metadata import Encoding
from velatura.metadata import FileFormat as Format
from velatura.records import Bitmap, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from velatura.records import Picture, Step

Files = Annotated[list[Path], typer.Argument(help="Pictures: PNG, JPEG, WebP, TIFF, BMP or GIF.")]
Name = Annotated[
    str,
    typer.Option(
        metavar="PATTERN", help="What files are called; if not given: as the pictures were."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Where results go, as the options say.

    Attributes:
        out: The folder; None is that of the settings.
        name: Pattern of the file names; empty keeps those of the pictures.
        image_format: Kind of files.
        as_json: Report in JSON.
        is_forecast: Make nothing: say what it would take.
    """

    out: Path | None
    name: str
    image_format: Format
    as_json: bool
    is_forecast: bool = False


def finish(
    files: Sequence[Path],
    ask: Callable[[Bitmap], Request],
    namings: Sequence[Naming],
    models_dir: list[Path] | None,
    results: Results,
) -> None:
    """Carry out a request for each file, write what comes of it, and print its path.

    Args:
        files: Picture files.
        ask: The request for a picture.
        namings: The options that requests were made of.
        models_dir: Folders with model files.
        results: Where pictures go.

    Raises:
        PictureError: a file is missing or cannot be read.
    """
    if missing := next((file for file in files if not file.is_file()), None):
        raise PictureError(f"{missing}: no such picture file")
    settings = settings_with(models_dir)
    engine = local_engine(settings)
    for file in files:
        target = Target(
            folder=results.out or settings.output_dir,
            pattern=results.name or _as_pattern(file.stem),
            encoding=Encoding(format=results.image_format),
        )
        opened = open_picture(file)
        for remark in opened.remarks:
            note(f"{file}: {remark}")
        output = Output(target=target, as_json=results.as_json)
        with says_options(*namings):
            if results.is_forecast:
                tell_forecast(ask(opened.bitmap), settings, as_json=results.as_json)
                continue
            _finish(file, opened, engine.run(ask(opened.bitmap)), output)


def _finish(file: Path, opened: Opened, events: Iterator[Step | Picture], output: Output) -> None:
    with says_out():
        output.target.prepare()
    remarks: set[str] = set()
    for picture in with_progress(events):
        with uninterrupted():
            deliver(picture, output, index=None, kept_texts=opened.story.texts)
        for remark in picture.remarks:
            if remark not in remarks:
                note(f"{file}: {remark}")
                remarks.add(remark)


def _as_pattern(stem: str) -> str:
    """A file's name as a pattern that stands for itself: without the signs of tokens."""
    return stem.replace("[", "(").replace("]", ")")
