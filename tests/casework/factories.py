"""Small worlds for the tests of casework: a clock, a directory of one station, a service, a citizen."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from casework.cases import Consent, Person
from casework.consultations import BookingDetails, ConsultationPolicy, ConsultationService, Directory
from casework.consultations.model import Booking, FreeTimeQuery
from casework.consultations.places import (
    Confirmation,
    Expert,
    Language,
    Mode,
    Right,
    Service,
    Shift,
    Station,
    WorkingPlan,
)
from casework.timing import SHANGHAI
from storage import SqlStore

#: A Monday morning before the office opens.
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)
PHONE = "+8613812345678"
_COUNT = itertools.count(1)


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def a_plan(*hours: tuple[int, int], breaks: tuple[tuple[int, int], ...] = ((12, 14),)) -> WorkingPlan:
    shifts = tuple(Shift(time(a), time(b)) for a, b in hours or ((9, 17),))
    return WorkingPlan(dict.fromkeys(range(5), shifts), tuple(Shift(time(a), time(b)) for a, b in breaks))


def a_station(**changes: Any) -> Station:
    station = Station("hohhot", "示例站", "Sample station", "hohhot", "（示例地址）", "(sample)", frozenset(Mode), a_plan())
    return replace(station, **changes)


def an_expert(**changes: Any) -> Expert:
    expert = Expert(
        "expert-1",
        "示例专家一",
        "Sample expert 1",
        ("hohhot",),
        frozenset(Right),
        frozenset({Language.CHINESE}),
        frozenset(Mode),
    )
    return replace(expert, **changes)


def a_service(**changes: Any) -> Service:
    service = Service(
        "consultation",
        "咨询",
        "Consultation",
        timedelta(minutes=45),
        timedelta(0),
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=2),
        timedelta(days=30),
        1,
        Confirmation.INSTANT,
        frozenset(Mode),
        frozenset(Right),
        max_coming_per_phone=3,
    )
    return replace(service, **changes)


def a_directory(*, experts: int = 1, stations: tuple[Station, ...] = (), services: tuple[Service, ...] = ()) -> Directory:
    places = stations or (a_station(),)
    offered = services or (a_service(),)
    people = [an_expert(id=f"expert-{n + 1}", stations=tuple(place.id for place in places)) for n in range(experts)]
    bring = {name: {"zh": ("示例",), "en": ("sample",)} for name in ("common", *(r.value for r in Right))}
    return Directory({s.id: s for s in places}, {e.id: e for e in people}, {s.id: s for s in offered}, bring)


def a_consultation_service(
    store: SqlStore,
    clock: TestClock,
    directory: Directory | None = None,
    policy: ConsultationPolicy | None = None,
) -> ConsultationService:
    return ConsultationService(store, directory or a_directory(), clock, policy)


def a_person(**changes: Any) -> Person:
    return replace(Person("张丽", PHONE, "zhangli@example.com"), **changes)


def details(**changes: Any) -> BookingDetails:
    return replace(BookingDetails(a_person(), "我的商标被人抢注了"), **changes)


def consent(clock: TestClock) -> Consent:
    return Consent("2026-11", "示例运营单位", clock(), "consultation")


def a_query(day: date | None = None, **changes: Any) -> FreeTimeQuery:
    until = day + timedelta(days=1) if day else None
    return replace(FreeTimeQuery(right=Right.TRADEMARK, mode=Mode.ON_SITE, first=day, until=until), **changes)


def booked(
    service: ConsultationService,
    clock: TestClock,
    *,
    conversation: str = "",
    position: int = 0,
    **changes: Any,
) -> Booking:
    """A confirmed booking on the n-th free time."""
    conversation = conversation or f"conversation-{next(_COUNT)}"
    chosen = service.free_times(a_query(), limit=position + 1)[position]
    service.hold(conversation, chosen.id)
    service.record_consent(conversation, consent(clock))
    return service.confirm(conversation, "key", details(**changes))
