"""``velatura inpaint``: a picture painted anew where a mask says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from velatura.cli.fields import Naming, takes_fields
from velatura.cli.forecast import IsForecast
from velatura.cli.options import AsJson, FileFormat, Folder, ModelsDir
from velatura.cli.repaint import (
    SHARED,
    FinalStrength,
    Form,
    Image,
    Prompt,
    Rounds,
    Size,
    StrengthCurve,
    naming,
    nested_records,
    read_image,
    repaint,
)
from velatura.cli.txt2img import Pattern
from velatura.errors import RequestError
from velatura.library.pictures import read_pixels
from velatura.masking import ellipse_mask, polygon_mask, rectangle_mask, transparent_mask
from velatura.pipelines.sketch import sketched
from velatura.records import Bitmap, Inpaint, SoftInpainting

REQUEST = naming(Inpaint, "mask", "latent_mask", "soft", mask="mask", padding="mask-padding")
SOFT = Naming(record=SoftInpainting, path="soft.", prefix="soft-", panel="Soft inpainting")
NAMINGS = (REQUEST, SOFT, *SHARED)
MASKS = "Mask (one of these)"

MaskFile = Annotated[
    Path | None,
    typer.Option("--mask", metavar="FILE", help="White is painted anew.", rich_help_panel=MASKS),
]
MaskRect = Annotated[
    str, typer.Option(metavar="X,Y,W,H", help="A rectangle.", rich_help_panel=MASKS)
]
MaskEllipse = Annotated[
    str, typer.Option(metavar="X,Y,W,H", help="The ellipse in it.", rich_help_panel=MASKS)
]
MaskPolygon = Annotated[
    str,
    typer.Option(metavar="X,Y,X,Y,...", help="Three corners or more.", rich_help_panel=MASKS),
]
MaskTransparent = Annotated[
    bool,
    typer.Option(
        "--mask-transparent",
        metavar="",
        help="Where the picture is transparent.",
        rich_help_panel=MASKS,
    ),
]
Sketch = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The picture with something painted on it: what differs is painted anew, and begins "
        "with that.",
        rich_help_panel=MASKS,
    ),
]
Transparency = Annotated[
    float,
    typer.Option(metavar="X", help="Of the sketch, in percent.", rich_help_panel=MASKS),
]
IsSoft = Annotated[
    bool,
    typer.Option(
        "--soft", metavar="", help="Let the mask go gradually.", rich_help_panel=SOFT.panel
    ),
]


@takes_fields(*NAMINGS)
def inpaint(
    image: Image,
    values: Mapping[str, Any],
    prompt: Prompt = "",
    mask: MaskFile = None,
    mask_rect: MaskRect = "",
    mask_ellipse: MaskEllipse = "",
    mask_polygon: MaskPolygon = "",
    mask_transparent: MaskTransparent = False,
    sketch: Sketch = None,
    sketch_transparency: Transparency = 0.0,
    soft: IsSoft = False,
    size: Size = "",
    rounds: Rounds = 1,
    final_strength: FinalStrength = None,
    curve: StrengthCurve = "linear",
    out: Folder = None,
    name: Pattern = "[seed]",
    image_format: FileFormat = "png",
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
    is_forecast: IsForecast = False,
) -> None:
    """Paint a part of a picture anew; outside the mask nothing changes.

    Each finished picture's path goes to standard output, and how well the seam fits to standard
    error. Ctrl-C stops; finished pictures stay.
    """
    picture = read_image(image)
    if sketch is not None:
        mask_blur = values["mask_blur"]
        picture, white = sketched(
            read_pixels(sketch), picture, transparency=sketch_transparency, mask_blur=mask_blur
        )
    else:
        shapes = dict(zip(SHAPES, (mask_rect, mask_ellipse, mask_polygon), strict=True))
        white = _mask(picture, mask, shapes, is_transparent=mask_transparent)
    request = REQUEST.record_from(
        values,
        image=picture,
        mask=white,
        prompt=prompt,
        soft=SOFT.record_from(values) if soft else None,
        **nested_records(values, size),
    )
    form = Form(name, image_format, as_json=as_json, is_forecast=is_forecast)
    repaint(request, models_dir, out, form, REQUEST, (rounds, final_strength, curve))


def _rectangle(size: tuple[int, int], text: str) -> Bitmap:
    return rectangle_mask(size, _box(text))


def _ellipse(size: tuple[int, int], text: str) -> Bitmap:
    return ellipse_mask(size, _box(text))


def _polygon(size: tuple[int, int], text: str) -> Bitmap:
    numbers = _numbers(text)
    if len(numbers) % 2:
        raise RequestError(f"mask: expected X,Y,X,Y,X,Y,... in whole pixels, got {text!r}")
    return polygon_mask(size, list(zip(numbers[::2], numbers[1::2], strict=True)))


SHAPES: dict[str, Callable[[tuple[int, int], str], Bitmap]] = {
    "--mask-rect": _rectangle,
    "--mask-ellipse": _ellipse,
    "--mask-polygon": _polygon,
}
"""What draws each option's mask on a picture of that size."""


def _mask(
    picture: Bitmap, file: Path | None, shapes: Mapping[str, str], *, is_transparent: bool
) -> Bitmap:
    """The one mask that the options name.

    Raises:
        RequestError: they name none, or several.
    """
    given = [(option, text) for option, text in shapes.items() if text]
    if bool(file) + is_transparent + len(given) != 1:
        raise RequestError(
            "--mask: say where to paint by one of --mask, --mask-rect, --mask-ellipse, "
            "--mask-polygon, --mask-transparent and --sketch"
        )
    if file is not None:
        return read_pixels(file)
    if is_transparent:
        return transparent_mask(picture)
    option, text = given[0]
    try:
        return SHAPES[option](picture.size, text)
    except RequestError as error:
        error.args = (f"{option}: {str(error).removeprefix('mask: ')}",)
        raise


def _box(text: str) -> tuple[int, int, int, int]:
    numbers = _numbers(text)
    if len(numbers) != 4:
        raise RequestError(f"mask: expected X,Y,WIDTH,HEIGHT in whole pixels, got {text!r}")
    left, top, width, height = numbers
    return left, top, width, height


def _numbers(text: str) -> tuple[int, ...]:
    """``"1,2,-3"`` as whole numbers."""
    parts = text.replace(" ", "").split(",")
    if not all(re.fullmatch("-?[0-9]{1,6}", part) for part in parts):
        raise RequestError(f"mask: expected whole numbers with commas between, got {text!r}")
    return tuple(map(int, parts))
