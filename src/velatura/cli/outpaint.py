"""``velatura outpaint``: a picture continued beyond its edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from velatura.cli.fields import takes_fields
from velatura.cli.forecast import IsForecast
from velatura.cli.options import AsJson, FileFormat, Folder, ModelsDir
from velatura.cli.repaint import (
    SHARED,
    Form,
    Image,
    Prompt,
    TileSize,
    naming,
    nested_records,
    read_image,
    repaint,
)
from velatura.cli.txt2img import Pattern
from velatura.records import Outpaint

REQUEST = naming(Outpaint, "resize_mode", "upscaler")


@takes_fields(REQUEST, *SHARED)
def outpaint(
    image: Image,
    values: Mapping[str, Any],
    prompt: Prompt = "",
    size: TileSize = "",
    out: Folder = None,
    name: Pattern = "[seed]",
    image_format: FileFormat = "png",
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
    is_forecast: IsForecast = False,
) -> None:
    """Continue a picture beyond its edges.

    Each finished picture's path goes to standard output. Ctrl-C stops; finished pictures stay.
    """
    request = REQUEST.record_from(
        values, image=read_image(image), prompt=prompt, **nested_records(values, size)
    )
    form = Form(name, image_format, as_json=as_json, is_forecast=is_forecast)
    repaint(request, models_dir, out, form, REQUEST)
