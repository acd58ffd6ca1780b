"""Days and times in simple English: tomorrow, next Wednesday morning, Dec 3 at 10am, in two weeks.

A small table; no maintained English parser agrees with Rasa's pins.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from casework.consultations.when import HALVES, Ambiguity, DayRange, DayTime, Half, Spoken, day_range

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORDS = {"one": 1, "a": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_MONTH = rf"(?P<%s>{'|'.join(_MONTHS)})[a-z]*\.?"
_PHRASE = re.compile(
    r"(?P<overmorrow>day after tomorrow)|(?P<tomorrow>tomorrow)|(?P<today>today|tonight)"
    r"|(?P<endmonth>end of (?:the|this) month)"
    r"|(?P<nextweek>(?:next|coming) week\b)"
    rf"|(?:(?P<which>next|this|coming)\s+)?\b(?P<weekday>{'|'.join(_DAYS)})(?:day|s|sday|nesday|rsday|urday|r|rs)?\b"
    rf"|\bin (?P<n>[0-9]{{1,2}}|{'|'.join(_WORDS)}) (?P<unit>day|week)s?"
    rf"|\b{_MONTH % 'm1'}\s+(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s*(?P<y1>20[0-9]{{2}}))?"
    rf"|\b(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH % 'm2'}(?:,?\s*(?P<y2>20[0-9]{{2}}))?"
    r"|(?<![0-9])(?P<a>[0-9]{1,2})/(?P<b>[0-9]{1,2})(?![0-9/])"
)
_CLOCK = re.compile(
    r"\b(?P<h>[0-9]{1,2})(?::(?P<m>[0-5][0-9]))?\s*(?P<ap>a\.?m\.?|p\.?m\.?|o'?clock)(?![a-z])"
    r"|(?:\bat )?\b(?P<h2>[0-9]{1,2}):(?P<m2>[0-5][0-9])\b|\bat (?P<h3>[0-9]{1,2})\b(?!:)"
)
_HALF = {
    "morning": Half.MORNING,
    "noon": Half.NOON,
    "afternoon": Half.AFTERNOON,
    "evening": Half.EVENING,
    "tonight": Half.EVENING,
}
_ANYTIME = re.compile(r"\b(?:any ?time|as soon as possible|asap|earliest|whenever)\b")


def spoken(text: str, today: date) -> Spoken:
    """The days and the time of day named in `text`."""
    plain = text.casefold()
    at, rest = _clock(plain)
    days = tuple(_resolved(found, today) for found in _PHRASE.finditer(rest))
    return Spoken(days, at, bool(_ANYTIME.search(plain)))


def _clock(text: str) -> tuple[DayTime | None, str]:
    half = next((value for word, value in _HALF.items() if re.search(rf"\b{word}\b", text)), None)
    found = _CLOCK.search(text)
    if found is None:
        return (DayTime(half, None, HALVES[half]) if half else None), text
    hour, minute = int(found["h"] or found["h2"] or found["h3"]), int(found["m"] or found["m2"] or 0)
    if hour > 23:
        return None, text
    rest = text[: found.start()] + " " + text[found.end() :]
    return _with_half(hour, minute, half, (found["ap"] or "")[:1]), rest


def _with_half(hour: int, minute: int, half: Half | None, letter: str) -> DayTime:
    if letter in ("a", "p"):
        hour = hour % 12 + (12 if letter == "p" else 0)
        return DayTime(half or (Half.MORNING if hour < 12 else Half.AFTERNOON), time(hour, minute))
    if half in (Half.AFTERNOON, Half.EVENING) and hour < 12:
        return DayTime(half, time(hour + 12, minute))
    if half is None and 1 <= hour <= 6:
        return DayTime(Half.AFTERNOON, time(hour + 12, minute), assumed=("afternoon",))
    return DayTime(half or (Half.MORNING if hour < 12 else None), time(hour, minute))


def _resolved(found: re.Match[str], today: date) -> DayRange | None:
    try:
        return _range(found, today)
    except ValueError:
        return None


def _range(found: re.Match[str], today: date) -> DayRange:
    monday = today - timedelta(days=today.weekday())
    if found["overmorrow"]:
        return day_range(today + timedelta(days=2))
    if found["tomorrow"]:
        return day_range(today + timedelta(days=1))
    if found["today"]:
        return day_range(today)
    if found["endmonth"]:
        following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return DayRange(max(today, following - timedelta(days=7)), following)
    if found["nextweek"]:
        return day_range(monday + timedelta(weeks=1), 7)
    if found["weekday"]:
        return _weekday(_DAYS.index(found["weekday"]), found["which"] or "", monday, today)
    if found["unit"]:
        count = int(found["n"]) if found["n"].isdigit() else _WORDS[found["n"]]
        return day_range(today + timedelta(days=count * (7 if found["unit"] == "week" else 1)))
    if found["a"]:
        return _slashed(int(found["a"]), int(found["b"]), today)
    month = _MONTHS.index(found["m1"] or found["m2"]) + 1
    year = found["y1"] or found["y2"]
    day = int(found["d1"] or found["d2"])
    return day_range(date(int(year), month, day)) if year else _ahead(month, day, today)


def _weekday(wanted: int, which: str, monday: date, today: date) -> DayRange:
    day = monday + timedelta(days=wanted)
    if which == "next":
        return day_range(day + timedelta(weeks=1))
    following = day_range(day + timedelta(weeks=1), 1, "next_week")
    if day < today:
        return day_range(day) if which == "this" else following
    if day == today and not which:
        return DayRange(day, day + timedelta(days=1), (), following, Ambiguity.TODAY_OR_NEXT_WEEK)
    return day_range(day)


def _slashed(a: int, b: int, today: date) -> DayRange:
    if a > 12:
        return _ahead(b, a, today)
    first = _ahead(a, b, today)
    if b > 12 or a == b:
        return first
    return DayRange(first.first, first.until, (), _ahead(b, a, today), Ambiguity.DAY_OR_MONTH)


def _ahead(month: int, day: int, today: date) -> DayRange:
    wanted = date(today.year, month, day)
    return day_range(wanted) if wanted >= today else day_range(date(today.year + 1, month, day), 1, "next_year")
