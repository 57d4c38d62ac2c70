"""An open database, and the two ways to use it: reading, and writing one at a time.

SQLite keeps a write-ahead log, so that readers never wait; a transaction that was committed is on
the disk. PostgreSQL's writers take a lock on entering, so that on both databases transactions are
ordered, numbers given within them become visible in their order, and none can deadlock.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from velatura.database.trouble import translated
from velatura.errors import DatabaseUnreachable

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

PATIENCE_S = 10.0
"""How long a transaction waits for another one to end."""

WRITERS_LOCK = 0x76656C6174757261
"""The key of PostgreSQL's advisory lock: "velatura" in ASCII."""

MAPPED_BYTES = 2**30
"""Of a SQLite file, that are read through the system's cache without copying: a search looks at
many pages, which SQLite's own small cache would not hold."""

EXPECTED = "expected sqlite:///PATH or postgresql://USER@HOST/NAME"
_IS_WRITING = "velatura_is_writing"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Attributes:
        engine: Gives connections; safe to use from several threads.
        name: What it is called in messages: the URL without its password.
    """

    engine: Engine
    name: str

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A connection to read with.

        Raises:
            DatabaseError: it cannot be used.
        """
        with self._reported(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction: all of what is done within, on the disk, or nothing.

        There is one at a time; keep it short.

        Raises:
            DatabaseError: it cannot be used, or not be written.
        """
        writers = self.engine.execution_options(**{_IS_WRITING: True})
        with self._reported(), writers.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(WRITERS_LOCK)))
            yield connection

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self.engine.dispose()

    @contextmanager
    def _reported(self) -> Generator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            told = translated(error, self.name)
            if told is None:
                raise
            raise told from error


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def open_database(url: str, *, patience_s: float = PATIENCE_S) -> Database:
    """The database of a URL. Nothing is connected before it is used.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST:PORT/NAME``.
        patience_s: How long a transaction waits for another one.

    Raises:
        DatabaseUnreachable: not such a URL, or the driver is not installed.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if kind not in ("sqlite", "postgresql"):
            raise DatabaseUnreachable(f"{kind}: no such database is supported; {EXPECTED}")
        engine = _sqlite(parsed, patience_s) if kind == "sqlite" else _postgres(parsed, patience_s)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise DatabaseUnreachable(f"the database URL cannot be read; {EXPECTED}") from error
    except ModuleNotFoundError as error:
        raise DatabaseUnreachable(
            f"the driver {error.name} is not installed; pip install 'velatura[postgres]'"
        ) from error
    return Database(engine, parsed.render_as_string(hide_password=True))


def _sqlite(url: URL, patience_s: float) -> Engine:
    engine = create_engine(url.set(drivername="sqlite"), connect_args={"timeout": patience_s})

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        for setting in (
            *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"),
            f"mmap_size={MAPPED_BYTES}",
        ):
            connection.execute(f"PRAGMA {setting}")

    def begin(connection: Connection) -> None:
        options: Any = connection.get_execution_options()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_IS_WRITING) else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _postgres(url: URL, patience_s: float) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": max(2, round(patience_s))},
    )

    def prepare(connection: Any, _: object) -> None:  # noqa: ANN401 - psycopg may be missing
        connection.execute(f"SET lock_timeout = {round(patience_s * 1000)}")
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine
