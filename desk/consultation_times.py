"""Wished and offered times in the dialogue of booking: hearing a wish, offering about ten times, choosing one of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from casework.consultations import ConsultationService
from casework.consultations.model import FreeTime, FreeTimeQuery, Language, Mode, Obstacle, Right
from casework.consultations.when import Ambiguity, When, WhenReading, read_when
from desk.clock import SHANGHAI, Clock
from desk.consultation_words import day_text, time_text, when_text
from desk.hearing import hear_choice, hear_title, says, title
from desk.steps import Fields

OFFERED = 10
_PER_DAY = 4
_NEAR, _NEAR_MINUTES = 4, 120
_WHICH_DAY = re.compile(
    r"(?:哪天|哪些时间|几号|什么时候|什么时间|几点).{0,6}(?:有空|能约|可约|可以|方便|有时间|有号|有位)|(?:有空|能约|可约|有位).{0,4}(?:哪天|时间)|"
    r"还有.{0,4}时间|\b(?:what|which) (?:times?|days?)\b|\bwhen are you (?:free|available)\b",
    re.I,
)
_PLAIN_WEEKDAY = re.compile(r"(?<![上下这本])(?:周|星期|礼拜)[一二三四五六日天]")
Record = Mapping[str, Any]


def heard_when(text: str, wished: Record | None, clock: Clock, language: str) -> tuple[dict[str, Any] | None, WhenReading]:
    """The wish in a text as plain data, joined with the wish before (a day and, later, its hour); None when there is none."""
    reading = read_when(text, clock(), language)
    when = reading.when if reading.problem is None else _either_day(reading)
    if when is None or "anytime" in when.assumed:
        return None, reading
    return _joined(when, wished, text), reading


def _either_day(reading: WhenReading) -> When | None:
    """周三或者周四下午: days that follow each other within a week are offered together."""
    days = reading.choices
    if reading.ambiguity is not Ambiguity.SEVERAL_DAYS or any(w.first is None or w.until is None for w in days):
        return None
    first, until = min(w.first for w in days if w.first), max(w.until for w in days if w.until)
    return dataclasses.replace(days[0], first=first, until=until) if (until - first).days <= 7 else None


def _joined(when: When, wished: Record | None, text: str) -> dict[str, Any]:
    first, until = when.first, when.until
    if first is None and wished and wished.get("first"):
        first, until = _day(wished["first"]), _day(wished["until"])
    elif first is not None and wished and when.single_day and _PLAIN_WEEKDAY.search(text):
        first, until = _inside(first, wished) or (first, until)
    return record_of(dataclasses.replace(when, first=first, until=until))


def _inside(day: dt.date, wished: Record) -> tuple[dt.date, dt.date] | None:
    """下周, then 周五: the Friday of that week."""
    first, until = _day(wished.get("first")), _day(wished.get("until"))
    if first is None or until is None or not 1 < (until - first).days <= 7:
        return None
    meant = first + dt.timedelta(days=(day.weekday() - first.weekday()) % 7)
    return (meant, meant + dt.timedelta(days=1)) if meant < until else None


def record_of(when: When) -> dict[str, Any]:
    """A wish as plain data for a slot."""
    return {
        "first": when.first.isoformat() if when.first else None,
        "until": when.until.isoformat() if when.until else None,
        "window": [t.isoformat() for t in when.window] if when.window else None,
    }


def exactly(start: dt.datetime) -> dict[str, Any]:
    """The wish for one certain time."""
    local = start.astimezone(SHANGHAI)
    window = (local.time(), (local + dt.timedelta(minutes=1)).time())
    return record_of(When(first=local.date(), until=local.date() + dt.timedelta(days=1), window=window)) | {"told": True}


def wish_text(wished: Record, language: str) -> str:
    """The wish with weekday and date."""
    return when_text(_when(wished), language)


def _when(record: Record) -> When:
    return When(first=_day(record.get("first")), until=_day(record.get("until")), window=_window(record.get("window")))


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _window(value: Sequence[str] | None) -> tuple[dt.time, dt.time] | None:
    return (dt.time.fromisoformat(value[0]), dt.time.fromisoformat(value[1])) if value else None


def is_exact(wished: Record | None) -> bool:
    """Whether a wish names one day and one time."""
    when = _when(wished or {})
    return when.single_day is not None and when.window is not None and _minutes(when.window) <= 1


def _minutes(window: tuple[dt.time, dt.time]) -> int:
    first, last = (t.hour * 60 + t.minute for t in window)
    return last - first


def narrowed(query: FreeTimeQuery, wished: Record | None) -> FreeTimeQuery:
    """The query with the wish in it."""
    when = _when(wished or {})
    return dataclasses.replace(query, first=when.first, until=when.until, window=when.window, per_day=None if wished else _PER_DAY)


def query_of(fields: Fields) -> FreeTimeQuery:
    """What the form's fields look for, without the wished time."""
    return FreeTimeQuery(
        right=Right(fields.get("c_right") or "other"),
        region=fields.get("c_region") or "",
        mode=Mode(fields["c_mode"]) if fields.get("c_mode") else None,
        language=Language(fields.get("c_language") or "zh"),
    )


