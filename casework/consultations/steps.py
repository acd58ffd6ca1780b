"""The steps of booking as the citizen takes them: each is one transaction, complete or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from casework.cases import Case, CaseKind, Consent, NewCase
from casework.consultations.availability import occupied_interval
from casework.consultations.bookings import Bookings, first_state, require_coming
from casework.consultations.directory import Directory
from casework.consultations.model import TRANSITIONS, Booking, BookingDetails, FreeTime, Hold, State
from casework.consultations.protocols import SeatRequest
from casework.errors import (
    CaseNotFoundError,
    ConsentRequiredError,
    FreeTimeGoneError,
    HoldLostError,
    InvalidFieldError,
    SeatTakenError,
    TooManyBookingsError,
)
from casework.phones import read_phone
from casework.references import new_reference
from casework.timing import Clock
from casework.unit_of_work import Store, UnitOfWork, settled

T = TypeVar("T")

#: The form's name in drafts, and the purpose of its consent.
FORM = PURPOSE = "consultation"
_LONGEST = {"name": 64, "problem": 2000, "email": 254}


class Steps:
    """`hold_for`: how long a seat is kept while the form runs."""

    def __init__(self, store: Store, directory: Directory, bookings: Bookings, clock: Clock, hold_for: timedelta) -> None:
        self._store, self._directory, self._bookings = store, directory, bookings
        self._clock, self._hold_for = clock, hold_for

    def with_any_expert(self, offered: FreeTime, step: Callable[[SeatRequest], T]) -> T:
        """Run `step` for one expert after the other until one has a seat. Raises SeatTakenError."""
        for expert_id in offered.expert_ids:
            request = self._request(offered, expert_id)
            try:
                return settled(lambda request=request: step(request))  # type: ignore[misc]
            except SeatTakenError:
                continue
        raise SeatTakenError("everybody who could take this is taken")

    def _request(self, offered: FreeTime, expert_id: str) -> SeatRequest:
        occupied = occupied_interval(offered.service, offered.start)
        hold = Hold(
            free_time_id=offered.id,
            station_id=offered.station.id,
            expert_id=expert_id,
            service_id=offered.service.id,
            mode=offered.mode,
            right=offered.right,
            language=offered.language,
            start=offered.start,
            end=offered.end,
            expires_at=self._clock() + self._hold_for,
            provisional=offered.provisional,
        )
        return SeatRequest(hold, occupied.start, occupied.end, offered.service.capacity)

    def held_now(self, request: SeatRequest, conversation_id: str) -> Hold:
        """Take the seat for the conversation."""
        with self._store() as unit:
            hold = unit.seats.take(request, conversation_id, self._clock())
            unit.commit()
        return hold

    def confirmed(self, conversation_id: str, key: str, details: BookingDetails, form: str) -> Booking:
        """Turn the hold into a booking, or give back the one this key already made."""
        now = self._clock()
        with self._store() as unit:
            existing = unit.cases.by_idempotency(conversation_id, key)
            if existing is not None:
                return self._bookings.view(unit, existing)
            consent = unit.consents.of(conversation_id, PURPOSE)
            if consent is None:
                raise ConsentRequiredError("a booking needs consent first")
            hold = self._usable_hold(unit, conversation_id, details, now)
            case = unit.cases.add(self._new_case(conversation_id, key, details, hold, consent, now))
            unit.seats.bind(conversation_id, case)
            booking = self._bookings.settle(unit, case, hold, consent, now)
            unit.drafts.drop(conversation_id, form)
            unit.commit()
        return booking

    def _usable_hold(self, unit: UnitOfWork, conversation_id: str, details: BookingDetails, now: datetime) -> Hold:
        hold = unit.seats.held(conversation_id)
        if hold is None:
            raise HoldLostError("no seat is held")
        if hold.start <= now:
            raise FreeTimeGoneError("the held time has come already")
        limit = self._directory.service_or_stub(hold.service_id).max_coming_per_phone
        if unit.appointments.coming_of_phone(details.person.phone, now) >= limit:
            raise TooManyBookingsError(limit)
        return hold

    def _new_case(
        self,
        conversation_id: str,
        key: str,
        details: BookingDetails,
        hold: Hold,
        consent: Consent,
        now: datetime,
    ) -> NewCase:
        return NewCase(
            kind=CaseKind.CONSULTATION,
            reference=new_reference(CaseKind.CONSULTATION).text,
            state=first_state(self._directory.service_or_stub(hold.service_id)).value,
            created_at=now,
            person=details.person,
            lookup_fact=details.person.phone[-4:],
            conversation_id=conversation_id,
            idempotency_key=key,
            consent=consent,
            region=self._directory.station_or_stub(hold.station_id).region,
            language=details.language,
            channel=details.channel,
            sealed_facts={"problem": details.problem, "extra": dict(details.extra)},
        )

    def require_movable(self, case: Case, offered: FreeTime) -> None:
        """Raises ForbiddenTransitionError, AlreadyPastError, InvalidFieldError."""
        with self._store(read_only=True) as unit:
            appointment = unit.appointments.of(case)
        if case.state not in (State.REQUESTED.value, State.CONFIRMED.value):
            TRANSITIONS.check(case.state, State.CONFIRMED.value)
        require_coming(case, appointment, self._clock())
        if offered.service.id != appointment.service_id:
            raise InvalidFieldError("service", "differs")
        same_place = (offered.station.id, offered.mode) == (appointment.station_id, appointment.mode)
        if same_place and offered.start == appointment.start:
            raise InvalidFieldError("time", "unchanged")

    def moved(self, reference: str, request: SeatRequest, caller: str) -> Booking:
        """Take the new seat, release the old one, both or neither."""
        now = self._clock()
        with self._store() as unit:
            case = _present(unit, reference)
            require_coming(case, unit.appointments.of(case), now)
            unit.seats.take(request, caller, now)
            unit.seats.release(case)
            hold = unit.seats.bind(caller, case)
            changed = self._bookings.shift(unit, case, hold, now, "citizen")
            view = self._bookings.view(unit, changed)
            unit.commit()
        return view

    def cancelled(self, reference: str, reason: str) -> Booking:
        """Cancel for the citizen."""
        with self._store() as unit:
            case = _present(unit, reference)
            changed = self._bookings.cancel(unit, case, self._clock(), "citizen", reason)
            view = self._bookings.view(unit, changed)
            unit.commit()
        return view


def _present(unit: UnitOfWork, reference: str) -> Case:
    case = unit.cases.by_reference(reference)
    if case is None:
        raise CaseNotFoundError("no case matches")
    return case


def check_details(details: BookingDetails) -> None:
    """Raise InvalidFieldError for a missing or overlong field, or a phone that is not valid E.164."""
    person = details.person
    values = {"name": person.name.strip(), "problem": details.problem, "email": person.email}
    if not values["name"]:
        raise InvalidFieldError("name", "missing")
    phone = read_phone(person.phone)
    if phone.phone is None or phone.phone.e164 != person.phone:
        raise InvalidFieldError("phone", phone.problem.value if phone.problem else "not_e164")
    for name, value in values.items():
        if len(value) > _LONGEST[name]:
            raise InvalidFieldError(name, "too_long")
