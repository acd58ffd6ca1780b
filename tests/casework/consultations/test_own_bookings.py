"""Finding, moving and cancelling one's own booking; strangers learn nothing. On both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.consultations import State
from casework.errors import (
    AlreadyPastError,
    CaseNotFoundError,
    ForbiddenTransitionError,
    InvalidFieldError,
    SeatTakenError,
    TooManyAttemptsError,
)
from storage import SqlStore
from tests.casework.factories import (
    MONDAY,
    TestClock,
    a_consultation_service,
    a_directory,
    a_query,
    a_station,
    booked,
)

TUESDAY = MONDAY.date() + timedelta(days=1)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def test_the_owner_finds_it_by_reference_as_typed_and_last_four_digits(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    typed = booking.reference.lower().replace("-", " ")
    assert service.find(typed, "5678", caller="me").reference == booking.reference


def test_a_stranger_learns_nothing(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    answers = []
    for reference, digits in ((booking.reference, "0000"), ("WQ-000-000-000", "5678"), ("nonsense", "5678")):
        with pytest.raises(CaseNotFoundError) as caught:
            service.find(reference, digits, caller="stranger")
        answers.append(str(caught.value))
    assert len(set(answers)) == 1


def test_guessing_is_stopped_per_caller_and_per_reference(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    for n in range(8):
        with pytest.raises(CaseNotFoundError):
            service.find(booking.reference, f"{n:04d}", caller=f"stranger-{n}")
    with pytest.raises(TooManyAttemptsError) as caught:
        service.find(booking.reference, "5678", caller="me")
    assert caught.value.retry_at == clock() + timedelta(minutes=30)
    for n in range(8):
        with pytest.raises(CaseNotFoundError):
            service.find(f"WQ-000-000-{n:03d}", "0000", caller="guesser")
    with pytest.raises(TooManyAttemptsError):
        service.find("WQ-000-000-009", "0000", caller="guesser")
    clock.advance(minutes=31)
    assert service.find(booking.reference, "5678", caller="me").reference == booking.reference


def test_right_look_ups_do_not_count(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    for _ in range(12):
        service.find(booking.reference, "5678", caller="me")


def test_moving_takes_the_new_seat_and_frees_the_old_one(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    target = service.free_times(a_query(TUESDAY), limit=1)[0]
    moved = service.move(booking.reference, "5678", target.id, caller="me")
    assert (moved.start, moved.sequence, moved.uid) == (target.start, 1, booking.uid)
    assert moved.download_token == booking.download_token
    starts = {t.start for t in service.free_times(a_query(), limit=50)}
    assert booking.start in starts
    assert target.start not in starts


def test_a_held_new_time_is_used_when_moving(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    target = service.free_times(a_query(TUESDAY), limit=1)[0]
    service.hold("me", target.id)
    assert service.move(booking.reference, "5678", target.id, caller="me").start == target.start
    assert service.held("me") is None


def test_a_move_to_a_taken_time_leaves_the_old_one(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    target = service.free_times(a_query(TUESDAY), limit=1)[0]
    service.hold("you", target.id)
    with pytest.raises(SeatTakenError):
        service.move(booking.reference, "5678", target.id, caller="me")
    assert service.find(booking.reference, "5678", caller="me").start == booking.start
    assert booking.start not in {t.start for t in service.free_times(a_query(), limit=50)}


def test_a_move_to_the_same_time_is_refused(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    offered = service.free_times(a_query(), limit=1)[0]
    booking = booked(service, clock)
    with pytest.raises(InvalidFieldError, match="time"):
        service.move(booking.reference, "5678", offered.id, caller="me")


def test_cancelling_frees_the_seat_and_is_final(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    cancelled = service.cancel(booking.reference, "5678", reason="不需要了", caller="me")
    assert (cancelled.state, cancelled.sequence) == (State.CANCELLED, 1)
    assert service.free_times(a_query(), limit=1)[0].start == booking.start
    with pytest.raises(ForbiddenTransitionError):
        service.cancel(booking.reference, "5678", reason="", caller="me")
    target = service.free_times(a_query(TUESDAY), limit=1)[0]
    with pytest.raises(ForbiddenTransitionError):
        service.move(booking.reference, "5678", target.id, caller="me")
    assert service.find(booking.reference, "5678", caller="me").standing(clock()) == "cancelled"


def test_what_has_begun_can_neither_be_moved_nor_cancelled(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    target = service.free_times(a_query(TUESDAY), limit=1)[0]
    clock.advance(hours=3)
    with pytest.raises(AlreadyPastError):
        service.cancel(booking.reference, "5678", reason="", caller="me")
    with pytest.raises(AlreadyPastError):
        service.move(booking.reference, "5678", target.id, caller="me")
    assert service.find(booking.reference, "5678", caller="me").standing(clock()) == "past"


def test_an_unguessable_link_opens_the_booking_and_nothing_else_does(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock)
    assert service.by_download_token(booking.download_token).reference == booking.reference
    with pytest.raises(CaseNotFoundError):
        service.by_download_token("x" * 43)


def test_an_old_booking_outlives_a_station_that_was_removed(store: SqlStore, clock: TestClock) -> None:
    booking = booked(a_consultation_service(store, clock), clock)
    other = a_directory(stations=(a_station(id="baotou", region="baotou"),))
    later = a_consultation_service(store, clock, other)
    assert later.find(booking.reference, "5678", caller="me").station.id == "hohhot"
