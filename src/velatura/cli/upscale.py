"""``velatura upscale``: larger pictures of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from velatura.cli.fields import Naming, takes_fields
from velatura.cli.finish import Files, Name, Results, finish
from velatura.cli.forecast import IsForecast
from velatura.cli.options import AsJson, FileFormat, Folder, ModelsDir, parse_size
from velatura.records import Bitmap, Upscale
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

To = Annotated[
    str,
    typer.Option(metavar="WxH", help="Width and height to cover, instead of --by, as in 512x832."),
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
    is_forecast: IsForecast = False,
) -> None:
    """Make pictures larger.

    Each finished picture's path goes to standard output. Texts in the pictures' files are kept.
    """
    width, height = parse_size(to, "--to") if to else (0, 0)

    def ask(image: Bitmap) -> Upscale:
        return REQUEST.record_from(values, image=image, width=width, height=height)

    results = Results(
        out=out, name=name, image_format=image_format, as_json=as_json, is_forecast=is_forecast
    )
    finish(files, ask, [REQUEST], models_dir, results)
