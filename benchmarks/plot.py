"""Seconds of a step against the size of a picture and the number at once, as an SVG file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 560, 360, 56
COLOURS = ("#1f6f8b", "#c8553d", "#5b8c2a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one step took.

    Attributes:
        side: Of the square picture, in pixels.
        batch: Pictures at once.
        seconds: Of the step.
    """

    side: int
    batch: int
    seconds: float


def draw(points: Sequence[Point]) -> str:
    """The plot: both axes logarithmic, a line for each number of pictures."""
    sides = sorted({point.side for point in points})
    batches = sorted({point.batch for point in points})
    ticks = _decades([point.seconds for point in points])
    ends = (math.log(sides[0]), math.log(sides[-1])), (math.log(ticks[0]), math.log(ticks[-1]))

    def place(side: float, seconds: float) -> tuple[float, float]:
        (left, right), (low, high) = ends
        x = MARGIN + (WIDTH - 2 * MARGIN) * (math.log(side) - left) / max(right - left, 1e-9)
        y = (math.log(seconds) - low) / (high - low)
        return round(x, 1), round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * y, 1)

    marks = [_text(place(side, ticks[0]), f"{side}²", dy=18) for side in sides]
    marks += [_text(place(sides[0], tick), f"{tick:g} s", dx=-28) for tick in ticks]
    for colour, batch in zip(COLOURS, batches, strict=False):
        line = sorted((p.side, p.seconds) for p in points if p.batch == batch)
        places = [place(*one) for one in line]
        path = " ".join(f"{x},{y}" for x, y in places)
        marks.append(f'<polyline points="{path}" fill="none" stroke="{colour}"/>')
        marks += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places]
        marks.append(_text(places[-1], f"{batch} at once", dy=-10, colour=colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(marks) + "\n</svg>\n"
    )


def _decades(values: Sequence[float]) -> list[float]:
    """Powers of ten that enclose the values."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _text(
    place: tuple[float, float], words: str, *, dx: int = 0, dy: int = 4, colour: str = "black"
) -> str:
    x, y = place
    return f'<text x="{x + dx}" y="{y + dy}" text-anchor="middle" fill="{colour}">{words}</text>'
