"""What consultations need stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from casework.cases import Case
from casework.consultations.model import Appointment, Hold, Occupied


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """One seat wanted: the hold to be, and the range [occupied_from, occupied_until) with buffers."""

    hold: Hold
    occupied_from: datetime
    occupied_until: datetime
    capacity: int


class Seats(Protocol):
    """The one place where two people cannot get the same thing."""

    def take(self, request: SeatRequest, conversation_id: str, now: datetime) -> Hold:
        """Hold a seat, taking over expired holds and dropping the conversation's former hold.

        Raises SeatTakenError where the database refuses it, ConflictError where a retry may succeed.
        """

    def held(self, conversation_id: str) -> Hold | None:
        """The conversation's hold, even when it has expired but nobody took it over."""

    def release_hold(self, conversation_id: str) -> bool:
        """Give the conversation's hold back; False if there was none."""

    def bind(self, conversation_id: str, case: Case) -> Hold:
        """Turn the conversation's hold into the case's seat. Raises HoldLostError if there is none."""

    def release(self, case: Case) -> None:
        """Give the case's seat back (all of them, unless a newer one was bound)."""

    def occupied(self, expert_ids: Sequence[str], start: datetime, end: datetime, now: datetime) -> list[Occupied]:
        """Sittings that overlap [start, end); expired holds count as free."""

    def drop_expired(self, now: datetime) -> int:
        """House-keeping: forget expired holds; returns how many."""


class Appointments(Protocol):
    """Place and time of consultation cases."""

    def add(self, appointment: Appointment) -> None: ...

    def of(self, case: Case) -> Appointment: ...

    def change(self, appointment: Appointment) -> None: ...

    def by_token(self, token: str) -> Appointment | None: ...

    def coming_of_phone(self, phone: str, now: datetime) -> int:
        """How many active appointments of this E.164 number begin after `now`."""
