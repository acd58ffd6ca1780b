"""When would suit you? Dates and times as people say them, in Chinese and simple English.

`read_when` never guesses silently: what it assumed is named in `assumed`, what has two meanings comes back
as choices, and what lies in the past or does not exist says so. The reply always echoes weekday and date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

from casework.timing import SHANGHAI

#: Wall-clock range [start, end).
Window = tuple[time, time]


class Half(str, Enum):
    """Part of the day."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


#: Parts of the day as ranges of wall-clock time.
HALVES: dict[Half, Window] = {
    Half.MORNING: (time(0), time(12)),
    Half.NOON: (time(11), time(14)),
    Half.AFTERNOON: (time(12), time(18)),
    Half.EVENING: (time(18), time.max),
}


class WhenProblem(str, Enum):
    """Why no time was understood."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    PAST = "past"
    IMPOSSIBLE = "impossible"


class Ambiguity(str, Enum):
    """What exactly has two meanings."""

    SEVERAL_DAYS = "several_days"
    TODAY_OR_NEXT_WEEK = "today_or_next_week"
    HALF_DAY = "half_day"
    DAY_OR_MONTH = "day_or_month"


@dataclass(frozen=True, slots=True)
class When:
    """Days [first, until) and a part of the day. Without days: any day. `at` is an exact wall-clock time.

    `assumed` holds codes of what was not said: `afternoon` (三点 is taken as 15:00), `next_year`,
    `next_month`, `next_week` (the plain day has passed), `anytime`.
    """

    first: date | None = None
    until: date | None = None
    half: Half | None = None
    at: time | None = None
    window: Window | None = None
    assumed: tuple[str, ...] = ()
    text: str = ""

    @property
    def single_day(self) -> date | None:
        """The day, if it is exactly one."""
        one = self.first is not None and self.until == self.first + timedelta(days=1)
        return self.first if one else None


@dataclass(frozen=True, slots=True)
class WhenReading:
    """`when` (also for PAST: what was understood), or a problem; `choices` for an ambiguous one."""

    when: When | None = None
    problem: WhenProblem | None = None
    ambiguity: Ambiguity | None = None
    choices: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days [first, until) as one phrase means them; `other` is a second meaning of the same phrase."""

    first: date
    until: date
    assumed: tuple[str, ...] = ()
    other: DayRange | None = None
    ambiguity: Ambiguity | None = None


@dataclass(frozen=True, slots=True)
class DayTime:
    """A time of day as said; `other` is the second meaning of a bare hour."""

    half: Half | None = None
    at: time | None = None
    window: Window | None = None
    assumed: tuple[str, ...] = ()
    other: time | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a language's reader found: day phrases (None: impossible day) and one time of day."""

    days: tuple[DayRange | None, ...]
    time: DayTime | None
    anytime: bool = False


#: Reads the phrases of one language; `today` is the day in the office's zone.
Reader = Callable[[str, date], Spoken]


def read_when(text: str, now: datetime, language: str = "zh") -> WhenReading:
    """Understand `text` as said at `now` (aware). Both languages are tried, `language` first."""
    from casework.consultations import when_en, when_zh  # jionlp below when_zh is heavy

    local = now.astimezone(SHANGHAI)
    readers: list[Reader] = [when_zh.spoken, when_en.spoken]
    heard = [reader(text, local.date()) for reader in (readers if language == "zh" else reversed(readers))]
    # "Monday at 10:30" has a clock in both languages, but a day only in one.
    with_day = [said for said in heard if said.days]
    for said in with_day or heard:
        reading = _reading(said, local, text)
        if reading.problem is not WhenProblem.MISSING:
            return reading
    return WhenReading(problem=WhenProblem.MISSING)


def day_range(first: date, days: int = 1, *assumed: str) -> DayRange:
    """`days` days from `first` on."""
    return DayRange(first, first + timedelta(days=days), assumed)


def _reading(said: Spoken, now: datetime, text: str) -> WhenReading:
    if None in said.days:
        return WhenReading(problem=WhenProblem.IMPOSSIBLE)
    days = _distinct([day for day in said.days if day is not None])
    if not days and said.time is None:
        anytime = When(assumed=("anytime",), text=text)
        return WhenReading(anytime) if said.anytime else WhenReading(problem=WhenProblem.MISSING)
    if len(days) > 1:
        choices = tuple(_when(day, said.time, text) for day in days)
        return WhenReading(problem=WhenProblem.AMBIGUOUS, ambiguity=Ambiguity.SEVERAL_DAYS, choices=choices)
    return _judged(days[0] if days else None, said.time, now, text)


def _judged(day: DayRange | None, at: DayTime | None, now: datetime, text: str) -> WhenReading:
    when = _when(day, at, text)
    if day is not None and day.other is not None:
        second = _when(day.other, at, text)
        if _is_past(when, now):
            return WhenReading(second)
        return WhenReading(problem=WhenProblem.AMBIGUOUS, ambiguity=day.ambiguity, choices=(when, second))
    if _is_past(when, now):
        return WhenReading(when, WhenProblem.PAST)
    if at is not None and at.other is not None:
        choices = (when, replace(when, at=at.other, window=_minute(at.other)))
        return WhenReading(problem=WhenProblem.AMBIGUOUS, ambiguity=Ambiguity.HALF_DAY, choices=choices)
    return WhenReading(when)


def _when(day: DayRange | None, at: DayTime | None, text: str) -> When:
    when = When(text=text)
    if day is not None:
        when = replace(when, first=day.first, until=day.until, assumed=day.assumed)
    if at is None:
        return when
    window = at.window or (_minute(at.at) if at.at else HALVES[at.half] if at.half else None)
    return replace(when, half=at.half, at=at.at, window=window, assumed=(*when.assumed, *at.assumed))


def _minute(at: time) -> Window:
    later = datetime.combine(date.min, at) + timedelta(minutes=1)
    return (at, later.time() if later.date() == date.min else time.max)


def _is_past(when: When, now: datetime) -> bool:
    if when.until is None:
        return False
    last = when.until - timedelta(days=1)
    end = when.window[1] if when.window else time.max
    return datetime.combine(last, end, tzinfo=SHANGHAI) <= now


def _distinct(days: list[DayRange]) -> list[DayRange]:
    kept: list[DayRange] = []
    for day in days:
        if all((day.first, day.until) != (other.first, other.until) for other in kept):
            kept.append(day)
    return kept
