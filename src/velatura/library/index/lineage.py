"""Where pictures come from, and what was made from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from velatura.library.index.entry import Family
from velatura.library.index.facts import MOST_EDGES, Edge
from velatura.library.index.tables import lineage, pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection


def read_family(connection: Connection, picture_id: str) -> Family:
    """All that a picture goes back to and all that goes back to it, the nearest first.

    At most :data:`~velatura.library.index.facts.MOST_EDGES` are told in each direction.
    """
    before = list(_walk(connection, picture_id, lineage.c.child, lineage.c.parent))
    since = list(_walk(connection, picture_id, lineage.c.parent, lineage.c.child))
    edges = tuple(dict.fromkeys(before + since))
    ids = {picture_id, *(it.child for it in edges), *(it.parent for it in edges)}
    query = select(pictures.c.id).where(pictures.c.id.in_(ids))
    return Family(edges=edges, known=frozenset(connection.execute(query).scalars()))


def _walk(
    connection: Connection, start: str, near: Column[str], far: Column[str]
) -> Iterator[Edge]:
    """The edges away from a picture, generation by generation; circles end where they began."""
    seen, reached, count = {start}, {start}, 0
    while reached and count < MOST_EDGES:
        query = select(lineage).where(near.in_(sorted(reached))).limit(MOST_EDGES - count)
        rows = connection.execute(query.order_by(lineage.c.child, lineage.c.role)).all()
        for row in rows:
            yield Edge(child=row.child, parent=row.parent, role=row.role)
        count += len(rows)
        reached = {getattr(row, far.name) for row in rows} - seen
        seen |= reached
