"""How Alembic takes the steps: on the connection, and in the transaction, that it is given."""

from __future__ import annotations

from alembic import context

from velatura.database.schema import SCHEMA

context.configure(connection=context.config.attributes["connection"], target_metadata=SCHEMA)
context.run_migrations()
