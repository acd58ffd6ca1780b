"""What a classroom needs stored."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Protocol

from outreach.classroom.model import Answer, Plan, Pupil, Room, RoomState


class Classrooms(Protocol):
    """Rooms, pupils, answers. Inside one transaction."""

    def add(self, code: str, seed: str, plan: Plan, now: datetime, closes_at: datetime) -> Room | None:
        """A new room in its lobby; None when the code is taken."""

    def open_count(self, now: datetime) -> int:
        """How many rooms are open."""

    def by_code(self, code: str) -> int | None:
        """The id of the open room with this code."""

    def room(self, room_id: int, *, lock: bool = False) -> Room | None:
        """A room; `lock` keeps other writers of it waiting until this transaction ends."""

    def state(self, room_id: int) -> RoomState | None:
        """A room with everybody and everything in it."""

    def change(self, room: Room, now: datetime) -> Room:
        """Store phase, position, clock and report; the version grows by one."""

    def join(self, room_id: int, name: str) -> Pupil | None:
        """A new pupil; None when the name is taken."""

    def answer(self, room_id: int, answer: Answer) -> bool:
        """Store an answer; False when this pupil has answered this question."""

    def empty(self, room_id: int) -> None:
        """Forget pupils and answers of a room."""

    def overdue(self, now: datetime) -> list[int]:
        """Rooms that are open although their time is over."""

    def drop_before(self, instant: datetime) -> int:
        """Forget closed rooms made before an instant; how many."""


class ClassUnit(Protocol):
    """A unit of work with classrooms in it. Leaving the block without `commit()` rolls back."""

    @property
    def classrooms(self) -> Classrooms: ...

    def __enter__(self) -> ClassUnit: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def commit(self) -> None: ...


class ClassStore(Protocol):
    """Opens units of work."""

    def __call__(self, *, read_only: bool = False) -> ClassUnit:
        """A new unit of work, not yet entered. `read_only` takes no write lock."""
