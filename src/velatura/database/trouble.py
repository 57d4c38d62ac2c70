"""What the drivers report, in our own errors: what is wrong, and what to do about it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from velatura.errors import (
    DatabaseCorrupt,
    DatabaseError,
    DatabaseFull,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnreachable,
)

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

REMEDIES: dict[type[DatabaseError], str] = {
    DatabaseReadOnly: "may only be read; allow writing to the file and its folder, or name another",
    DatabaseLocked: "is held by another program; end that program, or wait and try again",
    DatabaseCorrupt: "is damaged or no database; put it aside and restore a backup",
    DatabaseFull: "cannot grow, the disk is full; free some space",
    DatabaseUnreachable: "cannot be reached; check that folder, server and password are right",
}

_IO_ERROR_SHARED_MEMORY = 10 | 19 << 8
"""SQLite cannot enlarge the index of its log: there is no room."""

SQLITE: dict[int, type[DatabaseError]] = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_IOERR: DatabaseUnreachable,
    sqlite3.SQLITE_CORRUPT: DatabaseCorrupt,
    sqlite3.SQLITE_NOTADB: DatabaseCorrupt,
    sqlite3.SQLITE_FULL: DatabaseFull,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnreachable,
    _IO_ERROR_SHARED_MEMORY: DatabaseFull,
}
"""SQLite's result codes, or the lower eight bits of them."""

POSTGRES: dict[str, type[DatabaseError]] = {
    "25006": DatabaseReadOnly,
    "42501": DatabaseReadOnly,
    "55P03": DatabaseLocked,
    "40P01": DatabaseLocked,
    "40001": DatabaseLocked,
    "53100": DatabaseFull,
    "XX001": DatabaseCorrupt,
    "XX002": DatabaseCorrupt,
    "08": DatabaseUnreachable,
    "28": DatabaseUnreachable,
    "3D": DatabaseUnreachable,
    "53": DatabaseUnreachable,
    "57": DatabaseUnreachable,
}
"""PostgreSQL's SQLSTATE, or the class that its first two signs name (its manual, appendix A)."""


def translated(error: DBAPIError | sqlite3.Error, name: str) -> DatabaseError | None:
    """The error to raise instead; None where it is a defect of ours.

    Args:
        error: What was caught.
        name: What the database is called.
    """
    cause = error if isinstance(error, sqlite3.Error) else error.orig
    kind = _kind(cause)
    if kind is None and not isinstance(error, sqlite3.Error) and error.connection_invalidated:
        kind = DatabaseUnreachable
    if kind is None:
        return None
    reason = str(cause).strip().splitlines()
    return kind(f"{name}: {REMEDIES[kind]} ({reason[0] if reason else 'no reason given'})")


def _kind(cause: BaseException | None) -> type[DatabaseError] | None:
    if isinstance(cause, sqlite3.Error):
        code: int = getattr(cause, "sqlite_errorcode", 0)
        return SQLITE.get(code) or SQLITE.get(code & 0xFF)
    if (state := getattr(cause, "sqlstate", None)) is None:
        is_connecting = type(cause).__name__ in ("OperationalError", "ConnectionTimeout")
        return DatabaseUnreachable if is_connecting else None
    return POSTGRES.get(state) or POSTGRES.get(state[:2])
