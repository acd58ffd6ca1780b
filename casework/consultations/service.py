"""Booking as the citizen sees it: free times, hold, confirm, find, move, cancel.

Every method is one or a few short transactions, safe to call from any thread or process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from casework.cases import CaseKind, Consent, Draft
from casework.consultations.bookings import Bookings
from casework.consultations.directory import Directory
from casework.consultations.holidays import ChineseHolidays, HolidayCalendar
from casework.consultations.model import (
    Booking,
    BookingDetails,
    FreeTime,
    FreeTimeQuery,
    Hold,
    Obstacle,
)
from casework.consultations.notices import NoticePolicy, Notices
from casework.consultations.offering import Offering
from casework.consultations.steps import FORM, PURPOSE, Steps, check_details
from casework.errors import (
    CaseNotFoundError,
)
from casework.forms import FormPolicy, Forms
from casework.lookup import Lookup, LookupPolicy
from casework.references import Reference, parse_reference
from casework.timing import Clock
from casework.unit_of_work import Store, settled


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
        self._steps = Steps(store, directory, self._bookings, clock, self._policy.hold)
        self._forms = Forms(store, clock, self._policy.forms)
        self._lookup = Lookup(store, clock, self._policy.lookup)

    # -- free times and holds

    def free_times(self, query: FreeTimeQuery, limit: int = 10) -> list[FreeTime]:
        """The next free times, earliest first; empty is a normal answer."""
        return self._offering.search(query, self._clock(), limit)

    def obstacle(self, query: FreeTimeQuery) -> Obstacle:
        """Why `free_times` found nothing for this query."""
        return self._offering.obstacle(query, self._clock())

    def hold(self, conversation_id: str, free_time_id: str) -> Hold:
        """Keep a seat for this conversation while the form runs; its former hold is given back.

        Raises FreeTimeGoneError if it is not offered, SeatTakenError if everybody at that time is taken.
        """
        offered = self._offering.scheduled(free_time_id, self._clock(), self._policy.hold)
        return self._steps.with_any_expert(offered, lambda request: self._steps.held_now(request, conversation_id))

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

    def confirm(self, conversation_id: str, idempotency_key: str, details: BookingDetails, *, form: str = FORM) -> Booking:
        """Turn the hold into a booking. The same conversation and key always give the same booking.
        The draft of `form` is forgotten.

        Raises InvalidFieldError, ConsentRequiredError, HoldLostError, FreeTimeGoneError (its time has come),
        TooManyBookingsError.
        """
        check_details(details)
        return settled(lambda: self._steps.confirmed(conversation_id, idempotency_key, details, form))

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
        self._steps.require_movable(case, offered)
        return self._steps.with_any_expert(offered, lambda request: self._steps.moved(case.reference, request, caller))

    def cancel(self, reference: str, last4: str, *, reason: str, caller: str) -> Booking:
        """Cancel and free the seat. Raises what `find` raises, AlreadyPastError, ForbiddenTransitionError."""
        found = self._lookup.open(CaseKind.CONSULTATION, reference, last4, caller)
        return settled(lambda: self._steps.cancelled(found.reference, reason.strip()[:500]))

    def references_of(self, conversation_id: str) -> tuple[Reference, ...]:
        """References of every case that this conversation made, of any kind, newest first; erased ones left out."""
        with self._store(read_only=True) as unit:
            found = [parse_reference(case.reference) for case in unit.cases.of_conversation(conversation_id) if not case.erased]
        return tuple(reference for reference in found if reference is not None)

    def by_download_token(self, token: str) -> Booking:
        """The booking behind an unguessable calendar link. Raises CaseNotFoundError."""
        with self._store(read_only=True) as unit:
            appointment = unit.appointments.by_token(token)
            case = unit.cases.by_id(appointment.case_id) if appointment else None
            if case is None or case.erased:
                raise CaseNotFoundError("no booking has this link")
            return self._bookings.view(unit, case)
