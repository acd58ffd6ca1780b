"""The steps a stored booking goes through, each inside the caller's unit of work."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from casework.cases import AuditEntry, Case, Consent
from casework.consultations.directory import Directory
from casework.consultations.model import TRANSITIONS, Appointment, Booking, Hold, State
from casework.consultations.notices import Notices
from casework.consultations.places import Confirmation, Service
from casework.errors import AlreadyPastError, TooEarlyError
from casework.notify.model import Group, Message
from casework.unit_of_work import UnitOfWork

_ACTIVE = (State.REQUESTED.value, State.CONFIRMED.value)


class Bookings:
    """Changes state, seat, audit trail and outbox together."""

    def __init__(self, directory: Directory, notices: Notices) -> None:
        self._directory, self._notices = directory, notices

    def settle(self, unit: UnitOfWork, case: Case, hold: Hold, consent: Consent, now: datetime) -> Booking:
        """A new case got its seat: note place and time, tell everybody."""
        appointment = Appointment(
            case_id=case.id,
            service_id=hold.service_id,
            station_id=hold.station_id,
            expert_id=hold.expert_id,
            mode=hold.mode,
            right=hold.right,
            language=hold.language,
            start=hold.start,
            end=hold.end,
            provisional=hold.provisional,
            uid=f"{secrets.token_hex(12)}@zhiwen",
            sequence=0,
            download_token=secrets.token_urlsafe(32),
        )
        unit.appointments.add(appointment)
        unit.trail.record(AuditEntry(now, "citizen", "booked", "", case.state), case)
        reminders = self._notices.reminders(case, appointment, now)
        unit.outbox.put([*self._notices.about(case, appointment, "booked", now), *reminders], case)
        return self._seen(case, appointment, reminders, consent)

    def shift(self, unit: UnitOfWork, case: Case, hold: Hold, now: datetime, actor: str) -> Case:
        """The case has a new seat: write place and time, renew reminders."""
        old = unit.appointments.of(case)
        appointment = replace(
            old,
            station_id=hold.station_id,
            expert_id=hold.expert_id,
            mode=hold.mode,
            right=hold.right,
            language=hold.language,
            start=hold.start,
            end=hold.end,
            provisional=hold.provisional,
            sequence=old.sequence + 1,
        )
        state = first_state(self._directory.service_or_stub(hold.service_id)).value
        if case.state != state:
            TRANSITIONS.check(case.state, state)
        unit.appointments.change(appointment)
        changed = unit.cases.change(case, state=state, at=now)
        note = f"{old.start.isoformat()} -> {appointment.start.isoformat()}"
        unit.trail.record(AuditEntry(now, actor, "moved", case.state, state, note), case)
        unit.outbox.cancel(changed, (Group.REMINDER,))
        unit.outbox.put(
            [
                *self._notices.about(changed, appointment, "moved", now),
                *self._notices.reminders(changed, appointment, now),
            ],
            changed,
        )
        return changed

    def cancel(self, unit: UnitOfWork, case: Case, now: datetime, actor: str, reason: str) -> Case:
        """Give the seat back. Raises ForbiddenTransitionError, AlreadyPastError."""
        TRANSITIONS.check(case.state, State.CANCELLED.value)
        appointment = unit.appointments.of(case)
        require_coming(case, appointment, now)
        unit.seats.release(case)
        appointment = replace(appointment, sequence=appointment.sequence + 1)
        unit.appointments.change(appointment)
        changed = self._into(unit, case, State.CANCELLED, now, actor, reason)
        unit.outbox.cancel(changed, (Group.REMINDER,))
        unit.outbox.put(self._notices.about(changed, appointment, "cancelled", now), changed)
        return changed

    def confirm(self, unit: UnitOfWork, case: Case, now: datetime, actor: str, note: str = "") -> Case:
        """The station says yes. Raises ForbiddenTransitionError."""
        changed = self._into(unit, case, State.CONFIRMED, now, actor, note)
        unit.outbox.put(self._notices.about(changed, unit.appointments.of(changed), "confirmed", now), changed)
        return changed

    def finish(self, unit: UnitOfWork, case: Case, state: State, now: datetime, actor: str, note: str = "") -> Case:
        """Completed or no-show. Raises ForbiddenTransitionError, TooEarlyError before the start."""
        TRANSITIONS.check(case.state, state.value)
        if unit.appointments.of(case).start > now:
            raise TooEarlyError(f"case {case.reference} has not begun yet")
        return self._into(unit, case, state, now, actor, note)

    def view(self, unit: UnitOfWork, case: Case) -> Booking:
        """The booking as its owner sees it."""
        reminders = [m for m in unit.outbox.pending_of(case) if m.group is Group.REMINDER]
        return self._seen(case, unit.appointments.of(case), reminders, unit.consents.of_case(case))

    def _seen(self, case: Case, appointment: Appointment, reminders: Sequence[Message], consent: Consent | None) -> Booking:
        expert = self._directory.expert_or_stub(appointment.expert_id)
        return Booking(
            reference=case.reference,
            state=State(case.state),
            start=appointment.start,
            end=appointment.end,
            station=self._directory.station_or_stub(appointment.station_id),
            service=self._directory.service_or_stub(appointment.service_id),
            expert_id=appointment.expert_id,
            expert_name=expert.name if case.language == "zh" else expert.name_en,
            mode=appointment.mode,
            right=appointment.right,
            language=appointment.language,
            provisional=appointment.provisional,
            person=case.person,
            problem=str(case.sealed_facts.get("problem", "")),
            uid=appointment.uid,
            sequence=appointment.sequence,
            download_token=appointment.download_token,
            created_at=case.created_at,
            reminders=tuple(sorted({m.due_at for m in reminders})),
            consent=consent,
        )

    def _into(self, unit: UnitOfWork, case: Case, state: State, now: datetime, actor: str, note: str) -> Case:
        TRANSITIONS.check(case.state, state.value)
        closed = TRANSITIONS.is_final(state.value)
        changed = unit.cases.change(case, state=state.value, at=now, closed=closed)
        unit.trail.record(AuditEntry(now, actor, state.value, case.state, state.value, note), case)
        return changed


def first_state(service: Service) -> State:
    """Where a booking of this service begins."""
    return State.CONFIRMED if service.confirmation is Confirmation.INSTANT else State.REQUESTED


def require_coming(case: Case, appointment: Appointment, now: datetime) -> None:
    """Raise AlreadyPastError if the appointment has begun."""
    if case.state in _ACTIVE and appointment.start <= now:
        raise AlreadyPastError(f"case {case.reference} has begun already")
