"""Booking as an officer works on it: confirm, complete, no-show, cancel. Everything is recorded."""

from __future__ import annotations

from collections.abc import Callable

from casework.cases import Case, CaseKind
from casework.consultations.bookings import Bookings
from casework.consultations.directory import Directory
from casework.consultations.model import Booking, State
from casework.consultations.notices import NoticePolicy, Notices
from casework.errors import CaseNotFoundError, ReasonRequiredError
from casework.references import parse_reference
from casework.timing import Clock
from casework.unit_of_work import Store, UnitOfWork, settled


class ConsultationOffice:
    """`actor` is the officer's login; every step raises CaseNotFoundError or ForbiddenTransitionError."""

    def __init__(self, store: Store, directory: Directory, clock: Clock, policy: NoticePolicy | None = None) -> None:
        self._store, self._clock = store, clock
        self._bookings = Bookings(directory, Notices(policy))

    def confirm(self, reference: str, actor: str) -> Booking:
        """requested -> confirmed; the citizen is told."""
        return self._step(reference, lambda unit, case: self._bookings.confirm(unit, case, self._clock(), actor))

    def complete(self, reference: str, actor: str, note: str = "") -> Booking:
        """confirmed -> completed, once it has begun (else TooEarlyError)."""
        return self._finish(reference, State.COMPLETED, actor, note)

    def no_show(self, reference: str, actor: str, note: str = "") -> Booking:
        """confirmed -> no_show, once it has begun (else TooEarlyError)."""
        return self._finish(reference, State.NO_SHOW, actor, note)

    def cancel(self, reference: str, actor: str, reason: str) -> Booking:
        """Cancel for a written reason; frees the seat, tells the citizen. Raises ReasonRequiredError."""
        if not reason.strip():
            raise ReasonRequiredError("cancelling a citizen's appointment needs a written reason")
        return self._step(
            reference,
            lambda unit, case: self._bookings.cancel(unit, case, self._clock(), actor, reason.strip()),
        )

    def _finish(self, reference: str, state: State, actor: str, note: str) -> Booking:
        return self._step(
            reference,
            lambda unit, case: self._bookings.finish(unit, case, state, self._clock(), actor, note),
        )

    def _step(self, reference: str, change: Callable[[UnitOfWork, Case], Case]) -> Booking:
        def once() -> Booking:
            with self._store() as unit:
                changed = change(unit, required_case(unit, reference, CaseKind.CONSULTATION))
                view = self._bookings.view(unit, changed)
                unit.commit()
            return view

        return settled(once)


def required_case(unit: UnitOfWork, reference: str, kind: CaseKind | None = None) -> Case:
    """The case with this reference as an officer typed it. Raises CaseNotFoundError."""
    parsed = parse_reference(reference)
    case = unit.cases.by_reference(parsed.text) if parsed else None
    if case is None or (kind is not None and case.kind is not kind):
        raise CaseNotFoundError("no such case")
    return case
