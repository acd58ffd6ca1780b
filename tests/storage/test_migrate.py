"""Migrations: the schema, many processes at once, and what goes wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import Database, migrate, migrate_database, open_database
from storage.errors import DatabaseUnreachableError, DatabaseUrlError, SchemaTooNewError
from storage.migrate import current_revision, head_revision
from storage.tables import metadata
from tests.support.postgres import required_server

ROOT = Path(__file__).parents[2]


def test_migrated_schema_is_the_one_the_tables_describe(database: Database) -> None:
    with database.transaction(read_only=True) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "zw_alembic_version"})
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate_database(database)
    assert current_revision(database) == head_revision()


def test_every_table_of_ours_has_our_prefix(database: Database) -> None:
    assert all(name.startswith("zw_") for name in sa.inspect(database.engine).get_table_names())


def _start_together(url: str, processes: int) -> list[int]:
    code = f"from storage import migrate; migrate({url!r})"
    started = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(processes)]
    return [process.wait(timeout=120) for process in started]


def test_several_processes_may_migrate_a_new_sqlite_file_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'zhiwen.sqlite'}"
    assert _start_together(url, 4) == [0] * 4
    assert current_revision(open_database(url)) == head_revision()


@pytest.mark.postgres
def test_several_processes_may_migrate_a_new_postgresql_database_at_once() -> None:
    running = required_server()
    url = running.new_database()
    assert _start_together(url, 4) == [0] * 4
    opened = open_database(url)
    assert current_revision(opened) == head_revision()
    opened.close()
    running.drop(url)


def test_a_database_of_a_newer_version_is_refused(own_database: Database) -> None:
    with own_database.transaction() as connection:
        connection.execute(sa.text("UPDATE zw_alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(SchemaTooNewError, match="9999"):
        migrate_database(own_database)


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnreachableError) as caught:
        migrate("postgresql://someone:secret-word@127.0.0.1:1/nowhere")
    assert "127.0.0.1:1/nowhere" in str(caught.value)
    assert "secret-word" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnreachableError, match="cannot be reached"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'zhiwen.sqlite'}")


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(DatabaseUrlError, match="mysql"):
        open_database("mysql+pymysql://localhost/x")
