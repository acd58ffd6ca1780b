"""Days in Chinese text: jionlp reads dates and festivals; what it misreads for appointments stands here.

Measured with jionlp 1.5.31 on Sunday 2026-11-22: 周五 and 1月4号 come back in the past, 月底 is not
understood, 周末 is Sunday only, 周一或周二 is Monday only. An appointment lies ahead, so a plain day that
has passed means its next occurrence, and that is said (`assumed`).
"""

from __future__ import annotations

import re
import time as clock
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta

from casework.consultations.when import Ambiguity, DayRange, Spoken, day_range
from casework.consultations.when_clock import number, read_clock

_N = r"[0-9一二两三四五六七八九十]{1,3}"
_REWRITES = (
    (re.compile(r"星期|礼拜"), "周"),
    (re.compile(r"周天"), "周日"),
    (re.compile(r"今早|今晨"), "今天早上"),
    (re.compile(r"明早|明晨"), "明天早上"),
    (re.compile(r"今晚"), "今天晚上"),
    (re.compile(r"明晚"), "明天晚上"),
    (re.compile(r"今日|今儿个?"), "今天"),
    (re.compile(r"明日|明儿个?"), "明天"),
    (re.compile(r"后日|后儿个?"), "后天"),
)
_ANYTIME = re.compile(r"尽快|越快越好|最快|最早|尽早|随便|都行|都可以|都方便|什么时候都|哪天都|任何时间|看你们")
_WEEK = {"上上": -2, "上": -1, "这": 0, "本": 0, "": 0, "下": 1, "下下": 2}
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")}
_RELATIVE = {"前天": -2, "昨天": -1, "今天": 0, "明天": 1, "大后天": 3, "后天": 2}
_FESTIVALS = r"元旦|春节|除夕|清明|五一|劳动节|端午|中秋|国庆"
_PHRASE = re.compile(
    r"(?P<relative>大后天|前天|昨天|今天|明天|后天)"
    r"|(?P<weekend>(?P<wk>上|这|本|下下|下)?(?:个)?周末)"
    r"|(?P<weekday>(?P<w>上上|上|这|本|下下|下)?(?:个)?周(?P<d>[一二三四五六日]))"
    r"|(?P<week>(?P<w2>这|本|下下|下)(?:个)?周)"
    rf"|(?P<later>(?:过)?(?P<n>{_N}|半)(?:个)?(?P<unit>天|周|月)(?:以后|之后|后|内|之内|以内))"
    r"|(?P<edge>(?P<m>本|这个?|下个?|(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])(?=月))?(?:月)(?P<e>底|末|初|中旬|中|上旬|下旬))"
    rf"|(?P<monthday>(?P<mm>本|这个?|下个?)月(?P<md>{_N})[号日]?)"
    rf"|(?P<date>(?:(?:[0-9]{{4}}|今|明|后)年)?(?<![0-9])(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})月{_N}[号日]?)"
    r"|(?P<iso>(?<![0-9.])[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9]))"
    r"|(?P<short>(?<![0-9./-])(?:1[0-2]|0?[1-9])[/.](?:3[01]|[12][0-9]|0?[1-9])(?![0-9./]|万|元|%|亿|点))"
    r"|(?P<day>(?<![0-9一二三四五六七八九十月第])(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[号日](?!楼|线|院|房|门|店|文))"
    r"|(?P<month>(?P<mo>下个?|本|这个?)月(?!\S?[0-9]))"
    r"|(?P<yearend>年底|年末)"
    rf"|(?P<festival>(?:今年|明年)?(?:{_FESTIVALS})节?)"
)