class Times:
    """Free times for a wish, or the nearest ones with the reason."""

    def __init__(self, service: ConsultationService, clock: Clock) -> None:
        self._service, self._clock = service, clock

    def offered(self, query: FreeTimeQuery, wished: Record | None) -> tuple[list[FreeTime], Obstacle | None]:
        """About ten free times; where the wish has none, the nearest ones and why."""
        found = self._service.free_times(narrowed(query, wished), OFFERED)
        if found or not wished:
            return found, None
        return self._nearest(query, wished), self._service.obstacle(narrowed(query, wished))

    def _nearest(self, query: FreeTimeQuery, wished: Record) -> list[FreeTime]:
        if wished.get("window") and wished.get("first") and (same_days := self._service.free_times(narrowed(query, {**wished, "window": None}), 40)):
            return _closest(same_days, _when(wished))
        since = {"first": wished.get("first")}
        for wider in ({**since, "window": wished.get("window")}, since):
            if found := self._service.free_times(dataclasses.replace(narrowed(query, wider), per_day=_PER_DAY), OFFERED):
                return found
        return self._service.free_times(narrowed(query, None), OFFERED)

    def fixed(self, query: FreeTimeQuery, wished: Record | None) -> str | None:
        """The id of the free time that an exact wish names; None when it is no such wish, or not free."""
        found = self._service.free_times(narrowed(query, wished), 1) if is_exact(wished) else []
        return found[0].id if found else None

    def chosen(self, text: str, offered: Mapping[str, str], wished: Record | None, language: str) -> str | None:
        """Which of the offered times (id -> title) a text means: by title, number, 最早的, or by a day and hour."""
        if not offered:
            return None
        if whole := hear_title(text, offered):
            return whole
        ids = list(offered)
        number = hear_choice(text, list(offered.values()), days=True)
        if number is not None:
            return ids[number]
        if says("earliest", text) or says("any", text) or (len(ids) == 1 and says("agree", text)):
            return ids[0]
        if says("latest", text):
            return ids[-1]
        return self._named(text, ids, wished, language)

    def _named(self, text: str, ids: list[str], wished: Record | None, language: str) -> str | None:
        reading = read_when(text, self._clock(), language)
        when = reading.when if reading.problem is None else None
        if when is None or when.window is None or _minutes(when.window) > 1:
            return None
        days = {start.date() for start in map(start_of, ids)}
        fitting = [i for i in ids if _fits(start_of(i), when if when.first or not wished else _when(_joined(when, wished, text)))]
        return fitting[0] if len(fitting) == 1 or (fitting and len(days) == 1) else None

    def later(self, offered: Mapping[str, str]) -> dict[str, Any] | None:
        """The wish for the days after those that were offered."""
        starts = [start_of(i).date() for i in offered]
        return {"first": (max(starts) + dt.timedelta(days=1)).isoformat(), "until": None, "window": None, "told": True} if starts else None


def asks_which_day(text: str) -> bool:
    """哪天有空, 还有什么时间: to be answered with the free times."""
    return bool(_WHICH_DAY.search(text))


def start_of(time_id: str) -> dt.datetime:
    """The wall-clock start that an id of a free time ends with."""
    return dt.datetime.strptime(time_id.rsplit(".", 1)[-1], "%Y%m%dT%H%M").replace(tzinfo=SHANGHAI)


def titles_of(times: Sequence[FreeTime], language: str) -> dict[str, str]:
    """Ids and titles of free times, in their order."""
    return {time.id: time_text(time.start, language, time.provisional) for time in times}


def why(obstacle: Obstacle, wish: str, offered: FreeTime, now: dt.datetime, language: str) -> str:
    """Why there is nothing for a wish, with the figures of the service that is `offered` instead."""
    service = offered.service
    figures = {"hours": service.lead_time // dt.timedelta(hours=1), "minutes": service.duration // dt.timedelta(minutes=1)}
    last = day_text((now + service.horizon).astimezone(SHANGHAI).date(), language)
    return title("obstacles", obstacle.value, language).format(wish=wish, last=last, **figures)


def _fits(start: dt.datetime, when: When) -> bool:
    on_day = when.first is None or when.first <= start.date() < (when.until or when.first + dt.timedelta(days=1))
    return on_day and when.window is not None and when.window[0] <= start.time() < when.window[1]


def _closest(times: Sequence[FreeTime], when: When) -> list[FreeTime]:
    """Those of the same days that lie within two hours of the wished one, else the nearest; earliest first."""
    assert when.window is not None
    wished = when.window[0].hour * 60 + when.window[0].minute

    def away(time: FreeTime) -> int:
        local = time.start.astimezone(SHANGHAI)
        return abs(local.hour * 60 + local.minute - wished)

    near = [time for time in times if away(time) <= _NEAR_MINUTES] or sorted(times, key=away)[:_NEAR]
    return sorted(near[:OFFERED], key=lambda time: time.start)
