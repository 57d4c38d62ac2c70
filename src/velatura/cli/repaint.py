"""What the commands have in common that paint over pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from velatura.cli.engine import local_engine
from velatura.cli.fields import Naming, says_options
from velatura.cli.forecast import tell_forecast
from velatura.cli.options import parse_size, settings_with
from velatura.cli.paint import Output, painted
from velatura.cli.terminal import note
from velatura.cli.txt2img import NOISE, SAMPLING, TEXT, VARIATION, check_styles
from velatura.cli.txt2img import REQUEST as PAINTING
from velatura.errors import RequestError
from velatura.library.files import Target
from velatura.library.opened import open_picture
from velatura.metadata import Encoding
from velatura.metadata import FileFormat as Format
from velatura.pipelines.loopback import Curve, next_round, round_strength
from velatura.upscalers import PACKAGED_UPSCALERS, UPSCALERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.engines.base import Engine
    from velatura.records import Bitmap, Img2Img, Picture

IMAGE_NOISE = replace(NOISE, leave=frozenset())
SHARED = (VARIATION, TEXT, SAMPLING, IMAGE_NOISE)
"""Options of the records within a request."""

Image = Annotated[
    Path, typer.Argument(help="The picture to begin with: PNG, JPEG, WebP, TIFF, BMP or GIF.")
]
Prompt = Annotated[str, typer.Argument(help="What to paint, in the prompt language.")]
Size = Annotated[
    str,
    typer.Option(
        metavar="WxH",
        help="Width and height in pixels of what is painted, multiples of 8, as in 512x768; "
        "if not given: chosen by the picture.",
    ),
]
TileSize = Annotated[
    str,
    typer.Option(
        metavar="WxH",
        help="Width and height in pixels of what is painted at once; "
        "if not given: the checkpoint's own.",
    ),
]
Rounds = Annotated[
    int,
    typer.Option(metavar="N", min=1, max=1000, help="Paint over the result again, so many times."),
]
FinalStrength = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        help="Denoising strength of the last round; that of the others goes there from --strength.",
    ),
]
StrengthCurve = Annotated[
    Curve, typer.Option(metavar="NAME", help="How it goes there. One of: linear, aggressive, lazy.")
]


@dataclass(frozen=True, slots=True)
class Form:
    """What a painting command's results look like.

    Attributes:
        pattern: Of the file names.
        image_format: Kind of files.
        as_json: Report in JSON.
        is_forecast: Make nothing: say what it would take.
    """

    pattern: str
    image_format: Format
    as_json: bool
    is_forecast: bool


def naming(record: type, *leave: str, **names: str) -> Naming:
    """The options of a request that paints over a picture.

    Args:
        record: Its record.
        leave: Fields that are no options, beside the picture and what all painting commands leave.
        names: Option names that differ from the field's.
    """
    listed = ", ".join((*UPSCALERS, *PACKAGED_UPSCALERS))
    return Naming(
        record=record,
        names={**PAINTING.names, **names},
        leave=PAINTING.leave | {"image", *leave},
        extra={
            **PAINTING.extra,
            "upscaler": f"One of: {listed}; or the name of a file in the model folders.",
        },
    )


def nested_records(values: Mapping[str, Any], size: str) -> dict[str, Any]:
    """The fields of a request that are no options of their own."""
    width, height = parse_size(size, "--size") if size else (0, 0)
    variation = VARIATION.record_from(values)
    return {
        "width": width,
        "height": height,
        "variation": variation if variation.strength > 0 else None,
        "text": TEXT.record_from(values),
        "sampling": SAMPLING.record_from(values),
        "noise": IMAGE_NOISE.record_from(values),
    }


def read_image(file: Path) -> Bitmap:
    """A picture from a file; what is to be known about it is told.

    Raises:
        PictureError: it cannot be read.
    """
    opened = open_picture(file)
    for remark in opened.remarks:
        note(f"{file}: {remark}")
    return opened.bitmap


def repaint(
    request: Img2Img,
    models_dir: list[Path] | None,
    out: Path | None,
    form: Form,
    naming: Naming,
    rounds: tuple[int, float | None, Curve] = (1, None, "linear"),
) -> None:
    """Carry a request out, write the pictures, and print their paths.

    Args:
        request: What to paint.
        models_dir: Folders with model files.
        out: Folder for the pictures; None is that of the settings.
        form: What the pictures' files are called and are, and how to report.
        naming: The options that the request was made of.
        rounds: How many, the strength of the last one, and how it goes there.
    """
    settings = settings_with(models_dir)
    check_styles(request, settings)
    target = Target(
        folder=out or settings.output_dir,
        pattern=form.pattern,
        encoding=Encoding(format=form.image_format),
    )
    output = Output(target=target, as_json=form.as_json)
    with says_options(naming, *SHARED):
        if form.is_forecast:
            whole = replace(request, batch_count=request.batch_count * rounds[0])
            tell_forecast(whole, settings, as_json=form.as_json)
            return
        for picture in _rounds(request, local_engine(settings), output, rounds):
            if picture.seam is not None:
                note(f"{picture.seam:.1f} (CIE 1976); below 2 no eye sees it", heading="seam:")


def _rounds(
    request: Img2Img, engine: Engine, output: Output, rounds: tuple[int, float | None, Curve]
) -> Iterator[Picture]:
    """The pictures of all rounds; every batch begins with the request's own picture."""
    count, last, curve = rounds
    if count == 1:
        yield from painted(request, engine, output)
        return
    if request.batch_size > 1:
        raise RequestError("--rounds: paints one picture after another; leave --batch at 1")
    final = request.strength if last is None else last
    current = replace(request, batch_count=1)
    for index in range(count * request.batch_count):
        if index:
            begun = current.image if index % count else request.image
            strength = round_strength(request.strength, final, index % count, count, curve)
            current = next_round(current, begun, strength)
        (picture,) = painted(current, engine, output, first=index)
        yield picture
        current = replace(cast("Img2Img", picture.request), image=picture.bitmap)
