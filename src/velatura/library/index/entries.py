"""Rows as entries, and searches as pages.

A search first finds the numbers of a page's pictures, by the index alone, and then reads what is
shown of those few.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from velatura.errors import RequestError, UnknownPicture
from velatura.library.index.conditions import conditions
from velatura.library.index.entry import Entry, Page, Place, Story
from velatura.library.index.tables import (
    collected,
    collections,
    files,
    loras,
    pictures,
    tags,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from velatura.library.index.query import Term

LONGEST_PAGE = 500
"""Pictures."""

FARTHEST = 2**31 - 1
"""Pictures that may be passed over."""

_VALUE = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?(e-?[0-9]{1,2})?")
_MADE, _NUMBER = pictures.c.made, pictures.c.number

ORDERS: dict[str, tuple[tuple[ColumnElement[Any], ...], bool]] = {
    "newest": ((_MADE, _NUMBER), True),
    "oldest": ((_MADE, _NUMBER), False),
    "rating": ((pictures.c.rating, _MADE, _NUMBER), True),
}
"""What pictures can be ordered by, and whether the largest comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which of the pictures found are asked for.

    Attributes:
        order: Of :data:`ORDERS`.
        limit: How many.
        cursor: ``Page.next`` of the page before; empty begins.
        skip: How many to pass over before the first: the index is walked along, no picture read.

    Raises:
        RequestError: no such order, a limit or a skip out of range.
    """

    order: str = "newest"
    limit: int = 50
    cursor: str = ""
    skip: int = 0

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise RequestError(
                f"order: {self.order!r} is not one of {', '.join(ORDERS)}", field="order"
            )
        for field, least, most in (("limit", 1, LONGEST_PAGE), ("skip", 0, FARTHEST)):
            if not least <= (value := getattr(self, field)) <= most:
                raise RequestError(
                    f"{field}: must be from {least} to {most}, got {value}", field=field
                )


def search(connection: Connection, terms: Sequence[Term], wanted: Range) -> Page:
    """Pictures that a query finds. A page begins after a picture, or at a count.

    Args:
        connection: Where to look.
        terms: The query.
        wanted: Which of them.

    Raises:
        RequestError: a cursor that is none of ours.
    """
    columns, falls = ORDERS[wanted.order]
    query = select(*columns).where(*conditions(terms, connection.dialect.name))
    if wanted.cursor:
        query = query.where(_beyond(columns, _values(wanted.cursor, wanted.order), falls=falls))
    query = query.order_by(*(column.desc() if falls else column for column in columns))
    rows = connection.execute(query.limit(wanted.limit + 1).offset(wanted.skip)).all()
    shown = rows[: wanted.limit]
    entries = read_entries(connection, [row.number for row in shown])
    is_last = len(rows) <= wanted.limit
    more = "" if is_last else ":".join([wanted.order, *(repr(value) for value in shown[-1])])
    return Page(entries=entries, next=more)


def count(connection: Connection, terms: Sequence[Term]) -> int:
    """How many pictures a query finds."""
    query = select(func.count()).select_from(pictures)
    return connection.execute(query.where(*conditions(terms, connection.dialect.name))).scalar_one()


def read_entries(connection: Connection, numbers: Sequence[int]) -> tuple[Entry, ...]:
    """Pictures by number, in the order of the numbers."""
    query = select(pictures, texts.c.prompt).join(texts, texts.c.picture == pictures.c.number)
    rows = connection.execute(query.where(pictures.c.number.in_(numbers)))
    by_number = {row.number: row for row in rows}
    called = select(collected.c.picture, collections.c.name).join(collections)
    labels = [
        _labels(connection, query, numbers)
        for query in (
            select(loras.c.picture, loras.c.name),
            select(tags.c.picture, tags.c.name),
            called,
        )
    ]
    return tuple(
        _entry(by_number[number], *(told[number] for told in labels))
        for number in numbers
        if number in by_number
    )


def read_entry(connection: Connection, picture_id: str) -> Entry:
    """One picture.

    Raises:
        UnknownPicture: the library has none of that id.
    """
    return read_entries(connection, [number_of(connection, picture_id)])[0]


def number_of(connection: Connection, picture_id: str) -> int:
    """The number of a picture.

    Raises:
        UnknownPicture: the library has none of that id.
    """
    query = select(pictures.c.number).where(pictures.c.id == picture_id)
    number = connection.execute(query).scalar()
    if number is None:
        raise UnknownPicture(
            f"there is no picture {picture_id[:12]!r} in the library; search to see which there are"
        )
    return number


def numbers_of(connection: Connection, picture_ids: Sequence[str]) -> list[int]:
    """The numbers of pictures, each of which must be there; see :func:`number_of`."""
    return [number_of(connection, picture_id) for picture_id in dict.fromkeys(picture_ids)]


def read_story(connection: Connection, number: int) -> Story:
    """How a picture was made, and where its files are."""
    told = connection.execute(select(texts).where(texts.c.picture == number)).one()
    return Story(
        negative_prompt=told.negative_prompt,
        infotext=told.infotext,
        request=told.request,
        places=read_places(connection, [number]),
    )


def read_places(connection: Connection, numbers: Sequence[int]) -> tuple[Place, ...]:
    """The files of pictures, those of the studio's own folder first."""
    query = select(files).where(files.c.picture.in_(numbers)).order_by(files.c.root, files.c.path)
    return tuple(
        Place(root=row.root, path=row.path, bytes=row.bytes, changed=row.changed)
        for row in connection.execute(query)
    )


