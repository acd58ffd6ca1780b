"""Databases for tests: SQLite and PostgreSQL behind the same fixtures, each test with a fresh one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from storage import Database, Keyring, SqlStore, migrate, new_key, open_database
from tests.support.postgres import required_server, server

_TEMPLATE = "zw_template"

ENGINES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of each kind, gone after the test."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "zhiwen.sqlite")
        return
    running = required_server()
    url = running.new_database(_postgres_template())
    yield url
    running.drop(url)


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
def _postgres_template() -> str:
    server().run(f"CREATE DATABASE {_TEMPLATE}")
    migrate(server().url(_TEMPLATE))
    return _TEMPLATE


Factory = Callable[..., object]
