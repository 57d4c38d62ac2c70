"""Transactions on both databases, and what happens where they cannot take place."""

import threading
import time

import pytest
from sqlalchemy import func, insert, select

from velatura.database import Database, migrate, open_database, sqlite_url
from velatura.errors import (
    DatabaseCorrupt,
    DatabaseFull,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnreachable,
)
from velatura.jobs.tables import pauses


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    migrate(opened)
    yield opened
    opened.close()


def add(connection, cause):
    connection.execute(insert(pauses), {"cause": cause, "since": 0.0, "reason": ""})


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(pauses)).scalar_one()


def test_a_transaction_is_written_whole(database, database_url):
    with database.writing() as connection:
        add(connection, "a")
        add(connection, "b")
    another = open_database(database_url)
    assert count(another) == 2
    another.close()


def test_a_transaction_that_is_left_by_an_error_is_not_written_at_all(database):
    def broken():
        with database.writing() as connection:
            add(connection, "a")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert count(database) == 0


def test_readers_do_not_wait_for_a_writer_and_do_not_see_what_it_does(database):
    with database.writing() as connection:
        add(connection, "a")
        assert count(database) == 0
    assert count(database) == 1


def test_writers_wait_for_one_another(database):
    order = []

    def write():
        with database.writing():
            order.append("second")

    thread = threading.Thread(target=write)
    with database.writing():
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_database_that_is_held_too_long_is_reported_as_locked(database, database_url):
    hasty = open_database(database_url, patience_s=0.1)
    with (
        database.writing(),
        pytest.raises(DatabaseLocked, match="held by another program; end that program, or wait"),
        hasty.writing(),
    ):
        pass
    hasty.close()


def test_a_file_that_may_not_be_written_is_reported_as_read_only(tmp_path):
    migrate(open_database(sqlite_url(tmp_path / "a.db")))
    database = open_database(f"sqlite:///file:{tmp_path / 'a.db'}?mode=ro&uri=true")
    assert count(database) == 0
    with (
        pytest.raises(DatabaseReadOnly, match="allow writing to the file"),
        database.writing() as connection,
    ):
        add(connection, "a")


def test_a_server_that_only_reads_is_reported_as_read_only(postgres):
    only_reads = "options=-c%20default_transaction_read_only%3Don"
    database = open_database(f"{postgres.format('postgres')}&{only_reads}")
    with pytest.raises(DatabaseReadOnly, match="name another"):
        migrate(database)
    database.close()


@pytest.mark.parametrize("where", ["head", "middle"])
def test_a_damaged_file_is_reported_as_corrupt(tmp_path, where):
    path = tmp_path / "a.db"
    database = open_database(sqlite_url(path))
    migrate(database)
    database.close()
    data = bytearray(path.read_bytes())
    start = 0 if where == "head" else 4096
    data[start:] = b"\xff" * (len(data) - start)
    path.write_bytes(data)
    with pytest.raises(DatabaseCorrupt, match="put it aside and restore a backup"):
        migrate(open_database(sqlite_url(path)))


def test_a_database_that_may_not_grow_is_reported_as_full(tmp_path):
    database = open_database(sqlite_url(tmp_path / "a.db"))
    migrate(database)

    def grow():
        with database.writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            for number in range(10000):
                add(connection, f"{number}")

    with pytest.raises(DatabaseFull, match="free some space"):
        grow()
    assert count(database) == 0


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////nowhere/at/all/a.db", "cannot be reached; check that folder"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached; check that folder"),
    ],
)
def test_what_is_not_there_is_reported_as_unreachable(url, message):
    with pytest.raises(DatabaseUnreachable, match=message):
        migrate(open_database(url, patience_s=2))


@pytest.mark.parametrize("url", ["mysql://a@b/c", "no url at all", "", "postgresql://a:b:c:d@:/"])
def test_a_url_of_another_kind_is_refused(url):
    with pytest.raises(DatabaseUnreachable, match="expected sqlite:///PATH or postgresql://"):
        open_database(url)


def test_no_message_holds_the_password():
    database = open_database("postgresql://user:secret@127.0.0.1:1/none", patience_s=2)
    with pytest.raises(DatabaseUnreachable) as caught, database.reading():
        pass
    assert "secret" not in str(caught.value)
