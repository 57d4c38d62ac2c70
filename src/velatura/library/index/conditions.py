"""Terms of a query as conditions on rows: everything a client wrote goes in as a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, not_, select, true

from velatura.library.index.query import STATES, Interval, Name, Size
from velatura.library.index.tables import collected, loras, pictures, tags
from velatura.library.index.words import Phrase, matching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement, Table
    from sqlalchemy.sql.elements import KeyedColumnElement

    from velatura.library.index.query import Term

NUMBERS: dict[str, Column[float] | Column[int]] = {
    "date": pictures.c.made,
    **{name: pictures.c[name] for name in ("seed", "steps", "cfg", "width", "height", "rating")},
}
KEYS: dict[str, Column[str]] = {
    "checkpoint": pictures.c.checkpoint_key,
    "sampler": pictures.c.sampler_key,
    "job": pictures.c.job,
}
LABELS: dict[str, Table] = {"lora": loras, "tag": tags, "collection": collected}
"""Where names stand of which a picture can have many."""

CHOICES: dict[str, tuple[Column[str], dict[str, str]]] = {
    "kind": (pictures.c.kind, {"none": ""}),
    "flag": (pictures.c.flag, {"none": ""}),
    "is": (pictures.c.state, STATES),
}
"""Columns with few values, and what those are called in queries."""


def conditions(terms: Sequence[Term], dialect: str) -> list[ColumnElement[bool]]:
    """What holds of a picture that a query finds; shown ones alone, unless ``is:`` says otherwise.

    Args:
        terms: The query.
        dialect: Of the database.
    """
    wanted = [
        it.condition for it in terms if isinstance(it.condition, Phrase) and not it.is_negated
    ]
    found: list[ColumnElement[bool]] = []
    if not any(isinstance(it.condition, Name) and it.condition.field == "is" for it in terms):
        found.append(pictures.c.state == "here")
    for term in terms:
        if not isinstance(term.condition, Phrase):
            holds = _condition(term.condition)
            found.append(not_(holds) if term.is_negated else holds)
    # Words come last: looking one up among the words' pictures costs more than to compare numbers.
    if wanted:
        found.append(pictures.c.number.in_(matching(dialect, wanted, "words")))
    for place, term in enumerate(terms):
        if term.is_negated and isinstance(term.condition, Phrase):
            query = matching(dialect, [term.condition], f"words_{place}")
            found.append(pictures.c.number.not_in(query))
    return found


def _condition(condition: Interval | Name | Size) -> ColumnElement[bool]:
    if isinstance(condition, Size):
        return and_(pictures.c.width == condition.width, pictures.c.height == condition.height)
    if isinstance(condition, Interval):
        return _within(condition)
    if condition.field in CHOICES:
        column, called = CHOICES[condition.field]
        return column == called.get(condition.key, condition.key)
    if condition.field in LABELS:
        table = LABELS[condition.field]
        having = select(table.c.picture).where(_named(table.c.key, condition))
        return pictures.c.number.in_(having)
    return _named(KEYS[condition.field], condition)


def _within(interval: Interval) -> ColumnElement[bool]:
    """A picture of which the number is not known has none within any bounds."""
    column = NUMBERS[interval.field]
    parts: list[ColumnElement[bool]] = [column.is_not(None)] if column.nullable else []
    if interval.low is not None and interval.low == interval.high:
        return and_(*parts, column == interval.low)
    if interval.low is not None:
        parts.append(column >= interval.low if interval.includes_low else column > interval.low)
    if interval.high is not None:
        is_below = column <= interval.high if interval.includes_high else column < interval.high
        parts.append(is_below)
    return and_(true(), *parts)


def _named(column: KeyedColumnElement[str], name: Name) -> ColumnElement[bool]:
    if name.is_open_left and name.is_open_right:
        return column.contains(name.key, autoescape=True)
    if name.is_open_right:
        return column.startswith(name.key, autoescape=True)
    if name.is_open_left:
        return column.endswith(name.key, autoescape=True)
    return column == name.key
