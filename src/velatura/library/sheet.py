"""A contact sheet: several pictures on one, with a line of words under each."""

from __future__ import annotations

import math
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from velatura.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from velatura.records import Pixels

PAPER, INK = (255, 255, 255), (40, 40, 40)
LABEL_SIZE_PX = 12
MARGIN_PX = 4


def contact_sheet(
    pictures: Sequence[Pixels], columns: int = 0, labels: Sequence[str] = ()
) -> NDArray[np.uint8]:
    """The pictures in rows, each in the middle of a cell as large as the largest of them.

    Args:
        pictures: (h, w, 1, 3 or 4) each; alpha is left out.
        columns: Pictures in a row; 0 makes as many rows as the rounded root of their number.
        labels: Words under the pictures, in their order; cut where they are too long.

    Raises:
        RequestError: no pictures.
    """
    if not pictures:
        raise RequestError("sheet: needs at least one picture")
    columns = min(columns, len(pictures)) if columns > 0 else _columns(len(pictures))
    rows = math.ceil(len(pictures) / columns)
    cell_height = max(pixels.shape[0] for pixels in pictures)
    cell_width = max(pixels.shape[1] for pixels in pictures)
    line = LABEL_SIZE_PX + 2 * MARGIN_PX if any(labels) else 0
    sheet = Image.new("RGB", (columns * cell_width, rows * (cell_height + line)), PAPER)
    for i, (pixels, label) in enumerate(zip_longest(pictures, labels[: len(pictures)])):
        left, top = i % columns * cell_width, i // columns * (cell_height + line)
        height, width = pixels.shape[:2]
        place = (left + (cell_width - width) // 2, top + (cell_height - height) // 2)
        sheet.paste(as_image(pixels), place)
        if label:
            sheet.paste(_label(label, cell_width), (left, top + cell_height + MARGIN_PX))
    return np.asarray(sheet)


def as_image(pixels: Pixels) -> Image.Image:
    """The picture at eight bits a channel, without alpha."""
    eight_bit = pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)
    colours = eight_bit[:, :, :3] if eight_bit.shape[2] > 1 else eight_bit.repeat(3, axis=2)
    return Image.fromarray(np.ascontiguousarray(colours))


def _columns(count: int) -> int:
    return math.ceil(count / round(math.sqrt(count)))


def _label(text: str, width: int) -> Image.Image:
    """One line of words in the middle of a strip."""
    strip = Image.new("RGB", (width, LABEL_SIZE_PX + MARGIN_PX), PAPER)
    font = ImageFont.load_default(LABEL_SIZE_PX)
    line = " ".join(text.split())
    while line and font.getlength(line) > width:
        line = line[:-1] if len(line) < 8 else line[: -len(line) // 8]
    left = (width - font.getlength(line)) / 2
    ImageDraw.Draw(strip).text((left, 0), line, INK, font)
    return strip
