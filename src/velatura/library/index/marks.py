"""What people think of pictures: rating, flag, tags, collections, the trash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from velatura.errors import RequestError, UnknownCollection
from velatura.library.index.entries import numbers_of
from velatura.library.index.entry import Label
from velatura.library.index.shelve import put, settle
from velatura.library.index.tables import collected, collections, pictures, tags
from velatura.library.index.words import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

LONGEST_LABEL = 100
BEST = 5
FLAGS = ("", "pick", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What to think of pictures; what is left out stays as it is.

    Attributes:
        rating: From 0 to 5.
        flag: "pick", "reject", or empty for neither.
        tag: Names to tag them with, beside those that they have.
        untag: Tags to take from them, before others are given.
        collect: A collection to put them into.
        scatter: A collection to take them out of.
    """

    rating: int | None = None
    flag: str | None = None
    tag: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()
    collect: str | None = None
    scatter: str | None = None


def mark(connection: Connection, picture_ids: Sequence[str], asked: Marks, now: float) -> None:
    """Give pictures their marks.

    Raises:
        RequestError: a mark that cannot be.
        UnknownPicture: one of them is not in the library.
        UnknownCollection: there is none to take them out of.
    """
    if asked.rating is not None:
        rate(connection, picture_ids, asked.rating)
    if asked.flag is not None:
        flag(connection, picture_ids, asked.flag)
    untag(connection, picture_ids, asked.untag)
    tag(connection, picture_ids, asked.tag)
    if asked.collect is not None:
        collect(connection, picture_ids, asked.collect, now)
    if asked.scatter is not None:
        scatter(connection, picture_ids, asked.scatter)


def rate(connection: Connection, picture_ids: Sequence[str], rating: int) -> None:
    """Give pictures a rating.

    Raises:
        RequestError: it is not from 0 to 5.
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    if not 0 <= rating <= BEST:
        raise RequestError(f"rating: must be from 0 to {BEST}, got {rating}", field="rating")
    _change(connection, picture_ids, rating=rating)


def flag(connection: Connection, picture_ids: Sequence[str], mark: str) -> None:
    """Pick or reject pictures; an empty flag takes either back.

    Raises:
        RequestError: another flag.
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    if mark not in FLAGS:
        raise RequestError(
            f'flag: expected "pick", "reject" or "", got {mark[:40]!r}', field="flag"
        )
    _change(connection, picture_ids, flag=mark)


def tag(connection: Connection, picture_ids: Sequence[str], names: Sequence[str]) -> None:
    """Give pictures tags, beside those that they have.

    Raises:
        RequestError: a tag without letters, or too long.
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    numbers = numbers_of(connection, picture_ids)
    labels = [(label_key(name, "tags"), " ".join(name.split())) for name in names]
    rows = [
        {"picture": number, "key": key, "name": name} for number in numbers for key, name in labels
    ]
    put(connection, tags, rows)


def untag(connection: Connection, picture_ids: Sequence[str], names: Sequence[str]) -> None:
    """Take tags from pictures; those that they do not have are passed over.

    Raises:
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    numbers = numbers_of(connection, picture_ids)
    mine = tags.c.picture.in_(numbers) & tags.c.key.in_([fold(name) for name in names])
    connection.execute(delete(tags).where(mine))


def collect(connection: Connection, picture_ids: Sequence[str], name: str, now: float) -> None:
    """Put pictures into a collection, which is made where there is none of that name.

    Raises:
        RequestError: a name without letters, or too long.
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    key = label_key(name, "name")
    put(connection, collections, [{"key": key, "name": " ".join(name.split()), "added": now}])
    rows = [{"picture": it, "key": key} for it in numbers_of(connection, picture_ids)]
    put(connection, collected, rows)


def scatter(connection: Connection, picture_ids: Sequence[str], name: str) -> None:
    """Take pictures out of a collection.

    Raises:
        UnknownCollection: there is none of that name.
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    key = _collection(connection, name)
    mine = collected.c.picture.in_(numbers_of(connection, picture_ids))
    connection.execute(delete(collected).where((collected.c.key == key) & mine))


def drop_collection(connection: Connection, name: str) -> None:
    """Give a collection up; its pictures stay.

    Raises:
        UnknownCollection: there is none of that name.
    """
    key = _collection(connection, name)
    connection.execute(delete(collected).where(collected.c.key == key))
    connection.execute(delete(collections).where(collections.c.key == key))


def read_collections(connection: Connection) -> tuple[Label, ...]:
    """All collections, in alphabetical order, those without pictures too."""
    shown = (
        select(collected.c.key, func.count().label("count"))
        .join(pictures, pictures.c.number == collected.c.picture)
        .where(pictures.c.state == "here")
        .group_by(collected.c.key)
        .subquery()
    )
    query = select(collections.c.name, func.coalesce(shown.c.count, 0)).join(
        shown, shown.c.key == collections.c.key, isouter=True
    )
    rows = connection.execute(query.order_by(collections.c.key))
    return tuple(Label(name=name, count=count) for name, count in rows)


def read_tags(connection: Connection) -> tuple[Label, ...]:
    """The tags of pictures that are shown, in alphabetical order."""
    query = (
        select(func.min(tags.c.name), func.count())
        .join(pictures, pictures.c.number == tags.c.picture)
        .where(pictures.c.state == "here")
        .group_by(tags.c.key)
        .order_by(tags.c.key)
    )
    return tuple(Label(name=name, count=count) for name, count in connection.execute(query))


def trash(connection: Connection, picture_ids: Sequence[str], now: float) -> None:
    """Put pictures into the trash; those that lie there stay as they are.

    Raises:
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    numbers = numbers_of(connection, picture_ids)
    fresh = pictures.c.number.in_(numbers) & pictures.c.trashed.is_(None)
    connection.execute(update(pictures).where(fresh).values(trashed=now))
    settle(connection, numbers)


def restore(connection: Connection, picture_ids: Sequence[str]) -> None:
    """Take pictures out of the trash again, with all their marks.

    Raises:
        UnknownPicture: one of them is not in the library; nothing was changed.
    """
    _change(connection, picture_ids, trashed=None)
    settle(connection, numbers_of(connection, picture_ids))


def label_key(name: str, field: str) -> str:
    """What a tag or a collection is compared by.

    Raises:
        RequestError: a name without letters, or too long, or with signs that do not show.
    """
    key = " ".join(fold(name).split())
    if not key or len(name) > LONGEST_LABEL or not name.isprintable() or '"' in name:
        raise RequestError(
            f"{field}: expected a name of 1 to {LONGEST_LABEL} characters that show, "
            f"without quotes, got {name[:40]!r}",
            field=field,
        )
    return key


def _collection(connection: Connection, name: str) -> str:
    key = " ".join(fold(name).split())
    query = select(collections.c.key).where(collections.c.key == key)
    if connection.execute(query).scalar() is None:
        raise UnknownCollection(f"there is no collection {name[:80]!r}")
    return key


def _change(connection: Connection, picture_ids: Sequence[str], **values: object) -> None:
    mine = pictures.c.number.in_(numbers_of(connection, picture_ids))
    connection.execute(update(pictures).where(mine).values(**values))
