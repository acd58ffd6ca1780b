"""Booking as the citizen sees it: free times, hold, confirm, find, move, cancel.

Every method is one or a few short transactions, safe to call from any thread or process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from casework.cases import Case, CaseKind, Consent, Draft, NewCase
from casework.consultations.availability import occupied_interval
from casework.consultations.booking import (
    TRANSITIONS,
    Booking,
    BookingDetails,
    FreeTime,
    FreeTimeQuery,
    Hold,
    State,
)
from casework.consultations.bookings import Bookings, first_state, require_coming
from casework.consultations.directory import Directory
from casework.consultations.holidays import ChineseHolidays, HolidayCalendar
from casework.consultations.notices import NoticePolicy, Notices
from casework.consultations.offering import Offering
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
from casework.forms import FormPolicy, Forms
from casework.lookup import Lookup, LookupPolicy
from casework.phones import read_phone
from casework.references import new_reference
from casework.timing import Clock
from casework.unit_of_work import Store, UnitOfWork, settled

T = TypeVar("T")

#: The form's name in drafts, and the purpose of its consent.
FORM = PURPOSE = "consultation"
_LONGEST = {"name": 64, "problem": 2000, "email": 254}


@dataclass(frozen=True, slots=True)
class ConsultationPolicy:
    """How long a seat is held while the form runs, and the policies of the parts."""

    hold: timedelta = timedelta(minutes=15)
    lookup: LookupPolicy = field(default_factory=LookupPolicy)
    forms: FormPolicy = field(default_factory=FormPolicy)
    notices: NoticePolicy = field(default_factory=NoticePolicy)


class ConsultationService:
    """One per process. `clock` returns aware datetimes."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        clock: Clock,
        policy: ConsultationPolicy | None = None,
        calendar: HolidayCalendar | None = None,
    ) -> None:
        self._store, self._directory, self._clock = store, directory, clock
        self._policy = policy or ConsultationPolicy()
        self._offering = Offering(store, directory, calendar or ChineseHolidays())
        self._bookings = Bookings(directory, Notices(self._policy.notices))
        self._forms = Forms(store, clock, self._policy.forms)
        self._lookup = Lookup(store, clock, self._policy.lookup)

    # -- free times and holds

    def free_times(self, query: FreeTimeQuery, limit: int = 10) -> list[FreeTime]:
        """The next free times, earliest first; empty is a normal answer."""
        return self._offering.search(query, self._clock(), limit)

    def hold(self, conversation_id: str, free_time_id: str) -> Hold:
        """Keep a seat for this conversation while the form runs; its former hold is given back.

        Raises FreeTimeGoneError if it is not offered, SeatTakenError if everybody at that time is taken.
        """
        offered = self._offering.scheduled(free_time_id, self._clock(), self._policy.hold)
        return self._with_any_expert(offered, lambda request: self._held_now(request, conversation_id))

    def held(self, conversation_id: str) -> Hold | None:
        """The conversation's hold, if it has one (also an expired one that nobody took over)."""
        with self._store(read_only=True) as unit:
            return unit.seats.held(conversation_id)

    def release(self, conversation_id: str) -> bool:
        """Give the hold back; False if there was none."""
        with self._store() as unit:
            released = unit.seats.release_hold(conversation_id)
            unit.commit()
        return released

    # -- consent and drafts

    def record_consent(self, conversation_id: str, consent: Consent) -> None:
        """Store that consent was given, before the first personal field."""
        self._forms.record_consent(conversation_id, replace(consent, purpose=PURPOSE))

    def consent_of(self, conversation_id: str) -> Consent | None:
        """The consent of this conversation, if it was given."""
        return self._forms.consent_of(conversation_id, PURPOSE)

    def save_draft(self, conversation_id: str, fields: Mapping[str, Any], form: str = FORM) -> Draft:
        """Store the half-filled form. Raises ConsentRequiredError for personal fields without consent."""
        return self._forms.save_draft(conversation_id, form, fields, PURPOSE)

    def load_draft(self, conversation_id: str, form: str = FORM) -> Draft | None:
        """The draft, unless it expired."""
        return self._forms.load_draft(conversation_id, form)

    def drop_draft(self, conversation_id: str, form: str = FORM) -> None:
        """Forget the draft."""
        self._forms.drop_draft(conversation_id, form)

    # -- booking

    def confirm(self, conversation_id: str, idempotency_key: str, details: BookingDetails) -> Booking:
        """Turn the hold into a booking. The same conversation and key always give the same booking.

        Raises InvalidFieldError, ConsentRequiredError, HoldLostError, FreeTimeGoneError (its time has come),
        TooManyBookingsError.
        """
        _check(details)
        return settled(lambda: self._confirmed(conversation_id, idempotency_key, details))

    def find(self, reference: str, last4: str, *, caller: str) -> Booking:
        """The owner's booking, in whatever state. Raises CaseNotFoundError (also for a wrong reference),
        TooManyAttemptsError."""
        case = self._lookup.open(CaseKind.CONSULTATION, reference, last4, caller)
        with self._store(read_only=True) as unit:
            return self._bookings.view(unit, case)

    def move(self, reference: str, last4: str, free_time_id: str, *, caller: str) -> Booking:
        """Take the new seat and release the old one in one transaction; uid and reference stay.

        Raises what `find` and `hold` raise, AlreadyPastError, ForbiddenTransitionError, and
        InvalidFieldError if it is another service or the time that is booked already.
        """
        case = self._lookup.open(CaseKind.CONSULTATION, reference, last4, caller)
        offered = self._offering.scheduled(free_time_id, self._clock(), self._policy.hold)
        self._require_movable(case, offered)
        return self._with_any_expert(offered, lambda request: self._moved(case.reference, request, caller))

    def cancel(self, reference: str, last4: str, *, reason: str, caller: str) -> Booking:
        """Cancel and free the seat. Raises what `find` raises, AlreadyPastError, ForbiddenTransitionError."""
        found = self._lookup.open(CaseKind.CONSULTATION, reference, last4, caller)
        return settled(lambda: self._cancelled(found.reference, reason.strip()[:500]))

    def by_download_token(self, token: str) -> Booking:
        """The booking behind an unguessable calendar link. Raises CaseNotFoundError."""
        with self._store(read_only=True) as unit:
            appointment = unit.appointments.by_token(token)
            case = unit.cases.by_id(appointment.case_id) if appointment else None
            if case is None or case.erased:
                raise CaseNotFoundError("no booking has this link")
            return self._bookings.view(unit, case)

    # -- the steps, each one transaction

    def _with_any_expert(self, offered: FreeTime, step: Callable[[SeatRequest], T]) -> T:
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
            expires_at=self._clock() + self._policy.hold,
            provisional=offered.provisional,
        )
        return SeatRequest(hold, occupied.start, occupied.end, offered.service.capacity)

    def _held_now(self, request: SeatRequest, conversation_id: str) -> Hold:
        with self._store() as unit:
            hold = unit.seats.take(request, conversation_id, self._clock())
            unit.commit()
        return hold

    def _confirmed(self, conversation_id: str, key: str, details: BookingDetails) -> Booking:
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
            unit.drafts.drop(conversation_id, FORM)
            unit.commit()
        return booking

    def _usable_hold(
        self, unit: UnitOfWork, conversation_id: str, details: BookingDetails, now: datetime
    ) -> Hold:
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

    def _require_movable(self, case: Case, offered: FreeTime) -> None:
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

    def _moved(self, reference: str, request: SeatRequest, caller: str) -> Booking:
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

    def _cancelled(self, reference: str, reason: str) -> Booking:
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


def _check(details: BookingDetails) -> None:
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
