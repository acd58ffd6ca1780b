"""The nouns that officers edit: station, expert, service, working plan.

All ranges are half-open [start, end), all wall-clock times Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import Enum

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
    """Who confirms: the booking itself (`instant`), or an officer afterwards (the seat is secure at once)."""

    INSTANT = "instant"
    OFFICER = "officer"


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
