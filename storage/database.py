"""One database: SQLite by default, PostgreSQL by URL. Opened here, nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from casework.errors import ConflictError
from storage.errors import (
    DatabaseBusyError,
    DatabaseUnreachableError,
    DatabaseUrlError,
    SchemaMissingError,
    StorageError,
)

#: How long a writer waits for its turn before DatabaseBusyError.
BUSY_SECONDS = 30.0
# PostgreSQL: serialization failure, deadlock.
_LOST_RACE = frozenset({"40001", "40P01"})


class Database:
    """An engine, and transactions on it that roll back unless committed. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        # SQLite lets one writer in; queueing here is fairer and faster than its polling of the file lock.
        self._turn = threading.Lock() if self.is_sqlite else None

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Connection]:
        """A transaction; the caller commits on the connection's transaction, leaving without rolls back.

        Raises ConflictError for a lost race, DatabaseBusyError, DatabaseUnreachableError.
        """
        if read_only or self._turn is None:
            with self._translated(), self._connected(read_only) as connection:
                yield connection
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise DatabaseBusyError(BUSY_SECONDS)
        try:
            with self._translated(), self._connected(read_only) as connection:
                yield connection
        finally:
            self._turn.release()

    def ping(self) -> None:
        """Raises DatabaseUnreachableError unless the database answers."""
        with self.transaction(read_only=True) as connection:
            connection.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _connected(self, read_only: bool) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            begun = connection.execution_options(zw_write=not read_only)
            transaction = begun.begin()
            try:
                yield begun
            finally:
                if transaction.is_active:
                    transaction.rollback()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (exc.OperationalError, exc.ProgrammingError) as error:
            raise self._translation(error) from None
        except exc.TimeoutError:
            raise DatabaseBusyError(BUSY_SECONDS) from None

    def _translation(self, error: exc.DBAPIError) -> Exception:
        # `from None` above: the driver's error repeats statement and parameters.
        if getattr(error.orig, "pgcode", None) in _LOST_RACE:
            return ConflictError("two transactions met; run it again")
        if "locked" in str(error.orig):
            return DatabaseBusyError(BUSY_SECONDS)
        if "no such table" in str(error.orig) or type(error.orig).__name__ == "UndefinedTable":
            return SchemaMissingError()
        if isinstance(error, exc.ProgrammingError):
            return StorageError(f"the database refused a statement ({type(error.orig).__name__})")
        return DatabaseUnreachableError(place_of(self.engine.url), type(error.orig).__name__)


def open_database(url: str, *, pool_size: int = 8) -> Database:
    """Open the database at `url` (`sqlite:///path`, `postgresql://…`). Connects lazily.

    Raises DatabaseUrlError for another kind, DatabaseUnreachableError if a SQLite folder cannot be made.
    """
    parsed = sa.engine.make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return Database(_sqlite(parsed, pool_size))
    if backend in ("postgresql", "postgres"):
        return Database(_postgresql(parsed.set(drivername="postgresql+psycopg2"), pool_size))
    raise DatabaseUrlError(backend)


def place_of(url: Any) -> str:
    """Where a database is, without user and password."""
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return str(parsed.database)
    return f"{parsed.host or 'localhost'}:{parsed.port or 5432}/{parsed.database}"


def _sqlite(url: Any, pool_size: int) -> Engine:
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        Path(url.database).touch(mode=0o600)  # SQLite gives its side files the same mode
    except OSError as error:
        raise DatabaseUnreachableError(place_of(url), type(error).__name__) from None
    engine = sa.create_engine(
        url,
        future=True,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: Any, pool_size: int) -> Engine:
    return sa.create_engine(
        url,
        future=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=BUSY_SECONDS,
        connect_args={"connect_timeout": 10, "application_name": "zhiwen"},
        hide_parameters=True,
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling begins too late; BEGIN is sent by us (see _begin_sqlite).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("zw_write", True)
    # A writer takes its lock at once: a read that turns into a write could not wait, only fail.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
