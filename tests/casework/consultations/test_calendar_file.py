"""The .ics, read back by a calendar library."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar, Event

from casework.consultations.calendar_file import CalendarWords, calendar_file
from casework.consultations.places import Confirmation
from casework.timing import SHANGHAI
from storage import SqlStore
from tests.casework.factories import (
    TestClock,
    a_consultation_service,
    a_directory,
    a_query,
    a_service,
    booked,
)

WORDS = CalendarWords("知识产权咨询", "请带商标注册证", "示例站", notice="演示系统，预约不生效")


def _read(content: bytes) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(content)
    return calendar, calendar.walk("VEVENT")[0]


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def test_it_says_what_where_and_when_in_the_offices_zone(sqlite_store: SqlStore, clock: TestClock) -> None:
    booking = booked(a_consultation_service(sqlite_store, clock), clock)
    calendar, event = _read(calendar_file(booking, WORDS, clock()))
    assert calendar["METHOD"] == "PUBLISH"
    assert event.decoded("dtstart") == booking.start
    assert event.decoded("dtend") == booking.end
    assert event["DTSTART"].params["TZID"] == str(SHANGHAI)
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert str(event["SUMMARY"]) == "知识产权咨询"
    assert str(event["LOCATION"]) == "示例站"
    assert str(event["DESCRIPTION"]).startswith("演示系统，预约不生效")
    assert event["STATUS"] == "CONFIRMED"
    assert event.walk("VALARM")[0].decoded("trigger") == timedelta(days=-1)


def test_it_holds_no_personal_data(sqlite_store: SqlStore, clock: TestClock) -> None:
    content = calendar_file(booked(a_consultation_service(sqlite_store, clock), clock), WORDS, clock()).decode()
    for secret in ("张丽", "13812345678", "zhangli", "抢注"):
        assert secret not in content


def test_the_uid_stays_and_the_sequence_grows(sqlite_store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(sqlite_store, clock)
    booking = booked(service, clock)
    target = service.free_times(a_query(), limit=1)[0]
    moved = service.move(booking.reference, "5678", target.id, caller="me")
    cancelled = service.cancel(booking.reference, "5678", reason="", caller="me")
    events = [_read(calendar_file(b, WORDS, clock())) for b in (booking, moved, cancelled)]
    assert len({str(event["UID"]) for _, event in events}) == 1
    assert [int(event["SEQUENCE"]) for _, event in events] == [0, 1, 2]
    assert events[1][1].decoded("dtstart") == target.start
    assert (events[2][0]["METHOD"], events[2][1]["STATUS"]) == ("CANCEL", "CANCELLED")


def test_what_an_officer_still_has_to_confirm_is_tentative(sqlite_store: SqlStore, clock: TestClock) -> None:
    directory = a_directory(services=(a_service(confirmation=Confirmation.OFFICER),))
    booking = booked(a_consultation_service(sqlite_store, clock, directory), clock)
    assert _read(calendar_file(booking, WORDS, clock()))[1]["STATUS"] == "TENTATIVE"
