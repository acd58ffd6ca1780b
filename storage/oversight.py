"""Gaps, feedback, and the live state that every process polls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from casework.errors import ConflictError
from casework.oversight.model import Feedback, FeedbackReason, Gap, LiveSnapshot, LiveValue
from storage import sealing, tables
from storage.encryption import Keyring

_GAPS, _FEEDBACK, _LIVE = tables.gaps, tables.feedback, tables.live_state


class SqlGaps:
    """`casework.oversight.model.Gaps` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def add(self, gap: Gap) -> int:
        """Store a gap; returns its number."""
        done = self._connection.execute(
            _GAPS.insert().values(
                at=gap.at,
                outcome=gap.outcome,
                language=gap.language,
                conversation_digest=self._keyring.digest(gap.conversation_id, sealing.CONVERSATION),
                candidates=[dict(candidate) for candidate in gap.candidates],
                sealed_question=self._keyring.seal(gap.question),
            )
        )
        return int(done.inserted_primary_key[0])

    def newest(self, limit: int) -> list[Gap]:
        """The newest gaps, without the conversation they came from."""
        rows = self._connection.execute(_GAPS.select().order_by(_GAPS.c.id.desc()).limit(limit))
        return [
            Gap(
                self._keyring.open(row.sealed_question),
                row.outcome,
                row.language,
                row.at,
                "",
                tuple(row.candidates),
                row.id,
            )
            for row in rows
        ]

    def drop_before(self, instant: datetime) -> int:
        """Forget old gaps; returns how many."""
        return int(self._connection.execute(_GAPS.delete().where(_GAPS.c.at < instant)).rowcount)

    def drop_of(self, conversation_ids: Sequence[str]) -> int:
        """Forget the gaps of some conversations; returns how many."""
        clause = _GAPS.c.conversation_digest.in_(_digests(self._keyring, conversation_ids))
        return int(self._connection.execute(_GAPS.delete().where(clause)).rowcount)


class SqlFeedbacks:
    """`casework.oversight.model.Feedbacks` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def add(self, feedback: Feedback) -> int:
        """Store feedback; returns its number."""
        done = self._connection.execute(
            _FEEDBACK.insert().values(
                at=feedback.at,
                card=feedback.card,
                reason=feedback.reason.value,
                turn_id=feedback.turn_id,
                conversation_digest=self._keyring.digest(feedback.conversation_id, sealing.CONVERSATION),
                sealed_comment=self._keyring.seal(feedback.comment) if feedback.comment else None,
            )
        )
        return int(done.inserted_primary_key[0])

    def open(self, reason: FeedbackReason | None, limit: int) -> list[Feedback]:
        """What nobody has dealt with yet, oldest first; praise needs no dealing with."""
        clauses = [_FEEDBACK.c.closed_at.is_(None)]
        wanted = _FEEDBACK.c.reason == reason.value if reason else (_FEEDBACK.c.reason != FeedbackReason.HELPFUL.value)
        rows = self._connection.execute(_FEEDBACK.select().where(*clauses, wanted).order_by(_FEEDBACK.c.id).limit(limit))
        return [self._read(row) for row in rows]

    def close(self, feedback_id: int, at: datetime, actor: str, resolution: str) -> bool:
        """Say what was done about it; False if it does not exist or is closed."""
        is_open = sa.and_(_FEEDBACK.c.id == feedback_id, _FEEDBACK.c.closed_at.is_(None))
        done = self._connection.execute(
            _FEEDBACK.update().where(is_open).values(closed_at=at, closed_by=actor[:64], resolution=resolution[:400])
        )
        return bool(done.rowcount)

    def drop_before(self, instant: datetime) -> int:
        """Forget old feedback; returns how many."""
        return int(self._connection.execute(_FEEDBACK.delete().where(_FEEDBACK.c.at < instant)).rowcount)

    def drop_of(self, conversation_ids: Sequence[str]) -> int:
        """Forget the feedback of some conversations; returns how many."""
        clause = _FEEDBACK.c.conversation_digest.in_(_digests(self._keyring, conversation_ids))
        return int(self._connection.execute(_FEEDBACK.delete().where(clause)).rowcount)

    def _read(self, row: Row) -> Feedback:
        return Feedback(
            card=row.card,
            reason=FeedbackReason(row.reason),
            at=row.at,
            conversation_id="",
            turn_id=row.turn_id,
            comment=self._keyring.open(row.sealed_comment) if row.sealed_comment else "",
            id=row.id,
            closed_at=row.closed_at,
            resolution=row.resolution or "",
        )


class SqlLiveState:
    """`casework.oversight.model.LiveState` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def snapshot(self) -> LiveSnapshot:
        """All rows. The stamp is the sum of versions: rows are never deleted, so it only grows."""
        rows = self._connection.execute(_LIVE.select()).all()
        values = {row.key: _live_value(row) for row in rows}
        return LiveSnapshot(sum(value.version for value in values.values()), values)

    def put(
        self,
        key: str,
        value: Mapping[str, Any],
        *,
        at: datetime,
        actor: str,
        reason: str = "",
        expected_version: int | None = None,
    ) -> LiveValue:
        """Write a row. Raises ConflictError unless `expected_version` (0: none yet) is the present one."""
        row = self._connection.execute(_LIVE.select().where(_LIVE.c.key == key)).first()
        version = row.version if row else 0
        if expected_version is not None and expected_version != version:
            raise ConflictError(f"live state {key!r} is at version {version}, not {expected_version}")
        values = {
            "value": dict(value),
            "version": version + 1,
            "changed_at": at,
            "actor": actor[:64],
            "reason": reason[:400],
        }
        if row is None:
            self._insert(key, values)
        else:
            unchanged = sa.and_(_LIVE.c.key == key, _LIVE.c.version == version)
            if self._connection.execute(_LIVE.update().where(unchanged).values(**values)).rowcount != 1:
                raise ConflictError(f"live state {key!r} was changed by somebody else meanwhile")
        return LiveValue(key, dict(value), version + 1, at, actor, reason)

    def _insert(self, key: str, values: dict[str, Any]) -> None:
        try:
            self._connection.execute(_LIVE.insert().values(key=key, **values))
        except IntegrityError:
            raise ConflictError(f"live state {key!r} was made by somebody else meanwhile") from None


def _live_value(row: Row) -> LiveValue:
    return LiveValue(row.key, row.value, row.version, row.changed_at, row.actor, row.reason)


def _digests(keyring: Keyring, conversation_ids: Sequence[str]) -> list[str]:
    return [digest for one in conversation_ids for digest in keyring.digests(one, sealing.CONVERSATION)]
