"""Times of day in Chinese text: 下午三点, 10点半, 9:30, 晚上十一点, 上午9点到11点.

jionlp moves 下午三点 to the next day when it has passed and loses the hour of 明早九点 and 今晚, so the
clock is read here and only the days are left to it.
"""

from __future__ import annotations

import re
from datetime import time

from casework.consultations.when import HALVES, DayTime, Half

_NUMBER = r"(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})"
_HALF_WORDS = {
    "凌晨": Half.MORNING,
    "清晨": Half.MORNING,
    "早晨": Half.MORNING,
    "早上": Half.MORNING,
    "上午": Half.MORNING,
    "中午": Half.NOON,
    "午后": Half.AFTERNOON,
    "下午": Half.AFTERNOON,
    "傍晚": Half.EVENING,
    "晚上": Half.EVENING,
    "夜里": Half.EVENING,
    "半夜": Half.EVENING,
}
_HALF = "|".join(_HALF_WORDS)
_CLOCK = re.compile(
    rf"(?P<half>{_HALF})?(?:的)?\s*(?:"
    rf"(?P<h1>[0-9]{{1,2}})[:：](?P<m1>[0-5][0-9])(?!\d)"
    rf"|(?P<h2>{_NUMBER})\s*(?:点钟|点整|点|时(?!间|候|常|效))(?:(?P<hm>半)|(?P<q>[一三])刻|(?P<m2>{_NUMBER})分?)?)"
)
_JOIN = re.compile(r"\s*(?:到|至|-|—|~|～)\s*")
_AFTER = re.compile(r"\s*(?:以后|之后|后|过后|往后)")
_BEFORE = re.compile(r"\s*(?:以前|之前|前)")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}


def number(text: str) -> int:
    """`12`, `十二`, `二十五`, `两` as an integer. Raises ValueError for a jumble like `1十五一`."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    try:
        if not ten:
            return int("".join(str(_DIGITS[c]) for c in text))
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    except KeyError:
        raise ValueError("no number") from None


def read_clock(text: str) -> tuple[DayTime | None, str]:
    """The time of day in `text`, and `text` without it."""
    found = _CLOCK.search(text)
    if found is None:
        return _half_only(text)
    try:
        return _clock_at(found, text)
    except ValueError:
        return None, text


def _clock_at(found: re.Match[str], text: str) -> tuple[DayTime | None, str]:
    first, said = _time_of(found, None)
    if first is None:
        return None, text
    rest = text[: found.start()] + " " + text[found.end() :]
    joined = _JOIN.match(text, found.end())
    second = _CLOCK.match(text, joined.end()) if joined else None
    if second is not None:
        end, _ = _time_of(second, said.half)
        rest = text[: found.start()] + " " + text[second.end() :]
        if end is not None and end > first:
            return DayTime(said.half, None, (first, end), said.assumed), rest
    if _AFTER.match(text, found.end()):
        return DayTime(said.half, None, (first, time.max), said.assumed), rest
    if _BEFORE.match(text, found.end()):
        return DayTime(said.half, None, (time.min, first), said.assumed), rest
    return said, rest


def _half_only(text: str) -> tuple[DayTime | None, str]:
    found = re.search(_HALF, text)
    if found is None:
        return None, text
    half = _HALF_WORDS[found.group()]
    return DayTime(half, None, HALVES[half]), text[: found.start()] + " " + text[found.end() :]


def _time_of(found: re.Match[str], inherited: Half | None) -> tuple[time | None, DayTime]:
    half = _HALF_WORDS[found["half"]] if found["half"] else inherited
    hour = number(found["h1"] or found["h2"])
    if hour > 24:
        return None, DayTime()
    said = _with_half(hour % 24, _minutes(found), half, spelt=found["h1"] is None)
    return said.at, said


def _minutes(found: re.Match[str]) -> int:
    if found["m1"]:
        return int(found["m1"])
    if found["hm"]:
        return 30
    if found["q"]:
        return 15 * number(found["q"])
    return min(59, number(found["m2"])) if found["m2"] else 0


def _with_half(hour: int, minute: int, half: Half | None, *, spelt: bool) -> DayTime:
    if half in (Half.AFTERNOON, Half.EVENING) and 1 <= hour < 12:
        return DayTime(half, time(hour + 12, minute))
    if half is Half.NOON and hour in (1, 2):
        return DayTime(half, time(hour + 12, minute))
    if half is not None:
        return DayTime(half, time(hour, minute))
    if 1 <= hour <= 6:
        return DayTime(Half.AFTERNOON, time(hour + 12, minute), assumed=("afternoon",))
    if hour == 7 and spelt:
        return DayTime(None, time(7, minute), other=time(19, minute))
    return DayTime(Half.MORNING if hour < 12 else None, time(hour, minute))