def spoken(text: str, today: date) -> Spoken:
    """The days and the time of day named in `text`."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern, replacement in _REWRITES:
        plain = pattern.sub(replacement, plain)
    at, rest = read_clock(plain)
    days = tuple(_resolved(found, today) for found in _PHRASE.finditer(rest))
    return Spoken(days, at, bool(_ANYTIME.search(plain)))


def _resolved(found: re.Match[str], today: date) -> DayRange | None:
    kind = next(name for name in _RESOLVERS if found[name])
    try:
        return _RESOLVERS[kind](found, today)
    except ValueError:
        return None


def _relative(found: re.Match[str], today: date) -> DayRange:
    return day_range(today + timedelta(days=_RELATIVE[found["relative"]]))


def _weekday(found: re.Match[str], today: date) -> DayRange:
    wanted = _WEEKDAYS[found["d"]]
    day = _monday(today, _WEEK[found["w"] or ""]) + timedelta(days=wanted)
    if found["w"]:
        return day_range(day)
    following = day_range(day + timedelta(weeks=1), 1, "next_week")
    if day < today:
        return following
    if day == today:
        return DayRange(day, day + timedelta(days=1), (), following, Ambiguity.TODAY_OR_NEXT_WEEK)
    return day_range(day)


def _weekend(found: re.Match[str], today: date) -> DayRange:
    saturday = _monday(today, _WEEK[found["wk"] or ""]) + timedelta(days=5)
    until = saturday + timedelta(days=2)
    return DayRange(max(saturday, today) if until > today else saturday, until)


def _week(found: re.Match[str], today: date) -> DayRange:
    first = _monday(today, _WEEK[found["w2"]])
    until = first + timedelta(weeks=1)
    return DayRange(max(first, today), until)


def _later(found: re.Match[str], today: date) -> DayRange:
    within = found["later"].endswith("内")
    count = 15 if found["n"] == "半" else number(found["n"]) * {"天": 1, "周": 7, "月": 30}[found["unit"]]
    if within:
        return day_range(today, count + 1)
    first = today + timedelta(days=count)
    return day_range(first) if found["unit"] == "天" else day_range(_monday(first, 0), 7)


def _edge(found: re.Match[str], today: date) -> DayRange:
    first = _named_month(found["m"] or "", today)
    following = _next_month(first)
    parts = {
        "初": (first, first + timedelta(days=5)),
        "上旬": (first, first + timedelta(days=10)),
        "中": (first + timedelta(days=9), first + timedelta(days=20)),
        "中旬": (first + timedelta(days=10), first + timedelta(days=20)),
        "下旬": (first + timedelta(days=20), following),
        "底": (following - timedelta(days=7), following),
        "末": (following - timedelta(days=7), following),
    }
    begin, until = parts[found["e"]]
    if until <= today and not found["m"]:
        shifted = _edge_of(found, following)
        return DayRange(shifted.first, shifted.until, ("next_month",))
    return DayRange(max(begin, today) if until > today else begin, until)


def _edge_of(found: re.Match[str], month: date) -> DayRange:
    return _edge(found, month)


def _named_month(name: str, today: date) -> date:
    this = today.replace(day=1)
    if not name or name[0] in "本这":
        return this
    if name.startswith("下"):
        return _next_month(this)
    month = this.replace(month=number(name))
    return month if month >= this else month.replace(year=this.year + 1)


def _month_day(found: re.Match[str], today: date) -> DayRange:
    return day_range(_named_month(found["mm"], today).replace(day=number(found["md"])))


def _month(found: re.Match[str], today: date) -> DayRange:
    first = _named_month(found["mo"], today)
    return DayRange(max(first, today), _next_month(first))


def _day(found: re.Match[str], today: date) -> DayRange:
    wanted = number(found["day"][:-1])
    month = today.replace(day=1)
    if wanted >= today.day:
        return day_range(month.replace(day=wanted))
    return day_range(_next_month(month).replace(day=wanted), 1, "next_month")


def _short(found: re.Match[str], today: date) -> DayRange:
    month, day = (int(part) for part in re.split(r"[/.]", found["short"]))
    return _ahead(today.replace(month=month, day=1).replace(day=day), today)


def _iso(found: re.Match[str], _today: date) -> DayRange:
    year, month, day = (int(part) for part in re.split(r"[-/.]", found["iso"]))
    return day_range(date(year, month, day))


def _date(found: re.Match[str], today: date) -> DayRange:
    phrase = found["date"] if found["date"][-1] in "号日" else found["date"] + "日"
    day = _by_jionlp(phrase, today)[0]
    return day_range(day) if "年" in phrase else _ahead(day, today)


def _year_end(_found: re.Match[str], today: date) -> DayRange:
    return DayRange(max(today, date(today.year, 12, 18)), date(today.year + 1, 1, 1))


def _festival(found: re.Match[str], today: date) -> DayRange:
    phrase = found["festival"]
    first, last = _by_jionlp(phrase, today)
    assumed: tuple[str, ...] = ()
    if last < today and "年" not in phrase:
        first, last = _by_jionlp("明年" + phrase, today)
        assumed = ("next_year",)
    return DayRange(first, last + timedelta(days=1), assumed)


def _ahead(day: date, today: date) -> DayRange:
    return day_range(day) if day >= today else day_range(day.replace(year=day.year + 1), 1, "next_year")


def _by_jionlp(phrase: str, today: date) -> tuple[date, date]:
    import jionlp  # loads dictionaries: only when a date needs it

    base = clock.mktime(datetime.combine(today, datetime.min.time()).timetuple())
    begin, end = jionlp.parse_time(phrase, time_base=base)["time"]
    return date.fromisoformat(begin[:10]), date.fromisoformat(end[:10])


def _monday(today: date, weeks: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


_RESOLVERS: dict[str, Callable[[re.Match[str], date], DayRange]] = {
    "relative": _relative,
    "weekend": _weekend,
    "weekday": _weekday,
    "week": _week,
    "later": _later,
    "edge": _edge,
    "monthday": _month_day,
    "date": _date,
    "iso": _iso,
    "short": _short,
    "day": _day,
    "month": _month,
    "yearend": _year_end,
    "festival": _festival,
}
