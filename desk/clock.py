"""The clock that services are given. `ZHIWEN_NOW` starts it elsewhere; durations use the monotonic clock."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """Now, time-zone aware, in Asia/Shanghai."""
    return dt.datetime.now(SHANGHAI)


def clock_from(start: dt.datetime | None) -> Clock:
    """A clock that begins at `start` and then runs on; the system's clock when `start` is None."""
    if start is None:
        return system_clock
    origin = time.monotonic()
    aware = start if start.tzinfo is not None else start.replace(tzinfo=SHANGHAI)

    def now() -> dt.datetime:
        return aware.astimezone(SHANGHAI) + dt.timedelta(seconds=time.monotonic() - origin)

    return now
