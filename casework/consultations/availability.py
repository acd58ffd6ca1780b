"""When an expert can be booked: one pure function, clock and taken sittings passed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.consultations.holidays import DayKind, HolidayCalendar
from casework.consultations.intervals import Interval, subtract, union
from casework.consultations.model import Occupied
from casework.consultations.places import Expert, Mode, Service, Shift, Station, WorkingPlan
from casework.timing import local_day, local_instant


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which one expert can take somebody."""

    start: datetime
    end: datetime
    expert_id: str
    seats_left: int
    provisional: bool = False


def availability(
    station: Station,
    expert: Expert,
    service: Service,
    mode: Mode,
    days: Sequence[date],
    taken: Sequence[Occupied],
    now: datetime,
    calendar: HolidayCalendar,
) -> list[Slot]:
    """The slots of `expert` on `days`, earliest first.

    A slot lies inside the opening hours of station and expert, outside breaks, exceptions, holidays and
    leave; with its buffers it overlaps no other sitting; it starts at least `lead_time` after `now` and
    at most `horizon` after it. A sitting of the same service, station and mode that has seats left is
    offered at its own start. Pure.
    """
    if station.id not in expert.stations or not _offers(station, expert, service, mode):
        return []
    busy = [Interval(item.start, item.end) for item in taken if item.expert_id == expert.id]
    joinable = {item.begins: item for item in taken if item.expert_id == expert.id and _can_join(item, station, service, mode)}
    earliest, latest = now + service.lead_time, now + service.horizon
    slots = []
    for day in days:
        provisional = calendar.status(day).provisional
        for start in _starts(station, expert, service, day, calendar):
            if not earliest <= start <= latest or start <= now:
                continue
            seats = _seats(start, service, busy, joinable.get(start))
            if seats:
                slots.append(Slot(start, start + service.duration, expert.id, seats, provisional))
    return slots


def open_intervals(station: Station, expert: Expert, day: date, calendar: HolidayCalendar) -> list[Interval]:
    """When both station and expert are at work on `day`, without breaks."""
    if any(leave.first <= day < leave.until for leave in expert.leave):
        return []
    shifts = _shifts(station, day, calendar)
    opened = union(_as_intervals(day, shifts))
    closed = list(_as_intervals(day, station.plan.breaks))
    if expert.plan is not None:
        weekday = _plan_weekday(expert.plan, day, calendar)
        own = union(_as_intervals(day, expert.plan.shifts.get(weekday, ())))
        closed += subtract(opened, own)
        closed += _as_intervals(day, expert.plan.breaks)
    return subtract(opened, closed)


def occupied_interval(service: Service, start: datetime) -> Interval:
    """[start, end) of a sitting with its buffers."""
    return Interval(start - service.buffer_before, start + service.duration + service.buffer_after)


def _offers(station: Station, expert: Expert, service: Service, mode: Mode) -> bool:
    return mode in station.modes and mode in expert.modes and mode in service.modes


def _can_join(item: Occupied, station: Station, service: Service, mode: Mode) -> bool:
    same = (item.service_id, item.station_id, item.mode) == (service.id, station.id, mode)
    return same and item.seats_left > 0


def _seats(start: datetime, service: Service, busy: Sequence[Interval], joined: Occupied | None) -> int:
    if joined is not None:
        return joined.seats_left
    wanted = occupied_interval(service, start)
    return 0 if any(wanted.overlaps(other) for other in busy) else service.capacity


def _starts(station: Station, expert: Expert, service: Service, day: date, calendar: HolidayCalendar) -> Iterator[datetime]:
    for span in open_intervals(station, expert, day, calendar):
        start = span.start
        while start + service.duration <= span.end:
            yield start
            start += service.slot_step


def _shifts(station: Station, day: date, calendar: HolidayCalendar) -> tuple[Shift, ...]:
    for exception in station.exceptions:
        if exception.day == day:
            return exception.shifts
    if not calendar.status(day).worked:
        return ()
    return station.plan.shifts.get(_plan_weekday(station.plan, day, calendar), ())


def _plan_weekday(plan: WorkingPlan, day: date, calendar: HolidayCalendar) -> int:
    makeup = calendar.status(day).kind is DayKind.MAKEUP
    return plan.makeup_weekday if makeup else day.weekday()


def _as_intervals(day: date, shifts: Sequence[Shift]) -> list[Interval]:
    return [Interval(local_instant(day, s.start), local_instant(day, s.end)) for s in shifts]


def searched_days(service: Service, now: datetime, first: date | None, until: date | None) -> list[date]:
    """The days that can hold a slot: from lead time to horizon, narrowed to [first, until)."""
    begin = local_day(now + service.lead_time)
    end = local_day(now + service.horizon) + timedelta(days=1)
    begin = max(begin, first) if first else begin
    end = min(end, until) if until else end
    return [begin + timedelta(days=n) for n in range(max(0, (end - begin).days))]
