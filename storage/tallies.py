"""Counts of turns, and the numbers that stand in the database at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from casework.oversight.figures import GapSeen, Standing
from casework.oversight.turns import TallyKey
from storage import tables
from storage.encryption import Keyring

_TALLIES, _OUTBOX, _SEATS = tables.tallies, tables.outbox, tables.seats
_CASES, _FEEDBACK, _GAPS = tables.cases, tables.feedback, tables.gaps
_BATCH = 100  # rows a statement: SQLite allows some thousand parameters


class SqlTallies:
    """`casework.oversight.turns.Tallies` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, counts: Mapping[TallyKey, int]) -> None:
        """Add to what is there. In the order of the keys, so that two processes never wait for each other in a circle."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        rows = [
            {"day": key.day, "channel": key.channel, "measure": key.measure, "label": key.label[:160], "total": count}
            for key, count in sorted(counts.items(), key=lambda item: (item[0].day, item[0].channel, item[0].measure, item[0].label))
        ]
        for start in range(0, len(rows), _BATCH):
            statement = dialect.insert(_TALLIES).values(rows[start : start + _BATCH])
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=list(_TALLIES.primary_key.columns), set_={"total": _TALLIES.c.total + statement.excluded.total}
                )
            )

    def between(self, first: date, last: date, measure: str | None = None) -> dict[TallyKey, int]:
        """The counts of the days from `first` to `last`, both included."""
        clauses = [_TALLIES.c.day >= first, _TALLIES.c.day <= last]
        if measure is not None:
            clauses.append(_TALLIES.c.measure == measure)
        rows = self._connection.execute(_TALLIES.select().where(*clauses))
        return {TallyKey(row.day, row.channel, row.measure, row.label): int(row.total) for row in rows.all()}

    def drop_before(self, day: date) -> int:
        """Forget older counts; returns how many."""
        return int(self._connection.execute(_TALLIES.delete().where(_TALLIES.c.day < day)).rowcount)


class SqlFigures:
    """`casework.oversight.figures.Figures` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def standing(self, now: datetime) -> Standing:
        """What stands now: holds, gaps, feedback nobody dealt with, the outbox and how late it is."""
        held = (_SEATS.c.case_id.is_(None), _SEATS.c.held_until > now)
        unread = (_FEEDBACK.c.closed_at.is_(None), _FEEDBACK.c.reason != "helpful")
        due = (_OUTBOX.c.state == "waiting", _OUTBOX.c.due_at <= now, sa.or_(_OUTBOX.c.not_after.is_(None), _OUTBOX.c.not_after > now))
        oldest = sa.type_coerce(sa.func.min(_OUTBOX.c.due_at), tables.Instant)
        late = self._connection.execute(sa.select(_OUTBOX.c.channel, oldest.label("oldest")).where(*due).group_by(_OUTBOX.c.channel))
        return Standing(
            holds=self._count(_SEATS, *held),
            gaps=self._count(_GAPS),
            open_feedback=self._count(_FEEDBACK, *unread),
            outbox=self._grouped(_OUTBOX.c.state),
            lag_seconds={row.channel: (now - row.oldest).total_seconds() for row in late.all()},
        )

    def case_count(self) -> int:
        """How many cases there are."""
        return self._count(_CASES)

    def cases(self, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
        """Cases submitted in the span, by kind and present state."""
        kind, state = _CASES.c.kind, _CASES.c.state
        rows = self._connection.execute(
            sa.select(kind, state, sa.func.count().label("n")).where(*_within(_CASES.c.created_at, since, until)).group_by(kind, state)
        )
        return {(row.kind, row.state): int(row.n) for row in rows.all()}

    def feedback(self, since: datetime, until: datetime) -> dict[str, int]:
        """Feedback by reason."""
        return self._grouped(_FEEDBACK.c.reason, *_within(_FEEDBACK.c.at, since, until))

    def gaps(self, since: datetime, until: datetime, limit: int) -> list[GapSeen]:
        """Gaps, newest first; `source` is the digest of the conversation."""
        rows = self._connection.execute(
            _GAPS.select().where(*_within(_GAPS.c.at, since, until)).order_by(_GAPS.c.id.desc()).limit(limit)
        )
        return [
            GapSeen(
                self._keyring.open(row.sealed_question),
                row.conversation_digest,
                tuple(str(found["card"]) for found in row.candidates if found.get("card")),
            )
            for row in rows.all()
        ]

    def _count(self, table: sa.Table, *clauses: Any) -> int:
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(table).where(*clauses)).scalar_one())

    def _grouped(self, column: Any, *clauses: Any) -> dict[str, int]:
        rows = self._connection.execute(sa.select(column, sa.func.count()).where(*clauses).group_by(column))
        return {str(name): int(count) for name, count in rows.all()}


def _within(column: Any, since: datetime, until: datetime) -> tuple[Any, Any]:
    return column >= since, column < until
