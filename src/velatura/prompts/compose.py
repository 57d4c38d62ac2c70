"""``AND``: several prompts that guide one picture, each with a weight of its own.

The split comes before everything else and knows no brackets. The trailing ``:weight`` is taken
off every part, also where there is no ``AND`` at all. Only positive prompts are read this way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

AND = re.compile(r"\bAND\b")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?|\d*\.\d+)")


@dataclass(frozen=True, slots=True)
class ComposedText:
    """One part of a composed prompt.

    Attributes:
        text: The part, without weight and trailing space.
        weight: Factor on its guidance; may be negative.
        position: Index of its first character in the whole text.
        weighted: Whether the weight was written.
    """

    text: str
    weight: float
    position: int
    weighted: bool


def split_parts(text: str) -> tuple[ComposedText, ...]:
    """The parts between the ``AND`` words; at least one.

    >>> [(part.text, part.weight) for part in split_parts("a:1.2 AND b :-0.5")]
    [('a', 1.2), (' b', -0.5)]
    """
    edges = [0, *(edge for match in AND.finditer(text) for edge in match.span()), len(text)]
    return tuple(
        _part(text[start:end], start) for start, end in zip(edges[::2], edges[1::2], strict=True)
    )


def _part(text: str, position: int) -> ComposedText:
    head, colon, tail = text.rpartition(":")
    if colon and _NUMBER.fullmatch(number := tail.strip()):
        return ComposedText(head.rstrip(), float(number), position, weighted=True)
    return ComposedText(text.rstrip(), 1.0, position, weighted=False)
