"""The library: pictures, what is searched in them, and what people think of them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)

from velatura.database.schema import Number

revision = "0002"
down_revision = "0001"

PICTURES = "library_pictures"
COMPARED = (
    *("flag", "kind", "checkpoint_key", "sampler_key", "seed", "steps", "cfg"),
    *("width", "height", "job"),
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        PICTURES,
        Column("number", Number, primary_key=True, autoincrement=True),
        Column("id", String(64), nullable=False, unique=True),
        Column("state", String(10), nullable=False),
        Column("made", Double, nullable=False),
        Column("added", Double, nullable=False),
        Column("trashed", Double),
        Column("width", Integer, nullable=False),
        Column("height", Integer, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("checkpoint", Text, nullable=False),
        Column("checkpoint_key", Text, nullable=False),
        Column("sampler", Text, nullable=False),
        Column("sampler_key", Text, nullable=False),
        Column("seed", BigInteger),
        Column("steps", Integer),
        Column("cfg", Double),
        Column("rating", Integer, nullable=False),
        Column("flag", String(10), nullable=False),
        Column("job", String(32), nullable=False),
        Index("ix_library_pictures_shown", "state", "made", "number", "rating", *COMPARED),
        Index("ix_library_pictures_rated", "state", "rating", "made", "number", *COMPARED),
        Index("ix_library_pictures_seed", "seed"),
        Index("ix_library_pictures_job", "job"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "library_texts",
        Column("picture", Number, _picture(), primary_key=True, autoincrement=False),
        Column("prompt", Text, nullable=False),
        Column("negative_prompt", Text, nullable=False),
        Column("infotext", Text, nullable=False),
        Column("request", Text, nullable=False),
    )
    op.create_table(
        "library_files",
        Column("root", Text, primary_key=True),
        Column("path", Text, primary_key=True),
        Column("picture", Number, _picture()),
        Column("bytes", BigInteger, nullable=False),
        Column("changed", BigInteger, nullable=False),
        Column("problem", Text, nullable=False),
        Index("ix_library_files_picture", "picture"),
    )
    op.create_table(
        "library_lineage",
        Column("child", String(64), primary_key=True),
        Column("parent", String(64), primary_key=True),
        Column("role", String(20), primary_key=True),
        Index("ix_library_lineage_parent", "parent"),
    )
    for name in ("library_loras", "library_tags"):
        _make_labels(name)
    op.create_table(
        "library_collections",
        Column("key", String(200), primary_key=True),
        Column("name", Text, nullable=False),
        Column("added", Double, nullable=False),
    )
    op.create_table(
        "library_collected",
        Column("picture", Number, _picture(), primary_key=True, autoincrement=False),
        Column(
            "key",
            String(200),
            ForeignKey("library_collections.key", ondelete="CASCADE"),
            primary_key=True,
        ),
        Index("ix_library_collected_key", "key", "picture"),
    )
    _make_words()


def _picture() -> ForeignKey:
    return ForeignKey(f"{PICTURES}.number", ondelete="CASCADE")


def _make_labels(name: str) -> None:
    op.create_table(
        name,
        Column("picture", Number, _picture(), primary_key=True, autoincrement=False),
        Column("key", String(200), primary_key=True),
        Column("name", Text, nullable=False),
        Index(f"ix_{name}_key", "key", "picture"),
    )


def _make_words() -> None:
    """The words of pictures, searched by what each database has for it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE library_words "
            "USING fts5(prompt, negative, name, tokenize = 'ascii', prefix = '1 2 3 4 5')"
        )
        return
    op.execute(
        "CREATE TABLE library_words (picture BIGINT PRIMARY KEY "
        f"REFERENCES {PICTURES} (number) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_library_words_words ON library_words USING gin (words)")


def downgrade() -> None:
    """Take the tables away."""
    for name in ("words", "collected", "collections", "tags", "loras", "lineage", "files"):
        op.drop_table(f"library_{name}")
    op.drop_table("library_texts")
    op.drop_table(PICTURES)
