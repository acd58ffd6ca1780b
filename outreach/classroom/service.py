"""The classroom as teacher and pupils use it. Every method is one short transaction, safe from any thread or process."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from outreach.classroom import rules
from outreach.classroom.model import Answer, Phase, Plan, Pupil, Room, RoomState
from outreach.classroom.names import all_names, free_name
from outreach.classroom.protocols import ClassStore, ClassUnit
from outreach.errors import AlreadyAnsweredError, BadPlanError, NoRoomError, RoomFullError, TooLateError, TooManyRoomsError
from outreach.quiz.bank import Bank
from outreach.quiz.model import LANGUAGES, LEVELS
from outreach.quiz.rounds import order_of

_TRIES = 20  # to find a free code or name


@dataclass(frozen=True, slots=True)
class ClassroomPolicy:
    """Limits. A room closes by itself after `life`, or `idle` after the last step of its teacher; reports go after `keep`."""

    pupils: int = 80
    rooms: int = 200
    life: timedelta = timedelta(hours=2)
    idle: timedelta = timedelta(minutes=30)
    keep: timedelta = timedelta(days=30)
    questions: tuple[int, int] = (3, 20)
    seconds: tuple[int, int] = (5, 120)


class ClassroomService:
    """`clock` returns aware datetimes; `chance` is for names and codes."""

    def __init__(
        self,
        store: ClassStore,
        bank: Bank,
        clock: Callable[[], datetime],
        policy: ClassroomPolicy | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._store, self._bank, self._clock = store, bank, clock
        self.policy = policy or ClassroomPolicy()
        self._chance = chance or random.SystemRandom()

    # -- the teacher

    def open(self, level: int, topic: str | None, count: int, seconds: int, language: str) -> Room:
        """A new room in its lobby. Raises BadPlanError, TooManyRoomsError."""
        plan = self._plan(level, topic, count, seconds, language)
        now = self._clock()
        with self._store() as unit:
            if unit.classrooms.open_count(now) >= self.policy.rooms:
                raise TooManyRoomsError(self.policy.rooms)
            for _ in range(_TRIES):
                code = f"{self._chance.randrange(1_000_000):06d}"
                room = unit.classrooms.add(code, secrets.token_hex(8), plan, now, now + self.policy.idle)
                if room is not None:
                    unit.commit()
                    return room
        raise TooManyRoomsError(self.policy.rooms)

    def _plan(self, level: int, topic: str | None, count: int, seconds: int, language: str) -> Plan:
        for what, value, (low, high) in (("count", count, self.policy.questions), ("seconds", seconds, self.policy.seconds)):
            if not low <= value <= high:
                raise BadPlanError(what, value, f"choose {low} to {high}")
        if level not in LEVELS or language not in LANGUAGES:
            raise BadPlanError("level or language", (level, language), "choose level 1 to 3, language zh or en")
        if topic is not None and topic not in self._bank.topics:
            raise BadPlanError("topic", topic, f"choose one of {', '.join(self._bank.topics)}")
        chosen: list[str] = []
        for other in sorted(LEVELS, key=lambda other: (abs(other - level), other)):
            found = [question.id for question in self._bank.of(other, topic)]
            self._chance.shuffle(found)
            chosen += found
        return Plan(level, topic, language, seconds, tuple(chosen[:count]))

    def step(self, room_id: int, step: str) -> Room:
        """`start`, `show`, `next`, `pause`, `resume` or `close`. Raises NoRoomError, StepRefusedError."""
        now = self._clock()
        with self._store() as unit:
            room = _open(unit, room_id, now)
            after = rules.stepped(room, step, now)
            if after == room:
                return room
            closes_at = min(room.created_at + self.policy.life, now + self.policy.idle)
            changed = self._changed(unit, replace(after, closes_at=closes_at), now)
            unit.commit()
        return changed

    # -- the pupils

    def join(self, code: str) -> tuple[Room, Pupil]:
        """A pupil with a name of its own, at any time before the podium. Raises NoRoomError, RoomFullError."""
        now = self._clock()
        with self._store() as unit:
            room_id = unit.classrooms.by_code(code)
            state = unit.classrooms.state(room_id) if room_id is not None else None
            if state is None or rules.standing(state.room, now).phase in (Phase.PODIUM, Phase.CLOSED):
                raise NoRoomError
            if len(state.pupils) >= min(self.policy.pupils, len(all_names())):
                raise RoomFullError(self.policy.pupils)
            taken = {pupil.name for pupil in state.pupils}
            for _ in range(_TRIES):
                name = free_name(taken, self._chance)
                pupil = unit.classrooms.join(state.room.id, name)
                if pupil is not None:
                    room = unit.classrooms.change(state.room, now)
                    unit.commit()
                    return room, pupil
                taken.add(name)
        raise RoomFullError(self.policy.pupils)

    def answer(self, room_id: int, pupil_id: int, position: int, place: int) -> bool:
        """A pupil's answer by the place (from 0) of the option as it is shown; True when it was the last one awaited.

        Raises NoRoomError, TooLateError (over, paused, not yet asked, no such place), AlreadyAnsweredError.
        """
        now = self._clock()
        with self._store() as unit:
            room = _open(unit, room_id, now)
            question = self._bank.questions.get(room.question or "")
            if question is None or not rules.takes_answers(room, position, now):
                raise TooLateError
            order = order_of(question, room.seed)
            if not 0 <= place < len(order):
                raise TooLateError
            if not unit.classrooms.answer(room.id, Answer(pupil_id, position, order[place], rules.spent_ms(room, now))):
                raise AlreadyAnsweredError
            state = unit.classrooms.state(room_id)
            complete = state is not None and len(state.to(position)) >= len(state.pupils)
            after = replace(room, phase=Phase.SHOWING, ends_at=None, left=None) if complete else room
            unit.classrooms.change(after, now)
            unit.commit()
        return complete

    # -- both

    def state(self, room_id: int) -> RoomState:
        """The room as it stands now, with everybody in it. A room past its end is closed by this. Raises NoRoomError."""
        now = self._clock()
        with self._store(read_only=True) as unit:
            state = unit.classrooms.state(room_id)
        if state is None:
            raise NoRoomError
        current = rules.standing(state.room, now)
        if current.phase is Phase.CLOSED and state.room.phase is not Phase.CLOSED:
            return self._closed_by_itself(room_id)
        return replace(state, room=current)

    def version(self, room_id: int) -> int | None:
        """The room's version, for a cheap look whether anything changed; None when there is no such room."""
        with self._store(read_only=True) as unit:
            room = unit.classrooms.room(room_id)
        return room.version if room else None

    def sweep(self) -> tuple[int, int]:
        """Close rooms whose time is over, forget old reports; how many of each."""
        now = self._clock()
        with self._store(read_only=True) as unit:
            overdue = unit.classrooms.overdue(now)
        for room_id in overdue:
            self._closed_by_itself(room_id)
        with self._store() as unit:
            dropped = unit.classrooms.drop_before(now - self.policy.keep)
            unit.commit()
        return len(overdue), dropped

    def _closed_by_itself(self, room_id: int) -> RoomState:
        now = self._clock()
        with self._store() as unit:
            room = unit.classrooms.room(room_id, lock=True)
            if room is None:
                raise NoRoomError
            if room.phase is not Phase.CLOSED:
                self._changed(unit, replace(room, phase=Phase.CLOSED, ends_at=None, left=None), now)
            state = unit.classrooms.state(room_id)
            unit.commit()
        if state is None:
            raise NoRoomError
        return state

    def _changed(self, unit: ClassUnit, room: Room, now: datetime) -> Room:
        """Store a room. One that closes leaves its report and forgets everybody in it; its code is free again."""
        if room.phase is not Phase.CLOSED:
            return unit.classrooms.change(room, now)
        state = unit.classrooms.state(room.id)
        report = rules.report(replace(state, room=room), self._bank) if state else None
        unit.classrooms.empty(room.id)
        return unit.classrooms.change(replace(room, code=None, report=report), now)


def _open(unit: ClassUnit, room_id: int, now: datetime) -> Room:
    """The open room, locked for this transaction; other phases as they stand now. Raises NoRoomError."""
    room = unit.classrooms.room(room_id, lock=True)
    if room is None or rules.standing(room, now).phase is Phase.CLOSED:
        raise NoRoomError
    return room
