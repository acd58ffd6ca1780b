"""The nouns of booking: what is looked for, free time, hold, appointment, booking, and its states.

All instants are aware datetimes, all ranges half-open [start, end), all wall-clock times Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum

from casework.cases import CaseKind, Consent, Person, Transitions
from casework.consultations.places import Language, Mode, Right, Service, Station

__all__ = [
    "TRANSITIONS",
    "Appointment",
    "Booking",
    "BookingDetails",
    "FreeTime",
    "FreeTimeQuery",
    "Hold",
    "Language",
    "Mode",
    "Obstacle",
    "Occupied",
    "Right",
    "State",
]


class State(str, Enum):
    """Where a booking stands. `requested` is secured, but waits for the station's confirmation."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


TRANSITIONS = Transitions(
    kind=CaseKind.CONSULTATION,
    initial=frozenset({State.REQUESTED.value, State.CONFIRMED.value}),
    allowed={
        State.REQUESTED.value: frozenset({State.CONFIRMED.value, State.CANCELLED.value}),
        # Back to requested: a confirmed booking that is moved where an officer confirms each time.
        State.CONFIRMED.value: frozenset({State.REQUESTED.value, State.COMPLETED.value, State.CANCELLED.value, State.NO_SHOW.value}),
    },
)


class Obstacle(str, Enum):
    """Why a wished time has nothing to offer: before the lead time, beyond the horizon, closed that day, before or after
    the day's sittings, between two of them, or taken."""

    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    CLOSED = "closed"
    OUTSIDE_HOURS = "outside_hours"
    BETWEEN = "between"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class FreeTimeQuery:
    """What is looked for; an empty field does not narrow.

    `first`/`until` are days [first, until); `window` is a wall-clock range [start, end) that the start of
    the consultation must lie in; `per_day` caps how many times of one day are offered.
    """

    service_id: str = "consultation"
    right: Right = Right.OTHER
    region: str = ""
    station_id: str = ""
    mode: Mode | None = None
    language: Language = Language.CHINESE
    first: date | None = None
    until: date | None = None
    window: tuple[time, time] | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that can be held. `provisional`: the year's holidays are not announced yet.

    `id` is short, printable ASCII without personal data, and is what a button carries.
    """

    id: str
    start: datetime
    end: datetime
    station: Station
    service: Service
    mode: Mode
    right: Right
    language: Language
    expert_ids: tuple[str, ...]
    seats_left: int
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A seat kept for one conversation until `expires_at`."""

    free_time_id: str
    station_id: str
    expert_id: str
    service_id: str
    mode: Mode
    right: Right
    language: Language
    start: datetime
    end: datetime
    expires_at: datetime
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class BookingDetails:
    """What the citizen said. `person.phone` is E.164 (see `casework.phones`), the rest as typed."""

    person: Person
    problem: str = ""
    channel: str = "web"
    language: str = "zh"
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Appointment:
    """Place and time of a booking as stored. `sequence` grows with every move and with cancelling."""

    case_id: int
    service_id: str
    station_id: str
    expert_id: str
    mode: Mode
    right: Right
    language: Language
    start: datetime
    end: datetime
    provisional: bool
    uid: str
    sequence: int
    download_token: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as its owner sees it."""

    reference: str
    state: State
    start: datetime
    end: datetime
    station: Station
    service: Service
    expert_id: str
    expert_name: str
    mode: Mode
    right: Right
    language: Language
    provisional: bool
    person: Person
    problem: str
    uid: str
    sequence: int
    download_token: str
    created_at: datetime
    reminders: tuple[datetime, ...] = ()
    consent: Consent | None = None

    def standing(self, now: datetime) -> str:
        """`requested`, `confirmed`, `cancelled`, `completed`, `no_show`, or `past` when its time is over."""
        active = self.state in (State.REQUESTED, State.CONFIRMED)
        return "past" if active and self.end <= now else self.state.value


@dataclass(frozen=True, slots=True)
class Occupied:
    """A sitting as the availability function sees it: [start, end) includes the buffers.

    A sitting of the same service, station and mode at the same start with seats left can be joined.
    """

    expert_id: str
    start: datetime
    end: datetime
    service_id: str = ""
    station_id: str = ""
    mode: Mode | None = None
    begins: datetime | None = None
    seats_left: int = 0
