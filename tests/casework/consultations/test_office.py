"""What officers do with appointments, and the trail it leaves."""

from __future__ import annotations

import pytest

from casework.consultations import ConsultationService, State
from casework.consultations.model import TRANSITIONS
from casework.consultations.office import ConsultationOffice
from casework.consultations.places import Confirmation
from casework.errors import CaseNotFoundError, ForbiddenTransitionError, ReasonRequiredError, TooEarlyError
from casework.notify import Group
from storage import SqlStore
from tests.casework.factories import (
    TestClock,
    a_consultation_service,
    a_directory,
    a_query,
    a_service,
    booked,
)


class World:
    """A service and an office over one store."""

    def __init__(self, store: SqlStore, confirmation: Confirmation) -> None:
        self.store, self.clock = store, TestClock()
        directory = a_directory(services=(a_service(confirmation=confirmation),))
        self.service: ConsultationService = a_consultation_service(store, self.clock, directory)
        self.office = ConsultationOffice(store, directory, self.clock)
        self.booking = booked(self.service, self.clock)

    def trail(self) -> list[tuple[str, str, str, str]]:
        with self.store(read_only=True) as unit:
            case = unit.cases.by_reference(self.booking.reference)
            assert case is not None
            return [(e.actor, e.action, e.to_state, e.note) for e in unit.trail.of_case(case)]

    def pending(self, group: Group) -> list[str]:
        with self.store(read_only=True) as unit:
            case = unit.cases.by_reference(self.booking.reference)
            assert case is not None
            return [m.template for m in unit.outbox.pending_of(case) if m.group is group]


@pytest.fixture
def requested(store: SqlStore) -> World:
    return World(store, Confirmation.OFFICER)


@pytest.fixture
def confirmed(sqlite_store: SqlStore) -> World:
    return World(sqlite_store, Confirmation.INSTANT)


def test_an_officer_confirms_completes_and_every_step_is_recorded(requested: World) -> None:
    reference = requested.booking.reference
    assert requested.office.confirm(reference.lower(), "wang").state is State.CONFIRMED
    requested.clock.advance(hours=4)
    assert requested.office.complete(reference, "wang", "谈了商标异议").state is State.COMPLETED
    assert requested.trail() == [
        ("citizen", "booked", "requested", ""),
        ("wang", "confirmed", "confirmed", ""),
        ("wang", "completed", "completed", "谈了商标异议"),
    ]


def test_the_citizen_is_told_of_the_confirmation(requested: World) -> None:
    requested.office.confirm(requested.booking.reference, "wang")
    assert "consultation_confirmed" in requested.pending(Group.RECEIPT)


def test_what_has_not_begun_can_be_neither_completed_nor_missed(confirmed: World) -> None:
    for step in (confirmed.office.complete, confirmed.office.no_show):
        with pytest.raises(TooEarlyError):
            step(confirmed.booking.reference, "wang")


def test_no_show_is_final(confirmed: World) -> None:
    confirmed.clock.advance(hours=4)
    confirmed.office.no_show(confirmed.booking.reference, "wang")
    with pytest.raises(ForbiddenTransitionError, match="final"):
        confirmed.office.complete(confirmed.booking.reference, "wang")


def test_a_requested_one_cannot_be_completed(requested: World) -> None:
    requested.clock.advance(hours=4)
    with pytest.raises(ForbiddenTransitionError, match="cancelled, confirmed"):
        requested.office.complete(requested.booking.reference, "wang")


def test_an_officer_cancels_only_for_a_written_reason(confirmed: World) -> None:
    with pytest.raises(ReasonRequiredError):
        confirmed.office.cancel(confirmed.booking.reference, "wang", "  ")
    cancelled = confirmed.office.cancel(confirmed.booking.reference, "wang", "专家临时外出")
    assert cancelled.state is State.CANCELLED
    assert confirmed.trail()[-1] == ("wang", "cancelled", "cancelled", "专家临时外出")
    assert confirmed.pending(Group.REMINDER) == []
    assert confirmed.service.free_times(a_query(), limit=1)[0].start == confirmed.booking.start


def test_moving_a_confirmed_one_asks_the_officer_again(requested: World) -> None:
    requested.office.confirm(requested.booking.reference, "wang")
    target = requested.service.free_times(a_query(), limit=1)[0]
    moved = requested.service.move(requested.booking.reference, "5678", target.id, caller="me")
    assert moved.state is State.REQUESTED


def test_an_unknown_reference_is_told_as_such(confirmed: World) -> None:
    for reference in ("WQ-000-000-000", "nonsense"):
        with pytest.raises(CaseNotFoundError):
            confirmed.office.confirm(reference, "wang")


def test_every_state_is_reachable_and_only_three_are_final() -> None:
    reachable = set(TRANSITIONS.initial) | {state for targets in TRANSITIONS.allowed.values() for state in targets}
    assert reachable == {state.value for state in State}
    assert {s.value for s in State if TRANSITIONS.is_final(s.value)} == {"completed", "cancelled", "no_show"}
