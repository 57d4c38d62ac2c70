"""``velatura grid``: pictures side by side."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from velatura.cli.cells import Sheets, paint_comparison
from velatura.cli.fields import says, says_options, takes_fields
from velatura.cli.options import AsJson, FileFormat, Folder, ModelsDir, settings_with
from velatura.cli.paint import Output
from velatura.cli.terminal import note
from velatura.cli.txt2img import (
    HIRES,
    NOISE,
    REQUEST,
    SAMPLING,
    TEXT,
    VARIATION,
    HiresSize,
    IsHires,
    Pattern,
    Size,
    check_styles,
    read_hires,
    read_request,
)
from velatura.compare import (
    Comparison,
    Grid,
    Matrix,
    PromptLines,
    axes_of,
    plan_grid,
    plan_lines,
    plan_matrix,
    read_axis,
    read_lines,
)
from velatura.errors import RequestError
from velatura.library.files import Target
from velatura.metadata import Encoding
from velatura.pipelines.seeds import LARGEST_DRAWN_SEED
from velatura.records import Txt2Img

ALONE = replace(REQUEST, leave=REQUEST.leave | {"batch_size", "batch_count"})
"""The options of a request that makes one picture."""

LARGEST_FILE = 2**20
"""Bytes of a file of prompts."""

AXES = "; ".join(
    f"{label} ({entry.summary})" if entry.summary else label
    for label, entry in axes_of(Txt2Img).items()
)
PANEL = "What is varied"

Prompt = Annotated[str, typer.Argument(help="What to paint, in the prompt language.")]
X = Annotated[
    str,
    typer.Option(
        metavar="'NAME: VALUES'",
        help="Vary something from column to column, as in 'Steps: 10-30 (+10)'. Values stand "
        "between commas; numbers also as 1-9, 1-9 (+2) or 1-9 [5]. NAME is any field of the "
        f"request, such as sampling.eta, or one of: {AXES}.",
        rich_help_panel=PANEL,
    ),
]
Y = Annotated[
    str,
    typer.Option(
        metavar="'NAME: VALUES'",
        help="The same from row to row.",
        rich_help_panel=PANEL,
    ),
]
Z = Annotated[
    str,
    typer.Option(
        metavar="'NAME: VALUES'",
        help="The same from sheet to sheet.",
        rich_help_panel=PANEL,
    ),
]
IsMatrix = Annotated[
    bool,
    typer.Option(
        "--matrix",
        metavar="",
        help="Paint every choice of the prompt's parts behind bars: 'a cat|in ink|at night'.",
        rich_help_panel=PANEL,
    ),
]
IsNegativeMatrix = Annotated[
    bool,
    typer.Option(
        "--matrix-negative",
        metavar="",
        help="The same with the parts of the negative prompt.",
        rich_help_panel=PANEL,
    ),
]
Prompts = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Paint each line of a text file, behind the prompt; a line can set more, as in "
        "'--prompt a cat --steps 30'.",
        rich_help_panel=PANEL,
    ),
]
VarySeeds = Annotated[
    str,
    typer.Option(
        metavar="SIDES",
        help="Take the next seed from cell to cell along these sides, as in xy; with a matrix or "
        "a file of prompts: x.",
        rich_help_panel=PANEL,
    ),
]
KeepRandom = Annotated[
    bool,
    typer.Option(
        "--keep-random",
        metavar="",
        help="Draw a random seed for each cell rather than one for all.",
        rich_help_panel=PANEL,
    ),
]
Html = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write everything as one HTML file, too."),
]
NoLegend = Annotated[
    bool, typer.Option("--no-legend", metavar="", help="Leave the words off the sheets.")
]
Gap = Annotated[
    int, typer.Option(metavar="N", min=0, max=500, help="Pixels between the pictures of a sheet.")
]
NoCells = Annotated[
    bool,
    typer.Option("--no-cells", metavar="", help="Do not write each picture to a file of its own."),
]


@takes_fields(ALONE, VARIATION, HIRES, TEXT, SAMPLING, NOISE)
def grid(
    values: Mapping[str, Any],
    prompt: Prompt = "",
    x: X = "",
    y: Y = "",
    z: Z = "",
    matrix: IsMatrix = False,
    matrix_negative: IsNegativeMatrix = False,
    prompts: Prompts = None,
    vary_seeds: VarySeeds = "",
    keep_random: KeepRandom = False,
    size: Size = "",
    hires: IsHires = False,
    hires_size: HiresSize = "",
    out: Folder = None,
    name: Pattern = "[seed]",
    image_format: FileFormat = "png",
    html: Html = None,
    no_legend: NoLegend = False,
    gap: Gap = 0,
    no_cells: NoCells = False,
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
) -> None:
    """Paint a picture with settings varied, and show all of them side by side.

    The path of each picture goes to standard output, then those of the sheets.
    """
    second = read_hires(values, hires_size) if hires else None
    base = read_request(prompt, values, size, second, ALONE)
    settings = settings_with(models_dir)
    check_styles(base, settings)
    ways = (bool(x or y or z), matrix, matrix_negative, prompts is not None)
    if sum(ways) != 1:
        raise RequestError(
            "say what to vary, in one way: by --x, --y and --z, as in --x 'Steps: 10, 20', or by "
            "--matrix, --matrix-negative or --prompts"
        )
    if prompts is not None:
        comparison = _lines(base, prompts, is_moving=bool(vary_seeds))
    elif matrix or matrix_negative:
        comparison = _matrix(base, is_negative=matrix_negative, is_moving=bool(vary_seeds))
    else:
        comparison = _grid(base, {"x": x, "y": y, "z": z}, vary_seeds, keep_random=keep_random)
    folder = out or settings.output_dir
    target = Target(folder=folder, pattern=name, encoding=Encoding(format=image_format))
    sheets = Sheets(html=html, is_labelled=not no_legend, gap_px=gap, keeps_cells=not no_cells)
    with says_options(ALONE, VARIATION, HIRES, TEXT, SAMPLING, NOISE):
        paint_comparison(base, comparison, settings, Output(target=target, as_json=as_json), sheets)


def _grid(
    base: Txt2Img, texts: Mapping[str, str], vary_seeds: str, *, keep_random: bool
) -> Comparison:
    if not set(vary_seeds) <= set("xyz"):
        raise RequestError(f"--vary-seeds: expected some of x, y and z, got {vary_seeds!r}")
    axes: dict[str, Any] = {}
    for side, text in texts.items():
        if text:
            with says(f"--{side}"):
                axes[side] = read_axis(text, Txt2Img)
    grid = Grid(base=base, **axes, vary_seeds=frozenset(vary_seeds), keep_random=keep_random)  # pyright: ignore[reportArgumentType]
    with says("--{field}"):
        return plan_grid(grid, _draw_seed)


def _matrix(base: Txt2Img, *, is_negative: bool, is_moving: bool) -> Comparison:
    field = "negative_prompt" if is_negative else "prompt"
    with says("--matrix-negative" if is_negative else "--matrix"):
        return plan_matrix(Matrix(base=base, field=field, vary_seeds=is_moving), _draw_seed)


def _lines(base: Txt2Img, file: Path, *, is_moving: bool) -> Comparison:
    """The prompts of a file; with a random seed all have the same, so that only words differ."""
    seeds = "iterate" if is_moving else "same"
    with says("--prompts"):
        lines = PromptLines(base=base, text=_text_of(file), seeds=seeds)
        read = read_lines(lines, _draw_seed)
    for line in read:
        for remark in line.remarks:
            note(f"{file}, line {line.number}: {remark}")
    return plan_lines(read)


def _text_of(file: Path) -> str:
    """The text of a file.

    Raises:
        RequestError: it cannot be read, is no text, or is beyond all measure.
    """
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise RequestError(f"{file} is larger than {LARGEST_FILE} bytes")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RequestError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RequestError(f"{file} is no UTF-8 text") from error


def _draw_seed() -> int:
    return secrets.randbelow(LARGEST_DRAWN_SEED + 1)
