"""A table of requests, with words at its sides that tell what sets them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.errors import RequestError
from velatura.metadata import Infotext, describe
from velatura.records import Img2Img, Painting, hires_of
from velatura.upscalers import hires_target

if TYPE_CHECKING:
    from velatura.records import Picture, Request

LARGEST_SHEET = 200_000_000
"""Pixels of all cells together; A1111's own limit."""

SUPPOSED_SIDE = 512
"""A side of a picture whose request leaves the size to the checkpoint, in pixels."""


@dataclass(frozen=True, slots=True)
class Label:
    """A few words at the side of a table.

    Attributes:
        text: The words.
        is_active: Whether they hold for that row or column; those that do not are struck out.
    """

    text: str
    is_active: bool = True


Heading = tuple[Label, ...]
"""What stands beside a row or above a column, a label a line; nothing where nothing is varied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A place in a table, and what is painted there.

    Attributes:
        column: Counted from 0.
        row: Counted from 0.
        page: Counted from 0.
        request: Makes one picture.
    """

    column: int
    row: int
    page: int = 0
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Requests in columns, rows and pages.

    Attributes:
        columns: The heading of each column.
        rows: The heading of each row.
        pages: The heading of each page.
        cells: In the order in which they are best painted; there can be gaps in the table.
        facts: What its sheets tell in their infotext, beside the first cell's settings.
        page_facts: The same for what sets the pages apart.
    """

    columns: tuple[Heading, ...]
    rows: tuple[Heading, ...]
    pages: tuple[Heading, ...] = ((),)
    cells: tuple[Cell, ...]
    facts: tuple[tuple[str, str], ...] = ()
    page_facts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a table that no sheet could show.

        Raises:
            RequestError: it has no cells, a cell makes several pictures, or there are too many
                pixels.
        """
        if not self.cells:
            raise RequestError("a comparison needs at least one cell")
        for cell in self.cells:
            check_single(cell.request)
        check_area(sum(picture_area(cell.request) for cell in self.cells))

    def name_of(self, cell: Cell) -> str:
        """The labels that hold for a cell."""
        headings = (self.columns[cell.column], self.rows[cell.row], self.pages[cell.page])
        return ", ".join(label.text for each in headings for label in each if label.is_active)

    def infotext(self, first: Picture, *, is_whole: bool) -> str:
        """What a sheet tells about itself: the settings of its first picture, and what is varied.

        Args:
            first: The picture of the sheet's first cell, or of the first that there is.
            is_whole: Whether the sheet shows all pages rather than one.
        """
        told = describe(first)
        version = told.fields.pop("Version", None)
        facts = dict((*self.facts, *self.page_facts) if is_whole else self.facts)
        fields = told.fields | facts | ({"Version": version} if version else {})
        return str(Infotext(told.prompt, told.negative_prompt, fields))


def check_single(request: Request) -> None:
    """Refuse a request that makes several pictures.

    Raises:
        RequestError: it does.
    """
    for name in ("batch_size", "batch_count"):
        if getattr(request, name, 1) != 1:
            raise RequestError(f"{name}: a cell holds one picture; it must be 1", field=name)


def check_area(pixels: int) -> None:
    """Refuse a sheet of too many pixels.

    Raises:
        RequestError: there are too many.
    """
    if pixels >= LARGEST_SHEET:
        raise RequestError(
            f"the pictures together have {pixels / 1e6:.0f} million pixels; it must be less than "
            f"{LARGEST_SHEET // 1_000_000}: choose fewer values, or smaller pictures"
        )


def picture_area(request: Request) -> int:
    """Pixels of the picture that a request makes, as far as it tells."""
    if not isinstance(request, Painting):
        return SUPPOSED_SIDE**2
    width, height = request.width, request.height
    if isinstance(request, Img2Img) and request.image.pixels is not None:
        width, height = width or request.image.size[0], height or request.image.size[1]
    width, height = width or SUPPOSED_SIDE, height or SUPPOSED_SIDE
    if hires := hires_of(request):
        width, height = hires_target(width, height, hires).size
    return width * height
