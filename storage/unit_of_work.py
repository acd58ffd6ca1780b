"""One transaction over all stores. Leaving the block without `commit()` rolls back."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType

from sqlalchemy.engine import Connection

from storage.appointments import SqlAppointments
from storage.cases import SqlCases
from storage.classrooms import SqlClassrooms
from storage.database import Database
from storage.encryption import Keyring
from storage.outbox import SqlOutbox
from storage.oversight import SqlFeedbacks, SqlGaps, SqlLiveState
from storage.seats import SqlSeats
from storage.tallies import SqlFigures, SqlTallies
from storage.trail import SqlAttempts, SqlConsents, SqlDrafts, SqlTrail


class SqlUnitOfWork:
    """`casework.unit_of_work.UnitOfWork` over SQL; used by one thread, once."""

    def __init__(self, database: Database, keyring: Keyring, *, read_only: bool) -> None:
        self._database, self._keyring, self._read_only = database, keyring, read_only
        self._stack = ExitStack()

    def __enter__(self) -> SqlUnitOfWork:
        self._connection: Connection = self._stack.enter_context(self._database.transaction(read_only=self._read_only))
        self._build(self._connection, self._keyring)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)

    def commit(self) -> None:
        """Make everything in this block happen."""
        self._connection.commit()

    def _build(self, connection: Connection, keyring: Keyring) -> None:
        self.cases = SqlCases(connection, keyring)
        self.trail = SqlTrail(connection, keyring)
        self.consents = SqlConsents(connection, keyring)
        self.drafts = SqlDrafts(connection, keyring)
        self.attempts = SqlAttempts(connection, keyring)
        self.seats = SqlSeats(connection, keyring)
        self.appointments = SqlAppointments(connection, keyring)
        self.outbox = SqlOutbox(connection, keyring)
        self.gaps = SqlGaps(connection, keyring)
        self.feedbacks = SqlFeedbacks(connection, keyring)
        self.live_state = SqlLiveState(connection)
        self.tallies = SqlTallies(connection)
        self.figures = SqlFigures(connection, keyring)
        self.classrooms = SqlClassrooms(connection)


class SqlStore:
    """`casework.unit_of_work.Store`: opens units of work on one database."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self.database, self.keyring = database, keyring

    def __call__(self, *, read_only: bool = False) -> SqlUnitOfWork:
        """A new unit of work, not yet entered. `read_only` takes no write lock."""
        return SqlUnitOfWork(self.database, self.keyring, read_only=read_only)
