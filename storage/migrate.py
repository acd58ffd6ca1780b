"""Brings the schema up to date. Safe when several processes start at once: one migrates, the others wait."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from storage.database import Database, open_database
from storage.errors import SchemaTooNewError

_FOLDER = Path(__file__).with_name("migrations")
_VERSION_TABLE = "zw_alembic_version"
# Any fixed number that nobody else uses as an advisory lock in this database.
_LOCK = 7_140_211_001


def migrate(url: str) -> None:
    """Upgrade the database at `url` to the newest revision.

    Raises DatabaseUnreachableError, SchemaTooNewError.
    """
    database = open_database(url, pool_size=1)
    try:
        migrate_database(database)
    finally:
        database.close()


def migrate_database(database: Database) -> None:
    """The same for a database that is open already."""
    if current_revision(database) == head_revision():
        return
    with database.transaction() as connection:
        if not database.is_sqlite:  # SQLite's BEGIN IMMEDIATE is a lock already
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError:
            raise SchemaTooNewError(str(_revision(connection))) from None
        connection.commit()


def current_revision(database: Database) -> str | None:
    """The revision the database is at; None before the first migration."""
    with database.transaction(read_only=True) as connection:
        return _revision(connection)


def head_revision() -> str:
    """The newest revision this program knows."""
    return str(ScriptDirectory(str(_FOLDER)).get_current_head())


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection, opts={"version_table": _VERSION_TABLE})
    return found.get_current_revision()
