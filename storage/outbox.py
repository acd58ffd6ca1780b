"""The outbox: in with a unique deduplication key, out under a lease."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row

from casework.cases import Case
from casework.notify.model import Channel, Claimed, Group, Message
from storage import sealing, tables
from storage.encryption import Keyring

_OUTBOX = tables.outbox
_WAITING, _SENT, _FAILED, _EXPIRED = "waiting", "sent", "failed", "expired"


class SqlOutbox:
    """`casework.notify.model.Outbox` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def put(self, messages: Sequence[Message], case: Case | None = None) -> None:
        """Queue messages; one whose deduplication key exists already changes nothing."""
        if not messages:
            return
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(_OUTBOX).on_conflict_do_nothing(index_elements=["dedup_key"])
        self._connection.execute(statement, [self._columns(message, case) for message in messages])

    def cancel(self, case: Case, groups: Sequence[Group]) -> int:
        """Drop what is not sent yet; returns how many."""
        return int(
            self._connection.execute(
                _OUTBOX.delete().where(
                    _OUTBOX.c.case_id == case.id,
                    _OUTBOX.c.state == _WAITING,
                    _OUTBOX.c.purpose.in_([group.value for group in groups]),
                )
            ).rowcount
        )

    def pending_of(self, case: Case) -> list[Message]:
        """What is still to be sent for a case, earliest first."""
        rows = self._connection.execute(
            _OUTBOX.select().where(_OUTBOX.c.case_id == case.id, _OUTBOX.c.state == _WAITING).order_by(_OUTBOX.c.due_at, _OUTBOX.c.id)
        )
        return [self._read(row) for row in rows]

    def claim(self, now: datetime, lease_until: datetime, channels: Sequence[Channel], limit: int) -> list[Claimed]:
        """Lease due messages that nobody has leased; those past their usefulness expire."""
        self._expire(now)
        free = sa.or_(_OUTBOX.c.lease_until.is_(None), _OUTBOX.c.lease_until <= now)
        due = (
            sa.select(_OUTBOX)
            .where(
                _OUTBOX.c.state == _WAITING,
                _OUTBOX.c.due_at <= now,
                free,
                _OUTBOX.c.channel.in_([channel.value for channel in channels]),
            )
            .order_by(_OUTBOX.c.due_at, _OUTBOX.c.id)
            .limit(limit)
            # Two senders at once on PostgreSQL each get their own rows; SQLite lets one writer in anyway.
            .with_for_update(skip_locked=True)
        )
        return [self._leased(row, lease_until) for row in self._connection.execute(due).all()]

    def sent(self, claimed: Claimed, at: datetime) -> bool:
        """Mark as sent and forget its content; False if the lease was lost meanwhile."""
        return self._settle(claimed, state=_SENT, settled_at=at, sealed=None)

    def later(self, claimed: Claimed, due_at: datetime, cause: str) -> None:
        """Try again at `due_at`."""
        self._settle(claimed, due_at=due_at, cause=cause[:64], lease=None, lease_until=None)

    def give_up(self, claimed: Claimed, cause: str) -> None:
        """Final failure."""
        self._settle(claimed, state=_FAILED, cause=cause[:64], lease=None, lease_until=None, sealed=None)

    def counts(self) -> dict[str, int]:
        """How many messages stand in each state, for health and metrics."""
        rows = self._connection.execute(sa.select(_OUTBOX.c.state, sa.func.count()).group_by(_OUTBOX.c.state))
        return {state: int(count) for state, count in rows}

    def drop_settled_before(self, instant: datetime) -> int:
        """Forget what was settled before `instant`; returns how many."""
        clause = sa.and_(_OUTBOX.c.state != _WAITING, _OUTBOX.c.due_at < instant)
        return int(self._connection.execute(_OUTBOX.delete().where(clause)).rowcount)

    def _columns(self, message: Message, case: Case | None) -> dict[str, Any]:
        inside = {"address": message.address, "facts": dict(message.facts)}
        return {
            "case_id": case.id if case else None,
            "dedup_key": message.dedup_key,
            "channel": message.channel.value,
            "purpose": message.group.value,
            "template": message.template,
            "language": message.language,
            "sealed": sealing.sealed_json(self._keyring, inside),
            "state": _WAITING,
            "due_at": message.due_at,
            "not_after": message.not_after,
            "attempts": 0,
        }

    def _expire(self, now: datetime) -> None:
        self._connection.execute(
            _OUTBOX.update()
            .where(_OUTBOX.c.state == _WAITING, _OUTBOX.c.not_after <= now)
            .values(state=_EXPIRED, settled_at=now, sealed=None)
        )

    def _leased(self, row: Row, lease_until: datetime) -> Claimed:
        lease = secrets.token_hex(16)
        self._connection.execute(
            _OUTBOX.update()
            .where(_OUTBOX.c.id == row.id)
            .values(
                lease=lease,
                lease_until=lease_until,
                attempts=row.attempts + 1,
            )
        )
        return Claimed(row.id, lease, lease_until, row.attempts + 1, self._read(row))

    def _settle(self, claimed: Claimed, **values: Any) -> bool:
        mine = sa.and_(_OUTBOX.c.id == claimed.id, _OUTBOX.c.lease == claimed.lease)
        return bool(self._connection.execute(_OUTBOX.update().where(mine).values(**values)).rowcount)

    def _read(self, row: Row) -> Message:
        inside = sealing.opened_json(self._keyring, row.sealed)
        return Message(
            dedup_key=row.dedup_key,
            channel=Channel(row.channel),
            group=Group(row.purpose),
            template=row.template,
            due_at=row.due_at,
            address=inside.get("address", ""),
            facts=inside.get("facts", {}),
            not_after=row.not_after,
            language=row.language,
        )
