"""The nouns of the classroom. Nothing here names a child: a pupil is a number in a room and an animal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


class Phase(str, Enum):
    """Where a room stands. A pause is no phase: it is an asking whose clock stands still (`Room.left` is set)."""

    LOBBY = "lobby"
    ASKING = "asking"
    SHOWING = "showing"
    PODIUM = "podium"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the teacher chose. `topic` None: about everything."""

    level: int
    topic: str | None
    language: str
    seconds: int
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """A room as stored. `position`: the question's number from 0 (-1 in the lobby). `seed` shuffles the options.

    While asking, `ends_at` is when the question ends; while paused it is None and `left` holds the remaining seconds.
    """

    id: int
    code: str | None
    seed: str
    plan: Plan
    phase: Phase
    position: int
    ends_at: datetime | None
    left: float | None
    version: int
    created_at: datetime
    closes_at: datetime
    report: Mapping[str, Any] | None = None

    @property
    def paused(self) -> bool:
        return self.phase is Phase.ASKING and self.left is not None

    @property
    def question(self) -> str | None:
        """The id of the standing question; None in the lobby."""
        return self.plan.questions[self.position] if 0 <= self.position < len(self.plan.questions) else None


@dataclass(frozen=True, slots=True)
class Pupil:
    """Somebody in a room: `name` is a key of the list of animals (`brave-horse`)."""

    id: int
    room_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A pupil's answer: `choice` is the option's number in the bank (0 is the right one), `ms` the time it took."""

    pupil_id: int
    position: int
    choice: int
    ms: int


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room with everybody and everything in it."""

    room: Room
    pupils: tuple[Pupil, ...]
    answers: tuple[Answer, ...]

    def to(self, position: int) -> list[Answer]:
        """The answers to one question."""
        return [answer for answer in self.answers if answer.position == position]
