from __future__ import annotations

import datetime as dt
import time

from desk.clock import SHANGHAI, clock_from, system_clock


def test_the_clock_starts_where_it_is_set_and_runs_on() -> None:
    clock = clock_from(dt.datetime(2026, 12, 31, 23, 59, 59, 990_000))
    first = clock()
    assert (first.date(), first.tzinfo) == (dt.date(2026, 12, 31), SHANGHAI)
    time.sleep(0.03)
    assert clock().date() == dt.date(2027, 1, 1)


def test_a_start_in_another_zone_is_told_in_shanghai() -> None:
    clock = clock_from(dt.datetime(2026, 12, 31, 20, tzinfo=dt.timezone.utc))
    assert clock().date() == dt.date(2027, 1, 1)


def test_without_a_start_it_is_the_system_clock() -> None:
    assert clock_from(None) is system_clock
    assert abs(system_clock() - dt.datetime.now(dt.timezone.utc)) < dt.timedelta(seconds=5)
