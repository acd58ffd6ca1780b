"""The nouns of booking: station, expert, service, free time, hold, booking.

All instants are aware datetimes, all ranges half-open [start, end), all wall-clock times Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum

from casework.cases import CaseKind, Consent, Person, Transitions

#: Seats are guarded in ticks of this length; every duration and buffer is a multiple of it.
TICK = timedelta(minutes=15)


class Mode(str, Enum):
    """How the consultation takes place."""

    ON_SITE = "on_site"
    PHONE = "phone"
    VIDEO = "video"


class Right(str, Enum):
    """What the problem is about; also what an expert is versed in."""

    TRADEMARK = "trademark"
    PATENT = "patent"
    COPYRIGHT = "copyright"
    TRADE_SECRET = "trade_secret"
    OTHER = "other"


class Language(str, Enum):
    """The language the expert speaks: 汉语 or 蒙古语."""

    CHINESE = "zh"
    MONGOLIAN = "mn"


class Confirmation(str, Enum):
    """Who confirms: the booking itself (`instant`), or an officer afterwards (the seat is secured at once)."""

    INSTANT = "instant"
    OFFICER = "officer"


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
        State.CONFIRMED.value: frozenset(
            {State.REQUESTED.value, State.COMPLETED.value, State.CANCELLED.value, State.NO_SHOW.value}
        ),
    },
)


@dataclass(frozen=True, slots=True)
class Shift:
    """Opening hours of one day, [start, end)."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class WorkingPlan:
    """Opening shifts per weekday (0 = Monday), and breaks on every day. No shift: closed."""

    shifts: Mapping[int, tuple[Shift, ...]]
    breaks: tuple[Shift, ...] = ()
    #: What a make-up working day (a Saturday or Sunday that is worked instead) follows.
    makeup_weekday: int = 0


@dataclass(frozen=True, slots=True)
class PlanException:
    """One day that differs from plan and holidays: closed (no shifts) or other hours."""

    day: date
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """Days an expert is away, [first, until)."""

    first: date
    until: date


@dataclass(frozen=True, slots=True)
class Station:
    """A rights-assistance station. `region` is the id of one of the 12 盟市."""

    id: str
    name: str
    name_en: str
    region: str
    address: str
    address_en: str
    modes: frozenset[Mode]
    plan: WorkingPlan
    exceptions: tuple[PlanException, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who gives consultations, at one or more stations, one at a time."""

    id: str
    name: str
    name_en: str
    stations: tuple[str, ...]
    rights: frozenset[Right]
    languages: frozenset[Language]
    modes: frozenset[Mode]
    plan: WorkingPlan | None = None
    leave: tuple[Leave, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """What can be booked. Duration and buffers are multiples of 15 minutes; `capacity` seats per sitting."""

    id: str
    name: str
    name_en: str
    duration: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    slot_step: timedelta
    lead_time: timedelta
    horizon: timedelta
    capacity: int
    confirmation: Confirmation
    modes: frozenset[Mode]
    rights: frozenset[Right]
    max_coming_per_phone: int = 3
    sample: bool = False


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


Experts = Sequence[Expert]
