"""Databases for tests: SQLite and PostgreSQL behind the same fixtures, each test with a fresh one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import Database, Keyring, SqlStore, migrate, new_key, open_database
from storage.tables import metadata
from tests.support.postgres import required_server, server

ENGINES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty database of each kind. PostgreSQL's is emptied, which is quicker than a new one."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "zhiwen.sqlite")
    required_server()
    url = _shared_postgres(os.getpid())
    opened = open_database(url)
    with opened.transaction() as connection:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
        connection.commit()
    opened.close()
    return url


@pytest.fixture(params=ENGINES)
def own_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of each kind for tests that change its schema, gone afterwards."""
    sqlite = request.param == "sqlite"
    url = sqlite_url(tmp_path / "own.sqlite") if sqlite else required_server().new_database()
    migrate(url)
    opened = open_database(url)
    yield opened
    opened.close()
    if not sqlite:
        server().drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([new_key()])


@pytest.fixture
def store(database: Database, keyring: Keyring) -> SqlStore:
    return SqlStore(database, keyring)


@pytest.fixture
def sqlite_store(tmp_path: Path, keyring: Keyring) -> Iterator[SqlStore]:
    """For what does not depend on the engine."""
    opened = open_database(sqlite_url(tmp_path / "one.sqlite"))
    yield SqlStore(opened, keyring)
    opened.close()


def sqlite_url(path: Path) -> str:
    """The URL of a migrated SQLite file at `path`."""
    shutil.copyfile(_sqlite_template(os.getpid()), path)
    return f"sqlite:///{path}"


@lru_cache(maxsize=1)
def _sqlite_template(_process: int) -> Path:
    path = Path(tempfile.mkdtemp(prefix="zhiwen-sqlite-")) / "template.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@lru_cache(maxsize=1)
def _shared_postgres(_process: int) -> str:
    url = server().new_database()
    migrate(url)
    return url
