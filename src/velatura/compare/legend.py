"""Words at the sides of a sheet: wrapped, made smaller until they fit, struck out where inactive.

The font is the one that Pillow brings along. It has Latin letters; others are drawn as boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageDraw import ImageDraw

    from velatura.compare.comparison import Heading

INK, FAINT, PAPER = (20, 20, 20), (150, 150, 150), (255, 255, 255)

SMALLEST_PX = 9
LONGEST_LABEL = 400
"""Characters of a label that are drawn."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, set.

    Attributes:
        lines: Each with whether it is active.
        font: What it is set in.
        leading: From line to line, in pixels.
    """

    lines: tuple[tuple[str, bool], ...]
    font: Font
    leading: int

    @property
    def height(self) -> int:
        """Height of all lines, in pixels."""
        return len(self.lines) * self.leading

    def draw(self, canvas: ImageDraw, left: int, top: int, size: tuple[int, int]) -> None:
        """Draw it in the middle of a rectangle."""
        width, height = size
        y = top + (height - self.height) // 2
        for text, is_active in self.lines:
            length = self.font.getlength(text)
            x = left + (width - length) / 2
            canvas.text((x, y), text, INK if is_active else FAINT, self.font)
            if not is_active:
                middle = y + self.leading * 9 // 16
                canvas.line((x, middle, x + length, middle), FAINT, max(1, self.leading // 16))
            y += self.leading


def set_heading(heading: Heading, size_px: int, width: int, height: int) -> Block:
    """A heading set to fit a width and a height; what is too much at the smallest size is cut off.

    Args:
        heading: The labels.
        size_px: The largest size of the letters.
        width: In pixels.
        height: In pixels.
    """
    size_px = max(size_px, SMALLEST_PX)
    while True:
        block = _set(heading, size_px, width)
        is_whole = all(block.font.getlength(text) <= width for text, _ in block.lines)
        if size_px == SMALLEST_PX or (is_whole and block.height <= height):
            break
        size_px -= 1
    most = max(1, height // block.leading)
    return Block(tuple(_cut(block, width))[:most], block.font, block.leading)


def _set(heading: Heading, size_px: int, width: int) -> Block:
    font = _font(size_px)
    lines = [
        (line, label.is_active)
        for label in heading
        for line in _wrapped(label.text[:LONGEST_LABEL], font, width)
    ]
    return Block(tuple(lines), font, size_px * 5 // 4)


@cache
def _font(size_px: int) -> Font:
    """Pillow's own font; it is unpacked once for each size."""
    return ImageFont.load_default(size_px)


def _wrapped(text: str, font: Font, width: int) -> Iterator[str]:
    """Lines of whole words; a word that is too long has a line of its own."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield line


def _cut(block: Block, width: int) -> Iterator[tuple[str, bool]]:
    """The lines, those that are too long broken anywhere."""
    for text, is_active in block.lines:
        rest = text
        while block.font.getlength(rest) > width and len(rest) > 1:
            fitting = next(
                n
                for n in range(len(rest) - 1, 0, -1)
                if n == 1 or block.font.getlength(rest[:n]) <= width
            )
            yield rest[:fitting], is_active
            rest = rest[fitting:]
        yield rest, is_active
