"""The pledge-financing intake for citizens and for the service team."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from casework.cases import AuditEntry, Case, CaseFilter, CaseKind, NewCase, Remark
from casework.consultations.office import required_case
from casework.errors import CaseNotFoundError, ConsentRequiredError, InvalidFieldError, ReasonRequiredError
from casework.forms import Forms
from casework.lookup import Lookup, LookupPolicy
from casework.notify.model import Channel, Group, Message
from casework.phones import read_phone
from casework.pledge.identifiers import read_credit_code
from casework.pledge.model import OUTSIDE, TRANSITIONS, Applicant, Application, Intake, IntakeDetails, IntakeState, Precheck
from casework.pledge.partners import Partner, PledgeDirectory
from casework.pledge.records import intake_of, open_facts, sealed_facts
from casework.pledge.rules import precheck
from casework.references import new_reference
from casework.timing import Clock, local_day
from casework.unit_of_work import Store, UnitOfWork, settled

PURPOSE = "intake"
FORM = "pledge"
_LONGEST = {"name": 60, "company": 120}
_COMPARED = 2000  # open intakes that a new one is compared with


class PledgeService:
    """One per process."""

    def __init__(
        self, store: Store, directory: PledgeDirectory, clock: Clock, lookup: LookupPolicy | None = None, staff_email: str = ""
    ) -> None:
        self._store, self.directory, self._clock, self._staff_email = store, directory, clock, staff_email
        self._lookup = Lookup(store, clock, lookup)
        self.forms = Forms(store, clock)

    @property
    def today(self) -> date:
        """The day in the office's zone."""
        return local_day(self._clock())

    def check(self, application: Application) -> Precheck:
        """The pre-check of today."""
        return precheck(application, self.today)

    def partners(self, application: Application) -> tuple[Partner, ...]:
        """The banks and agencies that fit region and rights."""
        return self.directory.matching(application.region, application.kinds)

    def submit(self, conversation_id: str, idempotency_key: str, details: IntakeDetails) -> Intake:
        """Store the intake, encrypted; tell the staff. The same conversation and key always give the same intake.

        Raises InvalidFieldError(name|phone|company|credit_code), ConsentRequiredError (purpose "intake").
        """
        _check(details)
        return settled(lambda: self._submitted(conversation_id, idempotency_key, details))

    def find(self, reference: str, last4: str, *, caller: str) -> Intake:
        """The owner's intake. Raises CaseNotFoundError (also for a wrong fact), TooManyAttemptsError."""
        return intake_of(self._lookup.open(CaseKind.INTAKE, reference, last4, caller))

    def withdraw(self, reference: str, last4: str, *, caller: str) -> Intake:
        """Take the intake back. Raises what `find` raises, and ForbiddenTransitionError."""
        case = self._lookup.open(CaseKind.INTAKE, reference, last4, caller)
        return self._step(case.reference, lambda unit, present: self._into(unit, present, IntakeState.WITHDRAWN, "citizen"))

    def printed(self, reference: str) -> Intake:
        """The intake behind an unguessable link that was opened already. Raises CaseNotFoundError."""
        with self._store(read_only=True) as unit:
            case = required_case(unit, reference, CaseKind.INTAKE)
            if case.erased:
                raise CaseNotFoundError("no case matches")
            return intake_of(case)

    # -- the service team

    def transition(self, reference: str, state: IntakeState, actor: str, note: str = "") -> Intake:
        """An officer moves the case on; declining needs a written reason. Raises CaseNotFoundError,
        ForbiddenTransitionError, ReasonRequiredError."""
        if state is IntakeState.DECLINED and not note.strip():
            raise ReasonRequiredError("declining an intake needs a written reason")
        return self._step(reference, lambda unit, case: self._into(unit, case, state, actor, note.strip()))

    def note(self, reference: str, actor: str, text: str) -> Intake:
        """A hand-over note, encrypted. Raises CaseNotFoundError, ReasonRequiredError for an empty text."""
        if not text.strip():
            raise ReasonRequiredError("a note needs a text")

        def noted(unit: UnitOfWork, case: Case) -> Case:
            now = self._clock()
            unit.trail.remark(case, Remark(now, actor, "note", text.strip()))
            unit.trail.record(AuditEntry(now, actor, "noted", case.state, case.state), case)
            return case

        return self._step(reference, noted)

    def duplicates(self, reference: str) -> tuple[str, ...]:
        """References of other open intakes of the same company or with the same right: shown, never refused."""
        with self._store(read_only=True) as unit:
            case = required_case(unit, reference, CaseKind.INTAKE)
            return tuple(other.reference for other in self._alike(unit, case))

    def overdue(self, within: timedelta) -> tuple[str, ...]:
        """References of intakes that nobody touched for longer than `within` after submission, oldest first."""
        with self._store(read_only=True) as unit:
            waiting = unit.cases.select(CaseFilter((CaseKind.INTAKE,), (IntakeState.SUBMITTED.value,), limit=_COMPARED))
        late = [case for case in waiting if self._clock() - case.created_at > within]
        return tuple(case.reference for case in sorted(late, key=lambda case: case.created_at))

    # -- the steps, each one transaction

    def _submitted(self, conversation_id: str, key: str, details: IntakeDetails) -> Intake:
        now = self._clock()
        with self._store() as unit:
            existing = unit.cases.by_idempotency(conversation_id, key)
            if existing is not None:
                return intake_of(existing)
            consent = unit.consents.of(conversation_id, PURPOSE)
            if consent is None:
                raise ConsentRequiredError("an intake needs consent first")
            application, day = details.application, local_day(now)
            case = unit.cases.add(
                NewCase(
                    kind=CaseKind.INTAKE,
                    reference=new_reference(CaseKind.INTAKE).text,
                    state=IntakeState.SUBMITTED.value,
                    created_at=now,
                    person=details.person,
                    lookup_fact=details.person.phone[-4:],
                    conversation_id=conversation_id,
                    idempotency_key=key,
                    consent=consent,
                    region="" if application.region in (None, OUTSIDE) else str(application.region),
                    language=details.language,
                    channel=details.channel,
                    facts=open_facts(details, precheck(application, day), day),
                    sealed_facts=sealed_facts(details),
                )
            )
            unit.trail.record(AuditEntry(now, "citizen", "submitted", "", case.state), case)
            alike = [other.reference for other in self._alike(unit, case)]
            unit.outbox.put([self._staff_notice(case, alike)], case)
            unit.drafts.drop(conversation_id, FORM)
            view = intake_of(case)
            unit.commit()
        return view

    def _staff_notice(self, case: Case, alike: list[str]) -> Message:
        channel = Channel.EMAIL if self._staff_email else Channel.LOG
        facts = {"reference": case.reference, "alike": alike}
        name = "staff_intake_submitted"
        return Message(f"{case.reference}.staff", channel, Group.STAFF, name, case.created_at, self._staff_email, facts)

    def _alike(self, unit: UnitOfWork, case: Case) -> list[Case]:
        # Compared after decryption: credit codes and numbers are encrypted, and no digest of them is kept.
        code, numbers = case.sealed_facts.get("credit_code"), set(case.sealed_facts.get("numbers") or ())
        open_states = tuple(TRANSITIONS.allowed)
        found = []
        for other in unit.cases.select(CaseFilter((CaseKind.INTAKE,), open_states, limit=_COMPARED)):
            sealed = other.sealed_facts
            same_right = bool(numbers & set(sealed.get("numbers") or ()))
            if other.id != case.id and ((code and sealed.get("credit_code") == code) or same_right):
                found.append(other)
        return found

    def _step(self, reference: str, change: Callable[[UnitOfWork, Case], Case]) -> Intake:
        def once() -> Intake:
            with self._store() as unit:
                case = change(unit, required_case(unit, reference, CaseKind.INTAKE))
                view = intake_of(case, tuple(unit.trail.remarks_of(case)))
                unit.commit()
            return view

        return settled(once)

    def _into(self, unit: UnitOfWork, case: Case, state: IntakeState, actor: str, note: str = "") -> Case:
        if case.erased:
            raise CaseNotFoundError("no case matches")
        TRANSITIONS.check(case.state, state.value)
        now = self._clock()
        changed = unit.cases.change(case, state=state.value, at=now, closed=TRANSITIONS.is_final(state.value))
        unit.trail.record(AuditEntry(now, actor, state.value, case.state, state.value, note), case)
        return changed


def _check(details: IntakeDetails) -> None:
    person = details.person
    phone = read_phone(person.phone)
    if phone.phone is None or phone.phone.e164 != person.phone:
        raise InvalidFieldError("phone", phone.problem.value if phone.problem else "not_e164")
    if not person.name.strip():
        raise InvalidFieldError("name", "missing")
    if details.application.applicant is not Applicant.PERSON:
        if not details.company.strip():
            raise InvalidFieldError("company", "missing")
        reading = read_credit_code(details.credit_code)
        if reading.code is None or reading.code != details.credit_code:
            raise InvalidFieldError("credit_code", reading.problem.value if reading.problem else "form")
    for name, value in (("name", person.name), ("company", details.company)):
        if len(value) > _LONGEST[name]:
            raise InvalidFieldError(name, "too_long")

