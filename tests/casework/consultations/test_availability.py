"""Availability: examples first, then what holds for every plan, service and calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.consultations.availability import availability, occupied_interval, open_intervals
from casework.consultations.holidays import ChineseHolidays, DayKind, DayStatus
from casework.consultations.intervals import Interval
from casework.consultations.model import Occupied
from casework.consultations.places import Leave, Mode, PlanException, Service, Shift, Station, WorkingPlan
from casework.timing import SHANGHAI, local_day, local_instant
from tests.casework import strategies
from tests.casework.factories import MONDAY, a_plan, a_service, a_station, an_expert

CALENDAR = ChineseHolidays()


def _starts(
    station: Station | None = None,
    service: Service | None = None,
    *,
    days: list[date] | None = None,
    now: datetime = MONDAY,
    taken: tuple[Occupied, ...] = (),
    **expert: object,
) -> list[str]:
    slots = availability(
        station or a_station(),
        an_expert(**expert),
        service or a_service(),
        Mode.ON_SITE,
        days or [MONDAY.date()],
        taken,
        now,
        CALENDAR,
    )
    return [slot.start.astimezone(SHANGHAI).strftime("%d %H:%M") for slot in slots]


def test_a_day_is_cut_into_slots_around_the_break_and_after_the_lead_time() -> None:
    assert _starts() == ["23 10:00", "23 11:00", "23 14:00", "23 15:00", "23 16:00"]


def test_a_weekend_is_closed() -> None:
    assert _starts(days=[date(2026, 11, 28), date(2026, 11, 29)]) == []


def test_a_public_holiday_is_closed() -> None:
    now = datetime(2026, 9, 28, 8, tzinfo=SHANGHAI)
    assert _starts(days=[date(2026, 10, 1)], now=now) == []


def test_a_make_up_working_day_follows_the_plan_of_the_named_weekday() -> None:
    # 2026-10-10 is a Saturday that is worked for the National Day break.
    now = datetime(2026, 10, 9, 8, tzinfo=SHANGHAI)
    assert CALENDAR.status(date(2026, 10, 10)) == DayStatus(DayKind.MAKEUP)
    plan = WorkingPlan({0: (Shift(time(9), time(10)),), 4: (Shift(time(15), time(16)),)}, (), makeup_weekday=4)
    assert _starts(a_station(plan=plan), days=[date(2026, 10, 10)], now=now) == ["10 15:00"]


def test_an_unannounced_year_is_open_on_weekdays_and_marked() -> None:
    now = datetime(2026, 12, 30, 8, tzinfo=SHANGHAI)
    days = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 4)]
    slots = availability(a_station(), an_expert(), a_service(), Mode.ON_SITE, days, (), now, CALENDAR)
    assert {local_day(slot.start) for slot in slots} == {date(2027, 1, 4)}
    assert all(slot.provisional for slot in slots)


def test_an_exception_overrides_plan_and_holiday() -> None:
    closed = a_station(exceptions=(PlanException(MONDAY.date()),))
    assert _starts(closed) == []
    saturday = date(2026, 11, 28)
    opened = a_station(exceptions=(PlanException(saturday, (Shift(time(9), time(10)),)),))
    assert _starts(opened, days=[saturday]) == ["28 09:00"]


def test_leave_closes_its_days_and_only_these() -> None:
    leave = (Leave(MONDAY.date(), MONDAY.date() + timedelta(days=1)),)
    tuesday = MONDAY.date() + timedelta(days=1)
    assert {start[:2] for start in _starts(days=[MONDAY.date(), tuesday], leave=leave)} == {"24"}


def test_an_experts_own_hours_narrow_those_of_the_station() -> None:
    assert _starts(plan=a_plan((14, 16), breaks=())) == ["23 14:00", "23 15:00"]


def test_a_taken_sitting_blocks_its_buffers_too() -> None:
    ten = local_instant(MONDAY.date(), time(10))
    taken = (Occupied("expert-1", ten, ten + timedelta(minutes=75), "another", "hohhot", Mode.ON_SITE, ten),)
    assert _starts(taken=taken)[0] == "23 14:00"


def test_somebody_elses_sitting_blocks_nothing() -> None:
    ten = local_instant(MONDAY.date(), time(10))
    taken = (Occupied("expert-2", ten, ten + timedelta(hours=1)),)
    assert _starts(taken=taken)[0] == "23 10:00"


def test_a_sitting_with_seats_left_is_offered_at_its_own_start() -> None:
    service = a_service(capacity=3)
    ten = local_instant(MONDAY.date(), time(10))
    span = occupied_interval(service, ten)
    taken = (Occupied("expert-1", span.start, span.end, service.id, "hohhot", Mode.ON_SITE, ten, 1),)
    slots = availability(a_station(), an_expert(), service, Mode.ON_SITE, [MONDAY.date()], taken, MONDAY, CALENDAR)
    assert [(slot.start, slot.seats_left) for slot in slots][:2] == [(ten, 1), (ten + timedelta(hours=1), 3)]


def test_a_mode_that_the_station_does_not_offer_has_no_slots() -> None:
    station = a_station(modes=frozenset({Mode.PHONE}))
    assert _starts(station) == []


DAYS = [MONDAY.date() + timedelta(days=n) for n in range(9)]
_CASE = {
    "plan": strategies.plans,
    "own": st.none() | strategies.plans,
    "service": strategies.services(),
    "taken": st.lists(strategies.occupations(), max_size=6),
    "now": strategies.moments,
    "exceptions": st.lists(strategies.exceptions(), max_size=3),
    "leave": st.lists(strategies.leaves(), max_size=2),
}


@settings(max_examples=150, deadline=None)
@given(**_CASE)
def test_every_slot_keeps_every_rule(plan, own, service, taken, now, exceptions, leave) -> None:  # type: ignore[no-untyped-def]
    station = a_station(plan=plan, exceptions=tuple(exceptions))
    expert = an_expert(plan=own, leave=tuple(leave))
    slots = availability(station, expert, service, Mode.ON_SITE, DAYS, taken, now, CALENDAR)
    assert slots == sorted(slots, key=lambda slot: slot.start)
    for slot in slots:
        held = Interval(slot.start, slot.end)
        opened = open_intervals(station, expert, local_day(slot.start), CALENDAR)
        assert any(span.contains(held) for span in opened)
        assert now < slot.start
        assert now + service.lead_time <= slot.start <= now + service.horizon
        assert slot.end - slot.start == service.duration
        occupied = occupied_interval(service, slot.start)
        assert not any(occupied.overlaps(Interval(t.start, t.end)) for t in taken)
        breaks = [Interval(local_instant(local_day(slot.start), b.start), local_instant(local_day(slot.start), b.end)) for b in plan.breaks]
        assert not any(held.overlaps(pause) for pause in breaks)
        assert not any(away.first <= local_day(slot.start) < away.until for away in leave)
        assert slot.seats_left == service.capacity


@settings(max_examples=60, deadline=None)
@given(**_CASE)
def test_taking_more_never_opens_a_slot(plan, own, service, taken, now, exceptions, leave) -> None:  # type: ignore[no-untyped-def]
    station = a_station(plan=plan, exceptions=tuple(exceptions))
    expert = an_expert(plan=own, leave=tuple(leave))
    free = availability(station, expert, service, Mode.ON_SITE, DAYS, [], now, CALENDAR)
    left = availability(station, expert, service, Mode.ON_SITE, DAYS, taken, now, CALENDAR)
    assert {slot.start for slot in left} <= {slot.start for slot in free}
