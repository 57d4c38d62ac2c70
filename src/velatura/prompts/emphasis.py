r"""Brackets that weigh words: ``(more)``, ``[less]``, ``(this much:1.3)``; and ``BREAK``.

Round brackets multiply the weight of what they hold by 1.1 or by the number given, square ones by
1/1.1. Open brackets reach to the end of the text. Round and square brackets are matched apart
from each other, so ``([a)]`` is legal. ``\(`` is a bracket that means nothing; any other
backslash vanishes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from velatura.errors import PromptError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUND: Final = 1.1
SQUARE: Final = 1 / 1.1
BREAK_WEIGHT: Final = -1.0
"""A ``BREAK`` is a segment of this weight. Inside brackets the weight changes, and then the word
is no longer a break but the word "break"."""

_TOKEN = re.compile(
    r"""
    \\(?P<escaped>[()\[\]\\])
  | (?P<backslash>\\)
  | :\s*(?P<number>[+-]?[.\d]+)\s*\)
  | [()\[\]:]
  | [^\\()\[\]:]+
    """,
    re.VERBOSE,
)
_BREAK = re.compile(r"\bBREAK\b")


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of one weight.

    Attributes:
        text: The text, without the brackets that gave the weight.
        weight: Factor on its tokens' vectors.
    """

    text: str
    weight: float

    @property
    def is_break(self) -> bool:
        """Whether a new chunk starts here."""
        return self.text == "BREAK" and self.weight == BREAK_WEIGHT


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a scanned text: its place, what remains of it, its weight."""

    position: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Group:
    """A bracketed stretch of a text.

    Attributes:
        opener: "(" or "[".
        position: Index of the opening bracket.
        end: Index behind the closing bracket; None where it is never closed.
        pieces: The pieces inside.
        factor: What their weights are multiplied by.
    """

    opener: str
    position: int
    end: int | None
    pieces: slice
    factor: float


@dataclass(frozen=True, slots=True)
class Scan:
    """A text taken apart: unmerged pieces with their final weights, groups as they close."""

    pieces: tuple[Piece, ...]
    groups: tuple[Group, ...]


def emphasise(text: str) -> tuple[Segment, ...]:
    """The segments of a text; at least one.

    >>> emphasise("a (cat:1.3)")
    (Segment(text='a ', weight=1.0), Segment(text='cat', weight=1.3))

    Raises:
        PromptError: if a weight such as ``1.2.3`` is not a number.
    """
    merged: list[tuple[list[str], float]] = []
    for piece in scan(text).pieces:
        if merged and merged[-1][1] == piece.weight:
            merged[-1][0].append(piece.text)
        else:
            merged.append(([piece.text], piece.weight))
    return tuple(Segment("".join(texts), weight) for texts, weight in merged) or (Segment("", 1.0),)


def scan(text: str) -> Scan:
    """The pieces and groups of a text.

    Raises:
        PromptError: if a weight is not a number.
    """
    pieces: list[Piece] = []
    groups: list[Group] = []
    rounds: list[tuple[int, int]] = []
    squares: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        token, here = match[0], len(pieces)
        if token in ("(", "["):
            (rounds if token == "(" else squares).append((match.start(), here))
        elif (token == ")" or match["number"]) and rounds:
            start, first = rounds.pop()
            factor = _factor(text, match)
            groups.append(Group("(", start, match.end(), slice(first, here), factor))
        elif token == "]" and squares:
            start, first = squares.pop()
            groups.append(Group("[", start, match.end(), slice(first, here), SQUARE))
        else:
            pieces.extend(_pieces(match))
    for opener, unclosed, factor in (("(", rounds, ROUND), ("[", squares, SQUARE)):
        groups += [Group(opener, at, None, slice(i, None), factor) for at, i in unclosed]
    return Scan(_weighted(pieces, groups), tuple(groups))


def _weighted(pieces: list[Piece], groups: list[Group]) -> tuple[Piece, ...]:
    """The pieces times the factors of their groups, one after another.

    The order decides the last bit of a product.
    """
    weights = np.fromiter((piece.weight for piece in pieces), dtype=np.float64, count=len(pieces))
    with np.errstate(all="ignore"):
        for group in groups:
            weights[group.pieces] *= group.factor
    return tuple(
        Piece(piece.position, piece.text, weight)
        for piece, weight in zip(pieces, weights.tolist(), strict=True)
    )


def _factor(text: str, match: re.Match[str]) -> float:
    """What a closing bracket multiplies by."""
    if not match["number"]:
        return ROUND
    try:
        return float(match["number"])
    except ValueError:
        raise PromptError(
            f"{match['number']!r} is not a number, expected a weight as in (text:1.2)",
            text=text,
            position=match.start("number"),
        ) from None


def _pieces(match: re.Match[str]) -> Iterator[Piece]:
    """A token of literal text as pieces: breaks stand apart, between texts that may be empty."""
    start = match.start()
    if match["escaped"] or match["backslash"]:
        yield Piece(start, match["escaped"] or "", 1.0)
        return
    token = match[0]
    end = 0
    for word in _BREAK.finditer(token):
        before = token[end : word.start()].rstrip()
        yield Piece(start + end, before.lstrip() if end else before, 1.0)
        yield Piece(start + word.start(), word[0], BREAK_WEIGHT)
        end = word.end()
    yield Piece(start + end, token[end:].lstrip() if end else token, 1.0)
