"""``velatura adjust``: tones, colours, size and frame of a picture."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from velatura.adjust import adjustments_from_json
from velatura.cli.adjustments import (
    read_crop,
    read_curve,
    read_levels,
    read_resize,
    read_sharpen,
    says_option,
)
from velatura.cli.fields import Naming, takes_fields
from velatura.cli.options import AsJson
from velatura.cli.paint import says_out, tell, uninterrupted
from velatura.cli.terminal import note
from velatura.errors import OutputError, RequestError
from velatura.library.files import save_numbered, save_once
from velatura.library.names import safe_stem
from velatura.library.opened import open_picture
from velatura.metadata import Encoding, FileFormat, encode_picture
from velatura.metadata.embed import SUFFIXES
from velatura.metadata.raster import holds
from velatura.metadata.story import INFOTEXT_CHUNK
from velatura.pipelines.adjust import adjust as adjusting
from velatura.records import (
    Adjust,
    Adjustment,
    AutoLevels,
    BrightnessContrast,
    HueSaturation,
    Picture,
    Resize,
    Rotate,
)
from velatura.records.bitmap import eight_bits
from velatura.settings import read_settings

FORMATS: dict[str, FileFormat] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
}
"""Endings of the files that can be written."""

QUALITY = 95
"""Of JPEG and WebP files."""

LONGEST_DOCUMENT = 2**24
"""Bytes of a file with adjustments that are read."""

OPTIONS = {
    "rotate": "--rotate",
    "crop": "--crop",
    "auto_levels": "--auto-levels",
    "levels": "--levels",
    "curves": "--curve",
    "brightness_contrast": "--brightness",
    "hue_saturation": "--hue",
    "resize": "--resize",
    "sharpen": "--sharpen",
}
"""The option that asks for each kind of adjustment, in the order in which they are applied."""

LIGHT = Naming(record=BrightnessContrast, leave=frozenset(("kind",)))
COLOUR = Naming(record=HueSaturation, leave=frozenset(("kind", "range", "overlap")))
SIZE = Naming(record=Resize, leave=frozenset(("kind", "width", "height")))
TURN = Naming(record=Rotate, leave=frozenset(("kind", "degrees")))

File = Annotated[Path, typer.Argument(help="A picture: PNG, JPEG, WebP, TIFF, BMP or GIF.")]
Document = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="JSON file with a list of adjustments, applied first."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="File to write, ending in .png, .jpg or .webp, or folder for it; if not given: the "
        "folder of the settings. No file is overwritten.",
    ),
]
Degrees = Annotated[float, typer.Option("--rotate", metavar="DEG", help="Turn clockwise.")]
Frame = Annotated[
    str, typer.Option("--crop", metavar="WxH+X+Y", help="Keep a rectangle, in pixels.")
]
Auto = Annotated[
    bool, typer.Option("--auto-levels", metavar="", help="Stretch red, green and blue each.")
]
Tones = Annotated[
    list[str] | None,
    typer.Option(
        "--levels",
        metavar="LOW,GAMMA,HIGH",
        help="Levels, such as 0.1,1.3,0.9; two outputs may follow. Of one channel: "
        "red:0,1.2,0.9. Repeatable.",
    ),
]
Points = Annotated[
    list[str] | None,
    typer.Option(
        "--curve",
        metavar="X,Y ...",
        help="Smooth curve, such as '0,0 0.5,0.6 1,1', or of one channel: 'blue:0,0 1,0.9'. "
        "Repeatable.",
    ),
]
Wanted = Annotated[
    str, typer.Option("--resize", metavar="WxH", help="Resample; 512x or x832 keep the ratio.")
]
Edges = Annotated[
    str,
    typer.Option(
        "--sharpen", metavar="AMOUNT", help="Unsharp mask, such as 0.5, or with a radius: 0.5,2."
    ),
]


@takes_fields(LIGHT, COLOUR, SIZE, TURN)
def adjust(
    file: File,
    values: Mapping[str, Any],
    adjustments: Document = None,
    out: Out = None,
    degrees: Degrees = 0.0,
    crop: Frame = "",
    auto_levels: Auto = False,
    levels: Tones = None,
    curve: Points = None,
    resize: Wanted = "",
    sharpen: Edges = "",
    as_json: AsJson = False,
) -> None:
    """Adjust tones, colours, size and frame of a picture.

    Those of --adjustments come first. Options follow in this order: rotate, crop, auto levels,
    levels, curves, brightness and contrast, colours, resize, sharpen.
    """
    document = _read_document(adjustments) if adjustments else ()
    steps = list(document)
    if degrees:
        with says_option("--rotate"):
            steps.append(TURN.record_from(values, degrees=degrees))
    steps += [read_crop(crop)] if crop else []
    steps += [AutoLevels()] if auto_levels else []
    steps += map(read_levels, levels or ())
    steps += map(read_curve, curve or ())
    steps += _unless_default(LIGHT, values)
    steps += _unless_default(COLOUR, values)
    if resize:
        sampling = {name: values[SIZE.parameter(name)] for name in SIZE.fields()}
        steps.append(read_resize(resize, **sampling))
    steps += [read_sharpen(sharpen)] if sharpen else []
    _check_place(out)
    if not steps:
        note("no adjustment was asked for: the picture is written as it is")
    opened = open_picture(file)
    for remark in opened.remarks:
        note(f"{file}: {remark}")
    with _says_step(steps[len(document) :], len(document)):
        (picture,) = adjusting(Adjust(image=opened.bitmap, adjustments=tuple(steps)))
    kept = dict(opened.story.texts)
    if opened.story.text:
        kept.setdefault(INFOTEXT_CHUNK, opened.story.text)  # where it stood in EXIF data
    with uninterrupted(), says_out():
        path = _written(picture, out or read_settings().output_dir, file.stem, kept)
    tell(picture, path, as_json=as_json)


def _read_document(path: Path) -> tuple[Adjustment, ...]:
    with says_option("--adjustments"):
        try:
            if path.stat().st_size > LONGEST_DOCUMENT:
                raise RequestError(f"{path}: longer than {LONGEST_DOCUMENT} bytes; not read")
            text = path.read_text("utf-8")
        except (OSError, ValueError) as error:
            raise RequestError(f"{path}: cannot be read: {error}") from error
        return adjustments_from_json(text)


def _unless_default(naming: Naming, values: Mapping[str, Any]) -> Iterator[Adjustment]:
    """The adjustment its options make, if one of them was given."""
    adjustment = naming.record_from(values)
    if adjustment != naming.record():
        yield adjustment


def _check_place(out: Path | None) -> None:
    """Refuse a file that cannot be written, before any work."""
    if out is None or not _is_file_name(out):
        return
    if out.suffix.lower() not in FORMATS:
        endings = ", ".join(FORMATS)
        raise RequestError(f"--out: {out}: files end in one of {endings}; for a folder, make it")
    if out.exists():
        raise OutputError(f"--out: {out} is there already; choose another name")


def _is_file_name(out: Path) -> bool:
    return bool(out.suffix) and not out.is_dir()


@contextmanager
def _says_step(given: Sequence[Adjustment], first: int) -> Generator[None]:
    """Let refusals of adjustments that options asked for speak of the option."""
    try:
        yield
    except RequestError as error:
        for index, adjustment in enumerate(given, first):
            place = f"adjustments[{index}]."
            if error.field.startswith(place):
                said = str(error).removeprefix(place)
                raise RequestError(f"{OPTIONS[adjustment.kind]}: {said}") from error
        raise


def _written(picture: Picture, out: Path, stem: str, kept: Mapping[str, str]) -> Path:
    """Write the picture, with texts of an earlier file, and tell where.

    Raises:
        RequestError: files of this kind cannot hold the picture.
        OutputError: the file is there already, or cannot be written.
    """
    if not _is_file_name(out):
        encoded = encode_picture(picture, kept_texts=kept)
        return save_numbered(encoded.data, out, safe_stem(stem), encoded.suffix)
    file_format = FORMATS[out.suffix.lower()]
    if file_format != "png" and picture.pixels.dtype != np.uint8:
        note(f"{out}: the 16 bits of the picture were rounded to 8; PNG would keep them")
        picture = replace(picture, pixels=eight_bits(picture.pixels))
    if not holds(file_format, picture.pixels):
        raise RequestError(
            f"--out: {out}: such files hold no transparency, or not that many pixels; choose .png"
        )
    encoded = encode_picture(picture, Encoding(format=file_format, quality=QUALITY), kept)
    if encoded.suffix != SUFFIXES[file_format]:
        raise RequestError(f"--out: {out}: the picture's texts do not fit into it; choose .png")
    if not save_once(encoded.data, out):
        raise OutputError(f"{out} is there already; choose another name")
    return out
