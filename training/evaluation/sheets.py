"""Contact sheets: rows and columns of pictures with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP, LINE, LETTER = 4, 11, 6  # pixels: between pictures, of a line of words, of a letter


def _lines(words: str, letters: int) -> list[str]:
    """Break words into at most two lines."""
    first = words[:letters]
    if len(words) > letters and " " in first:
        first = first.rpartition(" ")[0]
    return [first, words[len(first) :].strip()[:letters]]


def contact_sheet(
    pictures: Sequence[Image.Image], captions: Sequence[str], columns: int
) -> Image.Image:
    """Return all pictures on one sheet, each above its words; all have one size."""
    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    cell = (width + GAP, height + 2 * LINE + GAP)
    sheet = Image.new("RGB", (columns * cell[0], rows * cell[1]), "white")
    pen = ImageDraw.Draw(sheet)
    for number, (picture, words) in enumerate(zip(pictures, captions, strict=True)):
        x, y = (number % columns) * cell[0], (number // columns) * cell[1]
        sheet.paste(picture, (x, y))
        for line, text in enumerate(_lines(words, width // LETTER)):
            pen.text((x, y + height + LINE * line), text, fill="black")
    return sheet


def small_file(sheet: Image.Image, colours: int = 200) -> Image.Image:
    """Return a sheet with few colours, for a small PNG file."""
    return sheet.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
