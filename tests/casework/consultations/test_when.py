"""Dates and times as people say them on Sunday 2026-11-22 at 15:40."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.consultations.when import Ambiguity, Half, WhenProblem, read_when
from casework.timing import SHANGHAI

SUNDAY = datetime(2026, 11, 22, 15, 40, tzinfo=SHANGHAI)


def _day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("今天", "2026-11-22"),
        ("明天", "2026-11-23"),
        ("后天", "2026-11-24"),
        ("大后天", "2026-11-25"),
        ("三天后", "2026-11-25"),
        ("下周三", "2026-11-25"),
        ("下个星期三", "2026-11-25"),
        ("下礼拜三", "2026-11-25"),
        ("下下周一", "2026-11-30"),
        ("周五", "2026-11-27"),
        ("12月3号", "2026-12-03"),
        ("十二月三日", "2026-12-03"),
        ("12.3", "2026-12-03"),
        ("12/3", "2026-12-03"),
        ("2026-12-03", "2026-12-03"),
        ("25号", "2026-11-25"),
        ("15号", "2026-12-15"),
        ("下个月5号", "2026-12-05"),
        ("1月4号", "2027-01-04"),
        ("明年1月4号", "2027-01-04"),
        ("元旦", "2027-01-01"),
        ("春节", "2027-02-06"),
        ("我叫张丽，13812345678，想下周三在呼和浩特咨询专利侵权", "2026-11-25"),
        ("tomorrow", "2026-11-23"),
        ("day after tomorrow", "2026-11-24"),
        ("next Wednesday", "2026-11-25"),
        ("Friday", "2026-11-27"),
        ("Dec 3", "2026-12-03"),
        ("3rd of December", "2026-12-03"),
        ("December 3, 2026", "2026-12-03"),
        ("in two weeks", "2026-12-06"),
        ("Jan 4", "2027-01-04"),
    ],
)
def test_one_day_is_understood(said: str, day: str) -> None:
    reading = read_when(said, SUNDAY)
    assert reading.problem is None, reading
    assert reading.when is not None
    assert reading.when.single_day == _day(day)


@pytest.mark.parametrize(
    ("said", "first", "until"),
    [
        ("月底", "2026-11-24", "2026-12-01"),
        ("下个月底", "2026-12-25", "2027-01-01"),
        ("下月初", "2026-12-01", "2026-12-06"),
        ("12月中旬", "2026-12-11", "2026-12-21"),
        ("年底", "2026-12-18", "2027-01-01"),
        ("下周", "2026-11-23", "2026-11-30"),
        ("周末", "2026-11-22", "2026-11-23"),
        ("下周末", "2026-11-28", "2026-11-30"),
        ("两周后", "2026-11-30", "2026-12-07"),
        ("一周内", "2026-11-22", "2026-11-30"),
        ("下个月", "2026-12-01", "2027-01-01"),
        ("next week", "2026-11-23", "2026-11-30"),
        ("end of the month", "2026-11-24", "2026-12-01"),
    ],
)
def test_several_days_are_understood_as_a_half_open_range(said: str, first: str, until: str) -> None:
    when = read_when(said, SUNDAY).when
    assert when is not None
    assert (when.first, when.until) == (_day(first), _day(until))


@pytest.mark.parametrize(
    ("said", "half", "at"),
    [
        ("下周三上午", Half.MORNING, None),
        ("明天下午", Half.AFTERNOON, None),
        ("明天中午", Half.NOON, None),
        ("今晚", Half.EVENING, None),
        ("明早九点", Half.MORNING, time(9)),
        ("后天下午三点", Half.AFTERNOON, time(15)),
        ("周五10点半", Half.MORNING, time(10, 30)),
        ("明天下午2:30", Half.AFTERNOON, time(14, 30)),
        ("明天15:30", None, time(15, 30)),
        ("明天三点", Half.AFTERNOON, time(15)),
        ("晚上十一点", Half.EVENING, time(23)),
        ("后天两点一刻", Half.AFTERNOON, time(14, 15)),
        ("明天上午9点40", Half.MORNING, time(9, 40)),
        ("tomorrow at 10am", Half.MORNING, time(10)),
        ("Dec 3 at 3 pm", Half.AFTERNOON, time(15)),
        ("next Wednesday morning", Half.MORNING, None),
        ("Monday at 10:30", Half.MORNING, time(10, 30)),
    ],
)
def test_the_time_of_day_is_understood(said: str, half: Half | None, at: time | None) -> None:
    when = read_when(said, SUNDAY).when
    assert when is not None
    assert (when.half, when.at) == (half, at)


def test_an_afternoon_hour_does_not_slip_to_the_next_day() -> None:
    # JioNLP#179: said at 15:40, 下午三点 became tomorrow; here the day stays open until one is named.
    when = read_when("下午三点", SUNDAY).when
    assert when is not None
    assert (when.first, when.at) == (None, time(15))


def test_late_evening_stays_on_its_day() -> None:
    when = read_when("明天晚上十一点", SUNDAY).when
    assert when is not None
    assert (when.single_day, when.at) == (_day("2026-11-23"), time(23))


@pytest.mark.parametrize(
    ("said", "window"),
    [
        ("25号上午10点到11点", (time(10), time(11))),
        ("明天下午2点至4点", (time(14), time(16))),
        ("明天三点以后", (time(15), time.max)),
        ("明天10点前", (time(0), time(10))),
    ],
)
def test_a_span_of_hours_is_a_half_open_window(said: str, window: tuple[time, time]) -> None:
    when = read_when(said, SUNDAY).when
    assert when is not None
    assert when.window == window


@pytest.mark.parametrize(
    ("said", "assumed"),
    [
        ("明天三点", "afternoon"),
        ("周五", "next_week"),
        ("15号", "next_month"),
        ("1月4号", "next_year"),
        ("尽快", "anytime"),
        ("都行", "anytime"),
        ("as soon as possible", "anytime"),
    ],
)
def test_what_was_not_said_is_named(said: str, assumed: str) -> None:
    when = read_when(said, SUNDAY).when
    assert when is not None
    assert assumed in when.assumed


@pytest.mark.parametrize(
    ("said", "ambiguity", "choices"),
    [
        ("周日", Ambiguity.TODAY_OR_NEXT_WEEK, ["2026-11-22", "2026-11-29"]),
        ("星期天", Ambiguity.TODAY_OR_NEXT_WEEK, ["2026-11-22", "2026-11-29"]),
        ("周一或周二", Ambiguity.SEVERAL_DAYS, ["2026-11-23", "2026-11-24"]),
        ("下周三或者周四下午", Ambiguity.SEVERAL_DAYS, ["2026-11-25", "2026-11-26"]),
        ("明天7点", Ambiguity.HALF_DAY, ["2026-11-23", "2026-11-23"]),
        ("Sunday", Ambiguity.TODAY_OR_NEXT_WEEK, ["2026-11-22", "2026-11-29"]),
    ],
)
def test_two_meanings_are_asked_back(said: str, ambiguity: Ambiguity, choices: list[str]) -> None:
    reading = read_when(said, SUNDAY)
    assert (reading.problem, reading.ambiguity) == (WhenProblem.AMBIGUOUS, ambiguity)
    assert [str(choice.single_day) for choice in reading.choices] == choices


def test_the_english_order_of_day_and_month_is_asked_back() -> None:
    reading = read_when("on 3/12", SUNDAY, "en")
    assert reading.ambiguity is Ambiguity.DAY_OR_MONTH
    assert [str(choice.single_day) for choice in reading.choices] == ["2027-03-12", "2026-12-03"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("昨天", WhenProblem.PAST),
        ("上周三", WhenProblem.PAST),
        ("这周五", WhenProblem.PAST),
        ("今天上午", WhenProblem.PAST),
        ("2025年3月1日", WhenProblem.PAST),
        ("11月31号", WhenProblem.IMPOSSIBLE),
        ("2月30号", WhenProblem.IMPOSSIBLE),
        ("你好", WhenProblem.MISSING),
        ("", WhenProblem.MISSING),
        ("商标被抢注了", WhenProblem.MISSING),
        ("申请号202310123456.7", WhenProblem.MISSING),
        ("注册号12345678", WhenProblem.MISSING),
        ("I need help with a patent", WhenProblem.MISSING),
        ("赔偿50万", WhenProblem.MISSING),
        ("第3号展位", WhenProblem.MISSING),
    ],
)
def test_what_cannot_be_used_is_told_apart(said: str, problem: WhenProblem) -> None:
    assert read_when(said, SUNDAY).problem is problem


moments = st.integers(0, 730 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes))


@given(moments, st.integers(1, 90))
def test_a_written_day_is_that_day_and_a_coming_one_never_past(now: datetime, ahead: int) -> None:
    day = now.date() + timedelta(days=ahead)
    for said in (f"{day.month}月{day.day}号", f"{day:%Y-%m-%d}", f"{day.month}/{day.day}"):
        when = read_when(said, now).when
        assert when is not None, said
        assert when.single_day == day, said


@given(moments, st.sampled_from("一二三四五六日"))
def test_a_plain_weekday_is_that_weekday_within_a_week(now: datetime, weekday: str) -> None:
    reading = read_when(f"周{weekday}", now)
    found = [reading.when] if reading.when else list(reading.choices)
    for when in found:
        assert when.single_day is not None
        assert when.single_day.weekday() == "一二三四五六日".index(weekday)
        assert 0 <= (when.single_day - now.date()).days <= 7


@given(st.text(max_size=30), moments)
def test_no_text_makes_it_fail(said: str, now: datetime) -> None:
    read_when(said, now)


@given(st.text("0123456789一二三四五六七八九十月号日年周下上点半:：/.- 明后天", max_size=12))
def test_no_jumble_of_date_words_makes_it_fail(said: str) -> None:
    read_when(said, SUNDAY)
