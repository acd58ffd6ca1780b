"""Booking from free times to confirmation, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from casework.consultations import FreeTimeQuery, Mode, Right, State
from casework.consultations.places import Confirmation, Language
from casework.errors import (
    ConsentRequiredError,
    FreeTimeGoneError,
    HoldLostError,
    InvalidFieldError,
    SeatTakenError,
    TooManyBookingsError,
)
from casework.timing import SHANGHAI
from storage import SqlStore
from tests.casework.factories import (
    MONDAY,
    PHONE,
    TestClock,
    a_consultation_service,
    a_directory,
    a_person,
    a_query,
    a_service,
    booked,
    consent,
    details,
)

TUESDAY = MONDAY.date() + timedelta(days=1)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def test_ten_free_times_are_offered_earliest_first(store: SqlStore, clock: TestClock) -> None:
    times = a_consultation_service(store, clock).free_times(a_query())
    assert len(times) == 10
    assert times == sorted(times, key=lambda time: time.start)
    assert times[0].start > MONDAY


def test_several_experts_at_one_time_are_one_offer(store: SqlStore, clock: TestClock) -> None:
    times = a_consultation_service(store, clock, a_directory(experts=3)).free_times(a_query(), limit=3)
    assert len({time.start for time in times}) == 3
    assert all(len(time.expert_ids) == time.seats_left == 3 for time in times)


def test_a_query_narrows_by_day_half_day_and_times_per_day(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    morning = service.free_times(a_query(TUESDAY, window=(time(0), time(12))))
    assert [t.start.astimezone(SHANGHAI).hour for t in morning] == [9, 10, 11]
    spread = service.free_times(a_query(per_day=2), limit=6)
    assert len({t.start.astimezone(SHANGHAI).date() for t in spread}) == 3


def test_a_region_without_station_or_language_without_expert_offers_nothing(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    assert service.free_times(a_query(region="alxa")) == []
    assert service.free_times(a_query(language=Language.MONGOLIAN)) == []


def test_the_id_of_a_free_time_is_short_ascii(store: SqlStore, clock: TestClock) -> None:
    offered = a_consultation_service(store, clock).free_times(a_query(), limit=1)[0]
    assert offered.id.isascii()
    assert offered.id.isprintable()
    assert len(offered.id) <= 64


def test_a_held_time_is_not_offered_to_others_and_is_again_after_release(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    first = service.free_times(a_query(), limit=1)[0]
    service.hold("me", first.id)
    assert service.free_times(a_query(), limit=1)[0].id != first.id
    with pytest.raises(SeatTakenError):
        service.hold("you", first.id)
    assert service.release("me")
    assert not service.release("me")
    assert service.free_times(a_query(), limit=1)[0].id == first.id


def test_holding_again_extends_and_holding_another_gives_the_first_back(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    first, second = service.free_times(a_query(TUESDAY), limit=2)
    early = service.hold("me", first.id)
    clock.advance(minutes=5)
    assert service.hold("me", first.id).expires_at > early.expires_at
    service.hold("me", second.id)
    held = service.held("me")
    assert held is not None
    assert held.start == second.start
    assert service.free_times(a_query(TUESDAY), limit=1)[0].id == first.id


def test_what_was_just_offered_stays_good_while_its_lead_time_runs_out(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    first = service.free_times(a_query(), limit=1)[0]
    clock.advance(minutes=10)
    assert service.free_times(a_query(), limit=1)[0].id != first.id
    assert service.hold("me", first.id).start == first.start
    clock.advance(minutes=10)
    with pytest.raises(FreeTimeGoneError):
        service.hold("you", first.id)


def test_an_expired_hold_can_be_taken_over_and_its_owner_learns_it(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    first = service.free_times(a_query(TUESDAY), limit=1)[0]
    service.hold("me", first.id)
    clock.advance(minutes=16)
    service.record_consent("me", consent(clock))
    service.hold("you", first.id)
    with pytest.raises(HoldLostError):
        service.confirm("me", "key", details())


def test_an_expired_hold_that_nobody_wanted_can_still_be_confirmed(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    first = service.free_times(a_query(), limit=1)[0]
    service.hold("me", first.id)
    service.record_consent("me", consent(clock))
    clock.advance(minutes=30)
    assert service.confirm("me", "key", details()).start == first.start


def test_a_time_that_has_come_cannot_be_confirmed(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    service.hold("me", service.free_times(a_query(), limit=1)[0].id)
    service.record_consent("me", consent(clock))
    clock.advance(hours=5)
    with pytest.raises(FreeTimeGoneError):
        service.confirm("me", "key", details())


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "x",
        "a.b.c.d.e.f",
        "consultation.hohhot.on_site.trademark.zh.20261123T0300",
        "consultation.nowhere.on_site.trademark.zh.20261124T1000",
        "consultation.hohhot.on_site.trademark.zh.20261120T1000",
    ],
)
def test_an_id_that_is_not_offered_is_refused(store: SqlStore, clock: TestClock, wrong: str) -> None:
    with pytest.raises(FreeTimeGoneError):
        a_consultation_service(store, clock).hold("me", wrong)


def test_a_booking_says_everything_its_owner_needs(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    assert booking.state is State.CONFIRMED
    assert booking.standing(clock()) == "confirmed"
    assert booking.reference.startswith("WQ-")
    assert booking.person == a_person()
    assert booking.problem == "我的商标被人抢注了"
    assert booking.sequence == 0
    assert booking.uid.endswith("@zhiwen")
    assert len(booking.download_token) >= 40
    assert booking.consent is not None
    assert booking.consent.text_version == "2026-11"


def test_confirming_twice_gives_the_same_booking(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    first = booked(service, clock, conversation="me")
    again = service.confirm("me", "key", details())
    assert again.reference == first.reference
    with pytest.raises(HoldLostError):
        service.confirm("me", "another-key", details())


def test_nothing_is_stored_without_consent(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    service.hold("me", service.free_times(a_query(), limit=1)[0].id)
    with pytest.raises(ConsentRequiredError):
        service.confirm("me", "key", details())
    with pytest.raises(ConsentRequiredError):
        service.save_draft("me", {"right": "patent", "name": "张丽"})
    service.save_draft("me", {"right": "patent"})
    service.record_consent("me", consent(clock))
    assert service.confirm("me", "key", details()).state is State.CONFIRMED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"person": a_person(name=" ")}, "name"),
        ({"person": a_person(phone="13812345678")}, "phone"),
        ({"person": a_person(phone="")}, "phone"),
        ({"problem": "x" * 2001}, "problem"),
    ],
)
def test_a_bad_field_is_named_and_its_value_is_not(store: SqlStore, clock: TestClock, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        a_consultation_service(store, clock).confirm("me", "key", details(**changes))
    assert caught.value.field == field
    assert "138" not in str(caught.value)


def test_a_draft_survives_a_new_process_and_expires_after_a_day(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    service.record_consent("me", consent(clock))
    service.save_draft("me", {"right": "patent", "name": "张丽"})
    fresh = a_consultation_service(SqlStore(store.database, store.keyring), clock)
    draft = fresh.load_draft("me")
    assert draft is not None
    assert draft.fields == {"right": "patent", "name": "张丽"}
    assert fresh.load_draft("you") is None
    clock.advance(days=1)
    assert fresh.load_draft("me") is None


def test_confirming_forgets_the_draft(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    service.save_draft("me", {"right": "patent"})
    booked(service, clock, conversation="me")
    assert service.load_draft("me") is None


def test_where_an_officer_confirms_the_seat_is_secured_at_once(store: SqlStore, clock: TestClock) -> None:
    directory = a_directory(services=(a_service(confirmation=Confirmation.OFFICER),))
    service = a_consultation_service(store, clock, directory)
    booking = booked(service, clock)
    assert booking.state is State.REQUESTED
    assert service.free_times(a_query(), limit=1)[0].start > booking.start


def test_one_phone_cannot_collect_appointments(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    bookings = [booked(service, clock) for _ in range(3)]
    with pytest.raises(TooManyBookingsError) as caught:
        booked(service, clock)
    assert caught.value.limit == 3
    service.cancel(bookings[0].reference, PHONE[-4:], reason="", caller="me")
    assert booked(service, clock).state is State.CONFIRMED


def test_different_services_of_one_expert_never_overlap(store: SqlStore, clock: TestClock) -> None:
    long = a_service(id="review", duration=timedelta(minutes=90), slot_step=timedelta(minutes=30))
    service = a_consultation_service(store, clock, a_directory(services=(a_service(), long)))
    target = next(t for t in service.free_times(a_query(TUESDAY)) if t.start.astimezone(SHANGHAI).hour == 10)
    service.hold("me", target.id)
    offered = service.free_times(
        FreeTimeQuery("review", Right.TRADEMARK, mode=Mode.ON_SITE, first=TUESDAY, until=TUESDAY + timedelta(days=1)),
        limit=50,
    )
    blocked = (target.start - timedelta(minutes=90), target.end)
    assert not any(blocked[0] < t.start < blocked[1] for t in offered)
    with pytest.raises(SeatTakenError):
        service.hold("you", f"review.hohhot.on_site.trademark.zh.{TUESDAY:%Y%m%d}T0930")


def test_a_group_service_seats_as_many_as_it_has_seats(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock, a_directory(services=(a_service(capacity=3),)))
    first = service.free_times(a_query(), limit=1)[0]
    for n in range(3):
        service.hold(f"guest-{n}", first.id)
    with pytest.raises(SeatTakenError):
        service.hold("late", first.id)
    service.release("guest-1")
    assert service.hold("late", first.id).start == first.start


def test_bookings_in_an_unannounced_year_are_provisional(store: SqlStore) -> None:
    clock = TestClock(datetime(2026, 12, 31, 8, tzinfo=SHANGHAI))
    service = a_consultation_service(store, clock)
    target = service.free_times(a_query(date(2027, 1, 4)), limit=1)[0]
    service.hold("me", target.id)
    service.record_consent("me", consent(clock))
    assert service.confirm("me", "key", details()).provisional
