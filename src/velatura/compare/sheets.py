"""The sheets of a comparison: its pictures in rows and columns, with words at the sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from velatura.compare.comparison import Label, check_area
from velatura.compare.legend import PAPER, set_heading
from velatura.errors import RequestError
from velatura.library.sheet import as_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from velatura.compare.comparison import Comparison, Heading
    from velatura.compare.outcomes import Outcome
    from velatura.records import Pixels

    Content = Pixels | str
    """A picture, or what is said in its place."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A sheet, drawn.

    Attributes:
        pixels: (h, w, 3).
        infotext: What its file tells: the settings of its first picture, and what is varied.
    """

    pixels: NDArray[np.uint8]
    infotext: str


def draw_sheets(
    comparison: Comparison,
    outcomes: Iterable[Outcome],
    *,
    is_labelled: bool = True,
    gap_px: int = 0,
) -> list[Sheet]:
    """A sheet for each page, and where there are several one more with all of them side by side.

    A failed cell is blank but for its error; a place without a cell is blank.

    Args:
        comparison: The table.
        outcomes: What became of its cells.
        is_labelled: Draw the headings.
        gap_px: Pixels between pictures.

    Raises:
        RequestError: there are no pictures, or too many pixels.
    """
    done = {
        (outcome.cell.page, outcome.cell.row, outcome.cell.column): outcome for outcome in outcomes
    }
    size = _cell_size(done.values())
    columns, rows, pages = comparison.columns, comparison.rows, comparison.pages
    check_area(size[0] * size[1] * len(columns) * len(rows) * len(pages))
    if not is_labelled:
        columns, rows, pages = ((),) * len(columns), ((),) * len(rows), ((),) * len(pages)
    is_whole = len(pages) == 1
    sheets: list[Sheet] = []
    for page in range(len(pages)):
        here = {place[1:]: done[place] for place in sorted(done) if place[0] == page}
        table = {place: _content(outcome) for place, outcome in here.items()}
        pixels = draw_table(table, columns, rows, size, gap_px)
        sheets.append(Sheet(pixels, _told(comparison, here.values(), is_whole=is_whole)))
    if not is_whole:
        row = {(0, page): sheet.pixels for page, sheet in enumerate(sheets)}
        height, width = sheets[0].pixels.shape[:2]
        whole = draw_table(row, pages, ((),), (width, height), gap_px)
        told = _told(comparison, [done[place] for place in sorted(done)], is_whole=True)
        sheets.append(Sheet(whole, told))
    return sheets


def draw_table(
    table: Mapping[tuple[int, int], Content],
    columns: Sequence[Heading],
    rows: Sequence[Heading],
    size: tuple[int, int],
    gap_px: int = 0,
) -> NDArray[np.uint8]:
    """A sheet, each picture in the middle of its cell.

    Letters are a 25th of a cell's width and height together; headings of rows stand in a margin of
    three quarters of a cell's width.

    Args:
        table: Pictures, or words in place of them, by row and column.
        columns: A heading for each column.
        rows: A heading for each row.
        size: Width and height of a cell, in pixels.
        gap_px: Pixels between cells.
    """
    width, height = size
    letters = (width + height) // 25
    above = [set_heading(heading, letters, width, height) for heading in columns]
    margin = width * 3 // 4 if any(rows) else 0
    beside = [set_heading(heading, letters, margin, height) for heading in rows]
    top = max(block.height for block in above) + letters if any(columns) else 0
    step_x, step_y = width + gap_px, height + gap_px
    sheet = Image.new(
        "RGB", (margin + len(columns) * step_x - gap_px, top + len(rows) * step_y - gap_px), PAPER
    )
    canvas = ImageDraw.Draw(sheet)
    for column, block in enumerate(above):
        block.draw(canvas, margin + column * step_x, 0, (width, top))
    for row, block in enumerate(beside):
        block.draw(canvas, 0, top + row * step_y, (margin, height))
    for (row, column), content in table.items():
        left, upper = margin + column * step_x, top + row * step_y
        if isinstance(content, str):
            words = (Label(content, is_active=True),)
            set_heading(words, letters * 2 // 3, width, height).draw(canvas, left, upper, size)
        else:
            own_height, own_width = content.shape[:2]
            place = (left + (width - own_width) // 2, upper + (height - own_height) // 2)
            sheet.paste(as_image(content), place)
    return np.asarray(sheet)


def _cell_size(outcomes: Iterable[Outcome]) -> tuple[int, int]:
    """Width and height of a cell that holds every picture."""
    shapes = [outcome.picture.pixels.shape for outcome in outcomes if outcome.picture]
    if not shapes:
        raise RequestError("sheet: needs at least one picture")
    return max(shape[1] for shape in shapes), max(shape[0] for shape in shapes)


def _content(outcome: Outcome) -> Content:
    if outcome.picture is not None:
        return outcome.picture.pixels
    return str(outcome.error) if outcome.error else ""


def _told(comparison: Comparison, outcomes: Iterable[Outcome], *, is_whole: bool) -> str:
    """What a sheet of these cells tells; nothing where none has a picture."""
    pictures = (outcome.picture for outcome in outcomes if outcome.picture)
    first = next(pictures, None)
    return comparison.infotext(first, is_whole=is_whole) if first else ""
