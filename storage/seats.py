"""Seats: the one place where two people cannot get the same thing.

A sitting owns its expert's quarters of an hour (primary key of `zw_ticks`), a seat its number in the sitting
(unique constraint of `zw_seats`). Whoever comes second inserts nothing and is refused by the database; the
reads before it only decide how to say so. Locks are always taken sitting first, then seat.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from casework.cases import Case
from casework.consultations.model import Hold, Occupied
from casework.consultations.places import TICK, Language, Mode, Right
from casework.consultations.protocols import SeatRequest
from casework.errors import ConflictError, HoldLostError, SeatTakenError
from storage import sealing, tables
from storage.encryption import Keyring

_SITTINGS, _TICKS, _SEATS = tables.sittings, tables.ticks, tables.seats


class SqlSeats:
    """`casework.consultations.protocols.Seats` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def take(self, request: SeatRequest, conversation_id: str, now: datetime) -> Hold:
        """Hold a seat. Raises SeatTakenError where the database refuses, ConflictError to try again."""
        self.release_hold(conversation_id)
        self._drop_expired(request, now)
        sitting_id = self._sitting_for(request)
        taken = {row.seat_no for row in self._connection.execute(sa.select(_SEATS.c.seat_no).where(_SEATS.c.sitting_id == sitting_id))}
        free = next((n for n in range(request.capacity) if n not in taken), None)
        if free is None:
            raise SeatTakenError("every seat of this sitting is held or booked")
        hold = request.hold
        inserted = self._insert_unless_there(
            _SEATS,
            {
                "sitting_id": sitting_id,
                "seat_no": free,
                "held_until": hold.expires_at,
                "conversation_digest": self._keyring.digest(conversation_id, sealing.CONVERSATION),
                "free_time_id": hold.free_time_id,
                "concerns": hold.right.value,
                "expert_language": hold.language.value,
                "provisional": hold.provisional,
            },
        )
        if not inserted:
            raise ConflictError("another booker took this seat number at the same moment")
        return hold

    def held(self, conversation_id: str) -> Hold | None:
        """The conversation's hold, even when it has expired but nobody took it over."""
        row = self._connection.execute(self._with_sitting(self._held_by(conversation_id))).first()
        return None if row is None else _hold(row)

    def release_hold(self, conversation_id: str) -> bool:
        """Give the conversation's hold back; False if there was none."""
        return self._give_back(self._held_by(conversation_id))

    def bind(self, conversation_id: str, case: Case) -> Hold:
        """Turn the hold into the case's seat. Raises HoldLostError."""
        mine = self._held_by(conversation_id)
        row = self._connection.execute(self._with_sitting(mine)).first()
        if row is None:
            raise HoldLostError("no seat is held")
        self._locked(_SITTINGS.c.id == row.sitting_id)
        values = {"case_id": case.id, "held_until": None, "conversation_digest": None}
        changed = self._connection.execute(_SEATS.update().where(_SEATS.c.id == row.id, _SEATS.c.case_id.is_(None)).values(**values))
        if changed.rowcount != 1:
            raise HoldLostError("the hold expired and somebody else took the seat")
        return _hold(row)

    def release(self, case: Case) -> None:
        """Give the case's seat back."""
        self._give_back(_SEATS.c.case_id == case.id)

    def occupied(self, expert_ids: Sequence[str], start: datetime, end: datetime, now: datetime) -> list[Occupied]:
        """Sittings that overlap [start, end), with their free seats; expired holds count as free."""
        alive = sa.or_(_SEATS.c.case_id.isnot(None), _SEATS.c.held_until > now)
        count = sa.func.count(_SEATS.c.id).label("seats")
        statement = (
            sa.select(_SITTINGS, count)
            .join(_SEATS, _SEATS.c.sitting_id == _SITTINGS.c.id)
            .where(_overlaps(expert_ids, start, end), alive)
            .group_by(_SITTINGS.c.id)
        )
        return [
            Occupied(
                expert_id=row.expert_id,
                start=row.occupied_from,
                end=row.occupied_until,
                service_id=row.service_id,
                station_id=row.station_id,
                mode=Mode(row.mode),
                begins=row.starts_at,
                seats_left=row.capacity - row.seats,
            )
            for row in self._connection.execute(statement)
        ]

    def drop_expired(self, now: datetime) -> int:
        """House-keeping: forget expired holds; returns how many."""
        rows = self._connection.execute(sa.select(_SEATS.c.id).where(_SEATS.c.case_id.is_(None), _SEATS.c.held_until <= now)).all()
        return sum(self._give_back(sa.and_(_SEATS.c.id == row.id, _SEATS.c.case_id.is_(None))) for row in rows)

    def _sitting_for(self, request: SeatRequest) -> int:
        found = self._same_sitting(request)
        if found is not None:
            return found
        hold = request.hold
        inserted = self._insert_unless_there(
            _SITTINGS,
            {
                "expert_id": hold.expert_id,
                "service_id": hold.service_id,
                "station_id": hold.station_id,
                "mode": hold.mode.value,
                "starts_at": hold.start,
                "ends_at": hold.end,
                "occupied_from": request.occupied_from,
                "occupied_until": request.occupied_until,
                "capacity": request.capacity,
            },
        )
        made = self._same_sitting(request) if inserted else None
        if made is None:
            raise self._refusal(request)
        wanted = [{"expert_id": hold.expert_id, "tick": tick, "sitting_id": made} for tick in _ticks(request)]
        self._connection.execute(self._insert(_TICKS), wanted)
        mine = sa.select(sa.func.count()).select_from(_TICKS).where(_TICKS.c.sitting_id == made)
        if self._connection.execute(mine).scalar_one() != len(wanted):
            raise self._refusal(request, but=made)
        return made

    def _same_sitting(self, request: SeatRequest) -> int | None:
        hold = request.hold
        rows = self._locked(
            _SITTINGS.c.expert_id == hold.expert_id,
            _SITTINGS.c.starts_at == hold.start,
            _SITTINGS.c.service_id == hold.service_id,
            _SITTINGS.c.station_id == hold.station_id,
            _SITTINGS.c.mode == hold.mode.value,
        )
        return rows[0].id if rows else None

    def _refusal(self, request: SeatRequest, but: int = 0) -> Exception:
        # Our own half-made rows vanish with the roll-back; if somebody made the very same sitting meanwhile
        # there may be a seat left in it, so the whole step is worth another try.
        hold = request.hold
        same = self._connection.execute(
            sa.select(_SITTINGS.c.id).where(
                _SITTINGS.c.expert_id == hold.expert_id,
                _SITTINGS.c.starts_at == hold.start,
                _SITTINGS.c.service_id == hold.service_id,
                _SITTINGS.c.station_id == hold.station_id,
                _SITTINGS.c.mode == hold.mode.value,
                _SITTINGS.c.id != but,
            )
        ).first()
        if same is not None:
            return ConflictError("the same sitting was opened at the same moment")
        return SeatTakenError("the expert is taken at this time")

    def _drop_expired(self, request: SeatRequest, now: datetime) -> None:
        around = _overlaps([request.hold.expert_id], request.occupied_from, request.occupied_until)
        sittings = [row.id for row in self._locked(around)]
        if not sittings:
            return
        self._connection.execute(
            _SEATS.delete().where(_SEATS.c.sitting_id.in_(sittings), _SEATS.c.case_id.is_(None), _SEATS.c.held_until <= now)
        )
        self._drop_empty(sittings)

    def _give_back(self, clause: Any) -> bool:
        row = self._connection.execute(sa.select(_SEATS.c.sitting_id).where(clause)).first()
        if row is None:
            return False
        self._locked(_SITTINGS.c.id == row.sitting_id)
        deleted = self._connection.execute(_SEATS.delete().where(clause)).rowcount
        self._drop_empty([row.sitting_id])
        return bool(deleted)

    def _drop_empty(self, sittings: Sequence[int]) -> None:
        """Delete those of the (locked) sittings that have no seat left; their ticks go with them."""
        used = sa.select(_SEATS.c.sitting_id).where(_SEATS.c.sitting_id.in_(sittings))
        self._connection.execute(_SITTINGS.delete().where(_SITTINGS.c.id.in_(sittings), _SITTINGS.c.id.notin_(used)))

    def _locked(self, *clauses: Any) -> list[Row]:
        # FOR UPDATE means nothing to SQLite, where the writer is alone anyway.
        statement = sa.select(_SITTINGS.c.id).where(*clauses).order_by(_SITTINGS.c.id).with_for_update()
        return list(self._connection.execute(statement).all())

    def _insert_unless_there(self, table: sa.Table, row: dict[str, Any]) -> bool:
        """Insert unless it violates a unique constraint; says whether it did."""
        try:
            return bool(self._connection.execute(self._insert(table), row).rowcount)
        except IntegrityError:
            # `from None`: the driver's error repeats the row.
            raise ConflictError("the sitting vanished while a seat was taken in it") from None

    def _insert(self, table: sa.Table) -> Any:
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        return dialect.insert(table).on_conflict_do_nothing()

    def _held_by(self, conversation_id: str) -> Any:
        digests = self._keyring.digests(conversation_id, sealing.CONVERSATION)
        return sa.and_(_SEATS.c.conversation_digest.in_(digests), _SEATS.c.case_id.is_(None))

    def _with_sitting(self, clause: Any) -> Any:
        sitting = (
            _SITTINGS.c.expert_id,
            _SITTINGS.c.service_id,
            _SITTINGS.c.station_id,
            _SITTINGS.c.mode,
            _SITTINGS.c.starts_at,
            _SITTINGS.c.ends_at,
        )
        return sa.select(_SEATS, *sitting).join(_SITTINGS, _SEATS.c.sitting_id == _SITTINGS.c.id).where(clause)


def _ticks(request: SeatRequest) -> range:
    """The quarters of an hour since 1970 that a sitting owns, ascending: everybody locks in one order."""
    seconds = int(TICK / timedelta(seconds=1))
    first = int(request.occupied_from.timestamp()) // seconds
    return range(first, -(-int(request.occupied_until.timestamp()) // seconds))


def _overlaps(expert_ids: Sequence[str], start: datetime, end: datetime) -> Any:
    return sa.and_(
        _SITTINGS.c.expert_id.in_(list(expert_ids)),
        _SITTINGS.c.occupied_from < end,
        _SITTINGS.c.occupied_until > start,
    )


def _hold(row: Row) -> Hold:
    return Hold(
        free_time_id=row.free_time_id,
        station_id=row.station_id,
        expert_id=row.expert_id,
        service_id=row.service_id,
        mode=Mode(row.mode),
        right=Right(row.concerns),
        language=Language(row.expert_language),
        start=row.starts_at,
        end=row.ends_at,
        expires_at=row.held_until,
        provisional=row.provisional,
    )