def _labels(
    connection: Connection, query: Select[int, str], numbers: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Names by the number of the picture that has them."""
    mine = query.selected_columns.picture.in_(numbers)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, name in connection.execute(query.where(mine)):
        found[number].append(name)
    return defaultdict(
        tuple[str, ...], {number: tuple(sorted(names)) for number, names in found.items()}
    )


def _entry(
    row: Row[Any], used: tuple[str, ...], tagged: tuple[str, ...], gathered: tuple[str, ...]
) -> Entry:
    return Entry(
        number=row.number,
        id=row.id,
        state=row.state,
        made=row.made,
        added=row.added,
        trashed=row.trashed,
        width=row.width,
        height=row.height,
        kind=row.kind,
        checkpoint=row.checkpoint,
        sampler=row.sampler,
        seed=row.seed,
        steps=row.steps,
        cfg=row.cfg,
        rating=row.rating,
        flag=row.flag,
        job=row.job,
        prompt=row.prompt,
        loras=used,
        tags=tagged,
        collections=gathered,
    )


def _beyond(
    columns: Sequence[ColumnElement[Any]], values: Sequence[float], *, falls: bool
) -> ColumnElement[bool]:
    """What comes after the picture of these values.

    The first column is compared by itself as well: that is what an index can begin at.
    """
    parts: list[ColumnElement[bool]] = []
    for place, column in enumerate(columns):
        same = [columns[earlier] == values[earlier] for earlier in range(place)]
        step = column < values[place] if falls else column > values[place]
        parts.append(and_(*same, step))
    first = columns[0] <= values[0] if falls else columns[0] >= values[0]
    return and_(first, or_(*parts))


def _values(cursor: str, order: str) -> list[float]:
    """The values that a cursor consists of."""
    name, *parts = cursor.split(":")
    is_ours = name == order and len(parts) == len(ORDERS[order][0])
    if not is_ours or not all(_VALUE.fullmatch(part) for part in parts):
        raise RequestError(
            f"cursor: {cursor[:80]!r} is none of ours for the order {order!r}; "
            "take it from the page before",
            field="cursor",
        )
    return [int(part) if part.lstrip("-").isdecimal() else float(part) for part in parts]
