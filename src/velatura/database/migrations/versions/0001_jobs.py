"""The queue: jobs, their pictures, the journal, the queue's own state, the workers."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String, Text, UniqueConstraint

from velatura.database.schema import Number

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        Column("number", Number, primary_key=True, autoincrement=True),
        Column("id", String(32), nullable=False, unique=True),
        Column("owner", String(100), nullable=False),
        Column("key", String(200)),
        Column("digest", String(64), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("request", Text, nullable=False),
        Column("inputs", Text, nullable=False),
        Column("models", String(64), nullable=False),
        Column("status", String(10), nullable=False),
        Column("wish", String(10), nullable=False),
        Column("priority", Integer, nullable=False),
        Column("place", Number, nullable=False),
        Column("passed", Integer, nullable=False),
        Column("deaths", Integer, nullable=False),
        Column("run", Integer, nullable=False),
        Column("worker", String(200)),
        Column("submitted", Double, nullable=False),
        Column("started", Double),
        Column("finished", Double),
        Column("phase", String(20), nullable=False),
        Column("step", Integer, nullable=False),
        Column("steps", Integer, nullable=False),
        Column("share", Double, nullable=False),
        Column("left_s", Double),
        Column("error", Text, nullable=False),
        Column("error_kind", String(60), nullable=False),
        Column("error_field", Text, nullable=False),
        UniqueConstraint("owner", "key"),
        Index("ix_jobs_turn", "status", "priority", "place", "number"),
        Index("ix_jobs_status_number", "status", "number"),
        Index("ix_jobs_owner_status", "owner", "status"),
        Index("ix_jobs_owner_number", "owner", "number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job_pictures",
        Column("job", Number, ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
        Column("place", Integer, primary_key=True),
        Column("id", String(64), nullable=False),
        Column("path", Text, nullable=False),
        Column("width", Integer, nullable=False),
        Column("height", Integer, nullable=False),
    )
    op.create_table(
        "events",
        Column("id", Number, primary_key=True, autoincrement=True),
        Column("at", Double, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("job", String(32), nullable=False),
        Column("owner", String(100), nullable=False),
        Column("told", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pauses",
        Column("cause", String(10), primary_key=True),
        Column("since", Double, nullable=False),
        Column("reason", Text, nullable=False),
    )
    op.create_table(
        "workers",
        Column("name", String(200), primary_key=True),
        Column("process", Integer, nullable=False),
        Column("started", Double, nullable=False),
        Column("seen", Double, nullable=False),
        Column("job", String(32), nullable=False),
    )


def downgrade() -> None:
    """Take the tables away."""
    for name in ("workers", "pauses", "events", "job_pictures", "jobs"):
        op.drop_table(name)
