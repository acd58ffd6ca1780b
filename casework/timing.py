"""Time as casework sees it: aware instants, the office's zone, and a clock that is passed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

#: Returns the present instant as an aware datetime. Tests and ZHIWEN_NOW pass their own.
Clock = Callable[[], datetime]

#: The whole of China uses one zone.
SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = timezone.utc

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def local_instant(day: date, at: time) -> datetime:
    """The instant of a wall-clock time in the office's zone."""
    return datetime.combine(day, at, tzinfo=SHANGHAI)


def local_day(instant: datetime) -> date:
    """The calendar day of an instant in the office's zone."""
    return instant.astimezone(SHANGHAI).date()


def days_between(first: date, until: date) -> list[date]:
    """The days of the half-open range [first, until)."""
    return [first + timedelta(days=n) for n in range(max(0, (until - first).days))]
