"""Which days are worked. An adapter over chinese_calendar, which knows the State Council's notices.

For a year that is not announced yet it falls back to weekends and the fixed-date statutory holidays of
全国年节及纪念日放假办法 (2024 revision, in force from 2025-01-01): 1 January, 1-2 May, 1-3 October.
The moving ones (Spring Festival, Qingming, Dragon Boat, Mid-Autumn) are not guessed, so such days are
marked provisional.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

import chinese_calendar

_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


class DayKind(str, Enum):
    """What the calendar says of a day."""

    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class DayStatus:
    """`provisional`: the year's notice is not out, so the day may change."""

    kind: DayKind
    provisional: bool = False

    @property
    def worked(self) -> bool:
        return self.kind in (DayKind.WORKDAY, DayKind.MAKEUP)


class HolidayCalendar(Protocol):
    """Tells what kind of day it is."""

    def status(self, day: date) -> DayStatus: ...


class ChineseHolidays:
    """The mainland's calendar; `known_until` is the last announced year (tests pass their own)."""

    def __init__(self, known_until: int | None = None) -> None:
        self._known_until = known_until

    def status(self, day: date) -> DayStatus:
        """Kind of the day, from the announced calendar or from the fall-back rule."""
        if self._known_until is not None and day.year > self._known_until:
            return _fallback(day)
        try:
            worked = bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return _fallback(day)
        weekend = day.weekday() >= 5
        if worked:
            return DayStatus(DayKind.MAKEUP if weekend else DayKind.WORKDAY)
        # A weekend inside a holiday break is closed either way.
        return DayStatus(DayKind.WEEKEND if weekend else DayKind.HOLIDAY)


def _fallback(day: date) -> DayStatus:
    if (day.month, day.day) in _FIXED:
        return DayStatus(DayKind.HOLIDAY, provisional=True)
    kind = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY
    return DayStatus(kind, provisional=True)
