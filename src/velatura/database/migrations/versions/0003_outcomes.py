"""What jobs took and what their pictures are worth; workflows that are carried out as jobs."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Double, Index, String, Text

from velatura.database.schema import Number

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("jobs", Column("seconds", Double, nullable=False, server_default="0"))
    op.add_column("jobs", Column("peak_bytes", Number))
    op.add_column("job_pictures", Column("seam", Double))
    op.add_column("job_pictures", Column("remarks", Text, nullable=False, server_default="[]"))
    op.create_table(
        "workflow_runs",
        Column("number", Number, primary_key=True, autoincrement=True),
        Column("id", String(32), nullable=False, unique=True),
        Column("stages", Text, nullable=False),
        Column("submitted", Double, nullable=False),
        Column("ended", Double),
        Column("failure", Text, nullable=False),
        Index("ix_workflow_runs_ended", "ended"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("workflow_runs")
    for table, column in (
        ("job_pictures", "remarks"),
        ("job_pictures", "seam"),
        ("jobs", "peak_bytes"),
        ("jobs", "seconds"),
    ):
        op.drop_column(table, column)
