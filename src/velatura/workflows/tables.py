"""The table of workflows that are carried out as jobs. Times are Unix seconds."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, String, Table, Text

from velatura.database.schema import SCHEMA, Number

runs = Table(
    "workflow_runs",
    SCHEMA,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("stages", Text, nullable=False),  # requests, images and picks, as JSON
    Column("submitted", Double, nullable=False),
    Column("ended", Double),  # none while there is something to submit or to wait for
    Column("failure", Text, nullable=False),  # why a stage could not become a job
    Index("ix_workflow_runs_ended", "ended"),
    sqlite_autoincrement=True,
)
