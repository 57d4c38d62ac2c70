"""``velatura grid``: pictures side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from velatura.cli.cells import Sheets, paint_comparison
from velatura.cli.fields import says_options, takes_fields
from velatura.cli.options import AsJson, FileFormat, Folder, ModelsDir, settings_with
from velatura.cli.paint import Output
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
from velatura.cli.varying import Ways, base_like, plan
from velatura.compare import axes_of
from velatura.library.files import Target
from velatura.metadata import Encoding
from velatura.records import Txt2Img

ALONE = replace(REQUEST, leave=REQUEST.leave | {"batch_size", "batch_count"})
"""The options of a request that makes one picture."""

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
Like = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Vary a picture that is there, of any kind: prompt and settings come from its file "
        "rather than from options.",
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
    like: Like = None,
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
    given = read_request(prompt, values, size, second, ALONE)
    settings = settings_with(models_dir)
    check_styles(given, settings)
    base = base_like(like, given) if like else given
    ways = Ways(
        axes={"x": x, "y": y, "z": z},
        matrix=matrix,
        matrix_negative=matrix_negative,
        prompts=prompts,
        vary_seeds=vary_seeds,
        keep_random=keep_random,
    )
    folder = out or settings.output_dir
    target = Target(folder=folder, pattern=name, encoding=Encoding(format=image_format))
    sheets = Sheets(html=html, is_labelled=not no_legend, gap_px=gap, keeps_cells=not no_cells)
    output = Output(target=target, as_json=as_json)
    comparison = plan(base, ways)
    with says_options(ALONE, VARIATION, HIRES, TEXT, SAMPLING, NOISE):
        paint_comparison(base, comparison, settings, output, sheets)
