"""Classrooms: rooms, pupils (a number and an animal), answers. A second answer to a question is refused by the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row

from outreach.classroom.model import Answer, Phase, Plan, Pupil, Room, RoomState
from storage import tables

_ROOMS, _PUPILS, _ANSWERS = tables.class_rooms, tables.class_pupils, tables.class_answers


class SqlClassrooms:
    """`outreach.classroom.protocols.Classrooms` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, code: str, seed: str, plan: Plan, now: datetime, closes_at: datetime) -> Room | None:
        """A new room in its lobby; None when the code is taken."""
        room = Room(0, code, seed, plan, Phase.LOBBY, -1, None, None, 1, now, closes_at)
        values = {"code": code, "seed": seed, "plan": _plan_record(plan), "created_at": now, **_values(room, now)}
        room_id = self._inserted(_ROOMS, values, _ROOMS.c.code == code)
        return None if room_id is None else replace(room, id=room_id)

    def open_count(self, now: datetime) -> int:
        """How many rooms are open."""
        clause = sa.and_(_ROOMS.c.code.is_not(None), _ROOMS.c.closes_at > now)
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(_ROOMS).where(clause)).scalar_one())

    def by_code(self, code: str) -> int | None:
        """The id of the open room with this code."""
        return self._connection.execute(sa.select(_ROOMS.c.id).where(_ROOMS.c.code == code)).scalar()

    def room(self, room_id: int, *, lock: bool = False) -> Room | None:
        """A room; `lock` keeps other writers of it waiting until this transaction ends (SQLite has one writer anyway)."""
        query = _ROOMS.select().where(_ROOMS.c.id == room_id)
        row = self._connection.execute(query.with_for_update() if lock else query).first()
        return None if row is None else _room(row)

    def state(self, room_id: int) -> RoomState | None:
        """A room with everybody and everything in it."""
        room = self.room(room_id)
        if room is None:
            return None
        pupils = self._connection.execute(_PUPILS.select().where(_PUPILS.c.room_id == room_id).order_by(_PUPILS.c.id))
        answers = self._connection.execute(_ANSWERS.select().where(_ANSWERS.c.room_id == room_id))
        return RoomState(
            room,
            tuple(Pupil(row.id, row.room_id, row.name) for row in pupils),
            tuple(Answer(row.pupil_id, row.position, row.choice, row.ms) for row in answers),
        )

    def change(self, room: Room, now: datetime) -> Room:
        """Store phase, position, clock and report; the version grows by one."""
        changed = replace(room, version=room.version + 1)
        values = {"code": changed.code, "report": changed.report, **_values(changed, now)}
        self._connection.execute(_ROOMS.update().where(_ROOMS.c.id == room.id).values(**values))
        return changed

    def join(self, room_id: int, name: str) -> Pupil | None:
        """A new pupil; None when the name is taken."""
        mine = sa.and_(_PUPILS.c.room_id == room_id, _PUPILS.c.name == name)
        pupil_id = self._inserted(_PUPILS, {"room_id": room_id, "name": name}, mine)
        return None if pupil_id is None else Pupil(pupil_id, room_id, name)

    def answer(self, room_id: int, answer: Answer) -> bool:
        """Store an answer; False when this pupil has answered this question, or is no longer in the room."""
        known = sa.select(_PUPILS.c.id).where(_PUPILS.c.id == answer.pupil_id, _PUPILS.c.room_id == room_id)
        if self._connection.execute(known).first() is None:
            return False
        values = {"pupil_id": answer.pupil_id, "position": answer.position, "room_id": room_id, "choice": answer.choice, "ms": answer.ms}
        statement = self._insert(_ANSWERS).values(**values).on_conflict_do_nothing(index_elements=["pupil_id", "position"])
        return bool(self._connection.execute(statement).rowcount)

    def empty(self, room_id: int) -> None:
        """Forget pupils and answers of a room."""
        self._connection.execute(_ANSWERS.delete().where(_ANSWERS.c.room_id == room_id))
        self._connection.execute(_PUPILS.delete().where(_PUPILS.c.room_id == room_id))

    def overdue(self, now: datetime) -> list[int]:
        """Rooms that are open although their time is over."""
        clause = sa.and_(_ROOMS.c.phase != Phase.CLOSED.value, _ROOMS.c.closes_at <= now)
        return list(self._connection.execute(sa.select(_ROOMS.c.id).where(clause)).scalars())

    def drop_before(self, instant: datetime) -> int:
        """Forget closed rooms made before an instant; how many."""
        clause = sa.and_(_ROOMS.c.phase == Phase.CLOSED.value, _ROOMS.c.created_at < instant)
        return int(self._connection.execute(_ROOMS.delete().where(clause)).rowcount)

    def _insert(self, table: sa.Table) -> Any:
        return (sqlite if self._connection.dialect.name == "sqlite" else postgresql).insert(table)

    def _inserted(self, table: sa.Table, values: dict[str, Any], found_by: Any) -> int | None:
        """Insert a row unless a unique value is taken; its id. (SQLAlchemy 1.4 knows no RETURNING for SQLite.)"""
        done = self._connection.execute(self._insert(table).values(**values).on_conflict_do_nothing())
        return self._connection.execute(sa.select(table.c.id).where(found_by)).scalar() if done.rowcount else None


def _values(room: Room, now: datetime) -> dict[str, Any]:
    return {
        "phase": room.phase.value,
        "position": room.position,
        "ends_at": room.ends_at,
        "seconds_left": room.left,
        "version": room.version,
        "changed_at": now,
        "closes_at": room.closes_at,
    }


def _plan_record(plan: Plan) -> dict[str, Any]:
    return {
        "level": plan.level,
        "topic": plan.topic,
        "language": plan.language,
        "seconds": plan.seconds,
        "questions": list(plan.questions),
    }


def _room(row: Row) -> Room:
    plan = Plan(**{**row.plan, "questions": tuple(row.plan["questions"])})
    return Room(
        row.id,
        row.code,
        row.seed,
        plan,
        Phase(row.phase),
        row.position,
        row.ends_at,
        row.seconds_left,
        row.version,
        row.created_at,
        row.closes_at,
        row.report,
    )
