"""``velatura upscale``: larger pictures of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from velatura.cli.fields import Naming, says_options, takes_fields
from velatura.cli.options import (
    AsJson,
    FileFormat,
    Folder,
    ModelsDir,
    parse_size,
    settings_with,
)
from velatura.cli.paint import Output, deliver, says_out, uninterrupted
from velatura.cli.render import with_progress
from velatura.cli.terminal import note
from velatura.errors import PictureError
from velatura.library.files import Target
from velatura.library.pictures import read_bitmap
from velatura.metadata import Encoding, read_story
from velatura.records import Upscale
from velatura.upscalers import PACKAGED_UPSCALERS, UPSCALERS

NAMES = ", ".join((*UPSCALERS, *PACKAGED_UPSCALERS))

REQUEST = Naming(
    record=Upscale,
    names={"factor": "by", "width": "to", "height": "to", "second_upscaler": "second"},
    leave=frozenset(("kind", "image", "width", "height")),
    extra={
        "upscaler": f"One of: {NAMES}; or the name of a file in the model folders.",
        "second_upscaler": "'None' mixes nothing in.",
    },
)

Files = Annotated[list[Path], typer.Argument(help="Pictures: PNG, JPEG, WebP, TIFF, BMP or GIF.")]
To = Annotated[
    str,
    typer.Option(metavar="WxH", help="Width and height to cover, instead of --by, as in 512x832."),
]
Name = Annotated[
    str,
    typer.Option(
        metavar="PATTERN", help="What files are called; if not given: as the pictures were."
    ),
]


@takes_fields(REQUEST)
def upscale(
    files: Files,
    values: Mapping[str, Any],
    to: To = "",
    out: Folder = None,
    name: Name = "",
    image_format: FileFormat = "png",
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
) -> None:
    """Make pictures larger.

    Each finished picture's path goes to standard output. Texts in the pictures' files are kept.
    """
    from velatura.engines.local import LocalEngine

    width, height = parse_size(to, "--to") if to else (0, 0)
    if missing := next((file for file in files if not file.is_file()), None):
        raise PictureError(f"{missing}: no such picture file")
    settings = settings_with(models_dir)
    folder = out or settings.output_dir
    engine = LocalEngine(models_dirs=settings.models_dirs, cache_dir=settings.cache_dir)
    for file in files:
        image = read_bitmap(file)
        request = REQUEST.record_from(values, image=image, width=width, height=height)
        with says_options(REQUEST):
            events = engine.run(request)
        target = Target(
            folder=folder,
            pattern=name or _as_pattern(file.stem),
            encoding=Encoding(format=image_format),
        )
        with says_out():
            target.prepare()
        with says_options(REQUEST):
            for picture in with_progress(events):
                with uninterrupted():
                    output = Output(target=target, as_json=as_json)
                    deliver(picture, output, index=None, kept_texts=read_story(file).texts)
                for remark in picture.remarks:
                    note(f"{file}: {remark}")


def _as_pattern(stem: str) -> str:
    """A file's name as a pattern that stands for itself: without the signs of tokens."""
    return stem.replace("[", "(").replace("]", ")")
