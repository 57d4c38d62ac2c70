"""The database: opened, brought up to date, read and written; SQLite, or PostgreSQL by URL."""

from __future__ import annotations

from velatura.database.connect import Database, open_database, sqlite_url
from velatura.database.migrate import migrate
from velatura.database.schema import SCHEMA, Number

__all__ = ["SCHEMA", "Database", "Number", "migrate", "open_database", "sqlite_url"]
