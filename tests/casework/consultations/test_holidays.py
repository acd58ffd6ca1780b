"""The calendar of worked days."""

from __future__ import annotations

from datetime import date

import pytest

from casework.consultations.holidays import ChineseHolidays, DayKind


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 23), DayKind.WORKDAY),
        (date(2026, 11, 28), DayKind.WEEKEND),
        (date(2026, 10, 1), DayKind.HOLIDAY),
        (date(2026, 10, 10), DayKind.MAKEUP),
    ],
)
def test_an_announced_year_is_known(day: date, kind: DayKind) -> None:
    status = ChineseHolidays().status(day)
    assert (status.kind, status.provisional) == (kind, False)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2027, 1, 1), DayKind.HOLIDAY),
        (date(2027, 1, 4), DayKind.WORKDAY),
        (date(2027, 1, 9), DayKind.WEEKEND),
        (date(2027, 5, 1), DayKind.HOLIDAY),
        (date(2027, 5, 2), DayKind.HOLIDAY),
        (date(2027, 5, 3), DayKind.WORKDAY),
        (date(2027, 10, 1), DayKind.HOLIDAY),
        (date(2027, 10, 3), DayKind.HOLIDAY),
        (date(2027, 10, 4), DayKind.WORKDAY),
    ],
)
def test_a_year_that_is_not_announced_falls_back_and_says_so(day: date, kind: DayKind) -> None:
    status = ChineseHolidays(known_until=2026).status(day)
    assert (status.kind, status.provisional) == (kind, True)
