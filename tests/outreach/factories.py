"""Rooms and their people for tests."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from casework.timing import SHANGHAI
from outreach.classroom import Answer, ClassroomPolicy, ClassroomService, Phase, Plan, Pupil, Room, RoomState
from outreach.classroom.protocols import ClassStore
from outreach.quiz import load_bank, order_of

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)
BANK = load_bank()


@dataclass
class Clock:
    """A clock that the test moves."""

    now: dt.datetime = field(default=NOW)

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


def a_plan(questions: int = 3, seconds: int = 20) -> Plan:
    return Plan(1, "copyright", "zh", seconds, tuple(q.id for q in BANK.of(1, "copyright")[:questions]))


def a_room(phase: Phase = Phase.LOBBY, position: int = -1, **more: object) -> Room:
    values = {"ends_at": None, "left": None, **more}
    plan = values.pop("plan", a_plan())
    return Room(1, "123456", "seed", plan, phase, position, version=1, created_at=NOW, closes_at=NOW + dt.timedelta(minutes=30), **values)  # type: ignore[arg-type]


def a_state(room: Room, names: tuple[str, ...] = (), answers: tuple[Answer, ...] = ()) -> RoomState:
    return RoomState(room, tuple(Pupil(n, room.id, name) for n, name in enumerate(names, 1)), answers)


def a_service(store: ClassStore, clock: Clock, **policy: object) -> ClassroomService:
    return ClassroomService(store, BANK, clock, ClassroomPolicy(**policy), random.Random(7))  # type: ignore[arg-type]


def place_of(room: Room, *, right: bool) -> int:
    """The place at which a right (or a wrong) option of the standing question is shown."""
    question = BANK.questions[room.question or ""]
    return next(p for p, number in enumerate(order_of(question, room.seed)) if (number == 0) == right)
