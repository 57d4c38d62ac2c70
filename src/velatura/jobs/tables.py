"""The queue's tables, as :mod:`velatura.database.migrations` makes them. Times are Unix seconds."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from velatura.database.schema import SCHEMA, Number

jobs = Table(
    "jobs",
    SCHEMA,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("owner", String(100), nullable=False),
    Column("key", String(200)),
    Column("digest", String(64), nullable=False),  # of the request as it was asked
    Column("kind", String(20), nullable=False),
    Column("request", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("models", String(64), nullable=False),  # alike for jobs that share a checkpoint
    Column("status", String(10), nullable=False),
    Column("wish", String(10), nullable=False),  # what a running job is asked to do
    Column("priority", Integer, nullable=False),
    Column("place", Number, nullable=False),  # among those of the same priority
    Column("passed", Integer, nullable=False),  # how often others went before it while it was first
    Column("deaths", Integer, nullable=False),  # of workers, since it last got on
    Column("run", Integer, nullable=False),  # how often it was taken up: who holds it, knows it
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
    Column("seconds", Double, nullable=False, server_default="0"),  # that workers spent on it
    Column("peak_bytes", Number),  # most memory that its worker had
    UniqueConstraint("owner", "key"),
    Index("ix_jobs_turn", "status", "priority", "place", "number"),
    Index("ix_jobs_status_number", "status", "number"),
    Index("ix_jobs_owner_status", "owner", "status"),
    Index("ix_jobs_owner_number", "owner", "number"),
    sqlite_autoincrement=True,
)

pictures = Table(
    "job_pictures",
    SCHEMA,
    Column("job", Number, ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("id", String(64), nullable=False),
    Column("path", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("seam", Double),
    Column("remarks", Text, nullable=False, server_default="[]"),
)

events = Table(
    "events",
    SCHEMA,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("job", String(32), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("told", Text, nullable=False),
    sqlite_autoincrement=True,
)

pauses = Table(
    "pauses",
    SCHEMA,
    Column("cause", String(10), primary_key=True),
    Column("since", Double, nullable=False),
    Column("reason", Text, nullable=False),
)

workers = Table(
    "workers",
    SCHEMA,
    Column("name", String(200), primary_key=True),
    Column("process", Integer, nullable=False),
    Column("started", Double, nullable=False),
    Column("seen", Double, nullable=False),
    Column("job", String(32), nullable=False),
)
