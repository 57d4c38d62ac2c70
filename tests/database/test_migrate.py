"""The database brought up to date: from nothing, again, and not from a newer one."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from velatura.database import SCHEMA, migrate, open_database
from velatura.database.migrate import MIGRATIONS, revisions
from velatura.errors import DatabaseCorrupt, DatabaseTooNew, VelaturaError
from velatura.jobs import tables
from velatura.library.index.tables import pictures
from velatura.workflows.tables import runs


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


def test_the_migrations_make_exactly_the_tables_that_the_code_works_with(database):
    migrate(database)
    assert tables.jobs.metadata is pictures.metadata is runs.metadata is SCHEMA

    def is_ours(name, kind, _):
        return not (kind == "table" and name.startswith("library_words"))  # of each database's kind

    with database.reading() as connection:
        opts = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, SCHEMA) == []


def test_a_database_that_is_up_to_date_stays_as_it_is(database):
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("INSERT INTO pauses VALUES ('user', 1.5, 'holiday')"))
    migrate(database)
    with database.reading() as connection:
        assert connection.execute(text("SELECT reason FROM pauses")).scalar_one() == "holiday"


def test_several_programs_may_do_it_at_once(database_url):
    errors = []

    def bring_up():
        database = open_database(database_url)
        try:
            migrate(database)
        except VelaturaError as error:
            errors.append(error)
        database.close()

    threads = [threading.Thread(target=bring_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_database_of_a_newer_program_is_refused_by_both_versions(database):
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newest = revisions()[-1]
    with pytest.raises(DatabaseTooNew, match=f"revision 9999, known up to {newest}.*update Vela"):
        migrate(database)


def test_a_database_of_another_program_is_left_alone(database):
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
    with pytest.raises(DatabaseCorrupt, match="another program, such as recipes"):
        migrate(database)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["recipes"]


def test_every_step_can_be_undone(database):
    from alembic import command

    migrate(database)
    with database.writing() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    migrate(database)


def test_the_files_are_named_by_their_revisions():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert [script.revision for script in scripts.walk_revisions()] == revisions()[::-1]
    assert scripts.get_heads() == [revisions()[-1]]
