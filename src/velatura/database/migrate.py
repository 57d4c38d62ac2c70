"""The database brought up to what this program works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from velatura.errors import DatabaseCorrupt, DatabaseTooNew

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from velatura.database.connect import Database

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "alembic_version"


def revisions() -> list[str]:
    """The names of all revisions, oldest first: what the files of the migrations begin with."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def migrate(database: Database) -> None:
    """Bring the database up to date; one that is, is only looked at.

    Raises:
        DatabaseTooNew: a newer Velatura wrote it.
        DatabaseCorrupt: it is another program's.
        DatabaseError: it cannot be used.
    """
    with database.reading() as connection:
        is_current = _revision(connection, database.name) == revisions()[-1]
    if is_current:
        return
    from alembic import command  # takes a while, so it is here: not while others wait for the lock
    from alembic.config import Config

    with database.writing() as connection:
        if _revision(connection, database.name) != revisions()[-1]:  # none was quicker
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            command.upgrade(config, "head")


def _revision(connection: Connection, name: str) -> str:
    """The database's revision; empty where it has no tables."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            raise DatabaseCorrupt(
                f"{name}: holds tables of another program, such as {min(tables)}; "
                "name a database of Velatura's own"
            )
        return ""
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or ""
    if found and found not in revisions():
        raise DatabaseTooNew(
            f"{name}: was written by a newer Velatura (revision {found}, known up to "
            f"{revisions()[-1]}); update Velatura, or name another database"
        )
    return found
