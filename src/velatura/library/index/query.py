"""The language in which pictures are searched.

    red hair -hat "oil on canvas" sampler:"Euler a" rating:>=3 date:2026-10 size:512x768

All terms must hold; a minus before one turns it round. Words are looked for in prompts, a phrase in
quotes; a star at the end stands for anything that follows. What stands after a colon is compared
with a setting: :data:`FIELDS` has them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from velatura.errors import TextError
from velatura.library.index.words import PARTS, Phrase, fold, words_of
from velatura.records import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

LONGEST_QUERY = 2000
"""Characters."""

MOST_TERMS = 50

FLAGS = ("pick", "reject", "none")
STATES = {"shown": "here", "trashed": "trash", "gone": "gone"}
"""What ``is:`` takes, and the states of pictures."""

LARGEST = {"seed": 2**64 - 1, "rating": 5}
"""Of numbers with a bound of their own; the others end at 2^31 - 1."""

_TERM = re.compile(
    r"""\s*(?P<minus>-?)
    (?:(?P<field>[A-Za-z_]+):)?
    (?P<operator>(?<=:)(?:>=|<=|>|<|=)|)
    (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s"]+))
    (?P<star>\*?)(?=\s|$)""",
    re.VERBOSE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A number within bounds.

    Attributes:
        field: The number's name.
        low: Least value, itself included; None is no bound.
        high: Where it ends; None is no bound.
        includes_low: Whether the least value counts.
        includes_high: Whether the end counts.
    """

    field: str
    low: float | None = None
    high: float | None = None
    includes_low: bool = True
    includes_high: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name, compared without case.

    Attributes:
        field: What is so called.
        key: The name, folded.
        is_open_left: Whether more may stand before it.
        is_open_right: Whether more may stand after it.
    """

    field: str
    key: str
    is_open_left: bool = False
    is_open_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A condition, or its opposite.

    Attributes:
        condition: What holds of a picture.
        is_negated: Whether it must not.
    """

    condition: Phrase | Interval | Name | Size
    is_negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """What stands after the colon, with all that is needed to complain of it."""

    field: str
    operator: str
    text: str
    is_open: bool
    query: str
    position: int
    zone: tzinfo | None

    def error(self, expected: str) -> TextError:
        return TextError(
            f"{self.field}: expected {expected}, got {self.operator + self.text!r}",
            text=self.query,
            position=self.position,
        )


def parse_query(query: str, zone: tzinfo | None = None) -> tuple[Term, ...]:
    """The terms of a query; none, where it is empty.

    Args:
        query: What was typed.
        zone: Where days begin; None is this machine's.

    Raises:
        TextError: it cannot be read; the position is told.
    """
    if len(query) > LONGEST_QUERY:
        raise TextError(
            f"query: {len(query)} characters; {LONGEST_QUERY} at most", text=query, position=0
        )
    if odd := re.search("[\\x00\\ud800-\\udfff]", query):
        raise TextError("query: a character of no text", text=query, position=odd.start())
    terms: list[Term] = []
    position = 0
    while query[position:].strip():
        match = _TERM.match(query, position)
        if match is None:
            raise TextError(
                "query: a quotation mark here has no counterpart, or stands within a word",
                text=query,
                position=position + len(query[position:]) - len(query[position:].lstrip()),
            )
        position = match.end()
        condition = _condition(match, query, zone)
        if condition is not None:
            terms.append(Term(condition=condition, is_negated=bool(match["minus"])))
        if len(terms) > MOST_TERMS:
            raise TextError(f"query: more than {MOST_TERMS} terms", text=query, position=position)
    return tuple(terms)


def _condition(
    match: re.Match[str], query: str, zone: tzinfo | None
) -> Phrase | Interval | Name | Size | None:
    """The condition of a term; None where there is nothing in it to look for."""
    quoted, bare = match["quoted"], match["bare"]
    is_open = bool(match["star"]) or (bare is not None and bare.endswith("*"))
    value = re.sub(r"\\(.)", r"\1", quoted) if bare is None else bare.removesuffix("*")
    name = match["field"]
    if name is None:
        return _phrase("prompt", value, is_open=is_open)
    if (read := FIELDS.get(name.lower())) is None:
        raise TextError(
            f"query: unknown field {name[:40]!r}; known are {', '.join(FIELDS)}; "
            "put words with a colon in quotes",
            text=query,
            position=match.start("field"),
        )
    asked = _Value(
        field=name.lower(),
        operator=match["operator"],
        text=value,
        is_open=is_open,
        query=query,
        position=match.start("field"),
        zone=zone,
    )
    return read(asked)


def _phrase(part: str, told: str, *, is_open: bool) -> Phrase | None:
    words = tuple(words_of(told))
    if not words:
        return None
    return Phrase(words=words, part=next(it for it in PARTS if it == part), is_prefix=is_open)


def _words(value: _Value) -> Phrase | None:
    if value.operator:
        raise value.error("words")
    return _phrase(value.field, value.text, is_open=value.is_open)


def _name(value: _Value) -> Name:
    if value.operator not in ("", "="):
        raise value.error("a name")
    is_open_left = value.text.startswith("*")
    return Name(
        field=ALIASES.get(value.field, value.field),
        key=fold(value.text.removeprefix("*")),
        is_open_left=is_open_left,
        is_open_right=value.is_open,
    )


def _choice(*choices: str) -> Callable[[_Value], Name]:
    def read(value: _Value) -> Name:
        if value.operator not in ("", "=") or value.is_open or value.text.lower() not in choices:
            raise value.error(f"one of {', '.join(choices)}")
        return Name(field=value.field, key=value.text.lower())

    return read


def _whole(value: _Value) -> Interval:
    largest = LARGEST.get(value.field, 2**31 - 1)

    def number(told: str) -> int:
        if not re.fullmatch("[0-9]{1,20}", told) or int(told) > largest:
            raise value.error(f"a whole number from 0 to {largest}")
        return int(told)

    return _interval(value, number)


def _decimal(value: _Value) -> Interval:
    def number(told: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", told):
            raise value.error("a number such as 7.5")
        return float(told)

    return _interval(value, number)


def _date(value: _Value) -> Interval:
    """Whole days: a month or a year is all of its days."""
    first, separator, last = value.text.partition("..")
    if separator:
        if value.operator or not (first or last):
            raise value.error("dates such as 2026-10..2026-11-24")
        low = _moment(value, first, is_end=False) if first else None
        high = _moment(value, last, is_end=True) if last else None
        return Interval(field="date", low=low, high=high, includes_high=False)
    begin, end = (_moment(value, first, is_end=is_end) for is_end in (False, True))
    low = {">": end, "<": None, "<=": None}.get(value.operator, begin)
    high = {"<": begin, ">": None, ">=": None}.get(value.operator, end)
    return Interval(field="date", low=low, high=high, includes_high=False)


def _moment(value: _Value, told: str, *, is_end: bool) -> float:
    """When a date begins, or what comes after it does."""
    try:
        if (match := _DATE.fullmatch(told)) is None:
            raise ValueError(told)
        parts = [int(part) for part in match.groups() if part]
        year, month, day = [*parts, 1, 1][:3]
        start = datetime(year, month, day)
        if is_end:
            start = _after(start, len(parts))
        return (start.replace(tzinfo=value.zone) if value.zone else start.astimezone()).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise value.error("a date such as 2026-11-24, 2026-11 or 2026") from error


def _after(start: datetime, parts: int) -> datetime:
    """The first moment after a year, a month or a day: of one, two or three parts."""
    if parts == 3:
        return start + timedelta(days=1)
    if parts == 2 and start.month < 12:
        return start.replace(month=start.month + 1)
    return start.replace(year=start.year + 1, month=1)


def _interval(value: _Value, number: Callable[[str], float]) -> Interval:
    """``5``, ``>=5``, ``<5``, ``3..5``, ``3..`` and ``..5``."""
    name = value.field
    first, separator, last = value.text.partition("..")
    if separator:
        if value.operator or not (first or last):
            raise value.error("bounds such as 3..5")
        low = number(first) if first else None
        return Interval(field=name, low=low, high=number(last) if last else None)
    limit = number(value.text)
    if value.operator in (">", ">="):
        return Interval(field=name, low=limit, includes_low=value.operator == ">=")
    if value.operator in ("<", "<="):
        return Interval(field=name, high=limit, includes_high=value.operator == "<=")
    return Interval(field=name, low=limit, high=limit)


def _size(value: _Value) -> Size:
    match = re.fullmatch("([0-9]{1,6})[xX×]([0-9]{1,6})", value.text)
    if value.operator not in ("", "=") or match is None:
        raise value.error("a size such as 512x768")
    return Size(width=int(match[1]), height=int(match[2]))


ALIASES: dict[str, str] = {"model": "checkpoint"}
"""Other words for fields."""

FIELDS: dict[str, Callable[[_Value], Phrase | Interval | Name | Size | None]] = {
    "prompt": _words,
    "negative": _words,
    "name": _words,
    "checkpoint": _name,
    "model": _name,
    "sampler": _name,
    "lora": _name,
    "tag": _name,
    "collection": _name,
    "seed": _whole,
    "steps": _whole,
    "cfg": _decimal,
    "width": _whole,
    "height": _whole,
    "size": _size,
    "rating": _whole,
    "date": _date,
    "kind": _choice(*REQUESTS, "none"),
    "flag": _choice(*FLAGS),
    "is": _choice(*STATES),
    "job": _name,
}
"""What can stand before a colon, and how what follows is read."""
