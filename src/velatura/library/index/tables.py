"""The library's tables, as :mod:`velatura.database.migrations` makes them. Times are Unix seconds.

The narrow table of pictures has an index for each order in which pictures are shown, with whatever
a search compares in it: any filter is a walk along it. Long texts lie apart.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    TypeDecorator,
)

from velatura.database.schema import SCHEMA, Number

_MIDDLE = 2**63
_COMPARED = (
    *("flag", "kind", "checkpoint_key", "sampler_key", "seed", "steps", "cfg"),
    *("width", "height", "job"),
)


class Unsigned(TypeDecorator[int]):
    """A whole number from 0 to 2^64 - 1 in a signed column, in the same order."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """The number as it is stored."""
        del dialect
        return None if value is None else value - _MIDDLE

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        """The number that was meant."""
        del dialect
        return None if value is None else value + _MIDDLE


pictures = Table(
    "library_pictures",
    SCHEMA,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),  # SHA-256 of size and pixels
    Column("state", String(10), nullable=False),  # "here", "trash", or "gone" without a file
    Column("made", Double, nullable=False),
    Column("added", Double, nullable=False),
    Column("trashed", Double),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("kind", String(20), nullable=False),  # of the request; empty where none is known
    Column("checkpoint", Text, nullable=False),
    Column("checkpoint_key", Text, nullable=False),  # keys are names as they are compared
    Column("sampler", Text, nullable=False),
    Column("sampler_key", Text, nullable=False),
    Column("seed", Unsigned),
    Column("steps", Integer),
    Column("cfg", Double),
    Column("rating", Integer, nullable=False),  # 0 to 5
    Column("flag", String(10), nullable=False),  # "pick", "reject" or empty
    Column("job", String(32), nullable=False),
    Index("ix_library_pictures_shown", "state", "made", "number", "rating", *_COMPARED),
    Index("ix_library_pictures_rated", "state", "rating", "made", "number", *_COMPARED),
    Index("ix_library_pictures_seed", "seed"),
    Index("ix_library_pictures_job", "job"),
    sqlite_autoincrement=True,
)


def _picture() -> ForeignKey:
    return ForeignKey("library_pictures.number", ondelete="CASCADE")


texts = Table(
    "library_texts",
    SCHEMA,
    Column("picture", Number, _picture(), primary_key=True, autoincrement=False),
    Column("prompt", Text, nullable=False),
    Column("negative_prompt", Text, nullable=False),
    Column("infotext", Text, nullable=False),
    Column("request", Text, nullable=False),  # as JSON; empty where none is known
)

files = Table(
    "library_files",
    SCHEMA,
    Column("root", Text, primary_key=True),  # empty is the studio's own folder of pictures
    Column("path", Text, primary_key=True),  # below the root, with forward slashes
    Column("picture", Number, _picture()),  # nothing where it cannot be read, or was purged
    Column("bytes", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),  # nanoseconds
    Column("problem", Text, nullable=False),
    Index("ix_library_files_picture", "picture"),
)

lineage = Table(
    "library_lineage",
    SCHEMA,
    Column("child", String(64), primary_key=True),
    Column("parent", String(64), primary_key=True),
    Column("role", String(20), primary_key=True),  # the request's field: "image", "mask"
    Index("ix_library_lineage_parent", "parent"),
)


def _labels(name: str) -> Table:
    """Names that any number of pictures have."""
    return Table(
        name,
        SCHEMA,
        Column("picture", Number, _picture(), primary_key=True, autoincrement=False),
        Column("key", String(200), primary_key=True),
        Column("name", Text, nullable=False),
        Index(f"ix_{name}_key", "key", "picture"),
    )


loras = _labels("library_loras")
tags = _labels("library_tags")

collections = Table(
    "library_collections",
    SCHEMA,
    Column("key", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("added", Double, nullable=False),
)

collected = Table(
    "library_collected",
    SCHEMA,
    Column("picture", Number, _picture(), primary_key=True, autoincrement=False),
    Column(
        "key",
        String(200),
        ForeignKey("library_collections.key", ondelete="CASCADE"),
        primary_key=True,
    ),
    Index("ix_library_collected_key", "key", "picture"),
)
