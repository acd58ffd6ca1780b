"""Leaving a question for the office, reading the reply; answering it as an officer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from casework.cases import AuditEntry, Case, CaseKind, Consent, NewCase, Person, Remark
from casework.consultations.notices import reachable
from casework.consultations.office import required_case
from casework.enquiries.model import TRANSITIONS, Enquiry, EnquiryState
from casework.errors import CaseNotFoundError, ConsentRequiredError, InvalidFieldError, ReasonRequiredError
from casework.lookup import Lookup, LookupPolicy
from casework.notify.model import Channel, Group, Message
from casework.phones import read_phone
from casework.references import new_reference
from casework.timing import Clock
from casework.unit_of_work import Store, UnitOfWork, settled

PURPOSE = "enquiry"
_LONGEST_QUESTION = 2000
_REPLY = "reply"


class EnquiryService:
    """One per process."""

    def __init__(self, store: Store, clock: Clock, lookup: LookupPolicy | None = None, staff_email: str = "") -> None:
        self._store, self._clock, self._staff_email = store, clock, staff_email
        self._lookup = Lookup(store, clock, lookup)

    def submit(
        self,
        conversation_id: str,
        idempotency_key: str,
        question: str,
        person: Person | None = None,
        *,
        language: str = "zh",
        channel: str = "web",
        region: str = "",
    ) -> Enquiry:
        """Store the question, encrypted; the contact is optional. Idempotent per conversation and key.

        Raises ConsentRequiredError (a question may name people, so consent comes first even without
        contact), InvalidFieldError. The code to look it up with is in the result.
        """
        asked = question.strip()
        if not asked:
            raise InvalidFieldError("question", "missing")
        if len(asked) > _LONGEST_QUESTION:
            raise InvalidFieldError("question", "too_long")
        who = person or Person()
        read = read_phone(who.phone).phone if who.phone else None
        if who.phone and (read is None or read.e164 != who.phone):
            raise InvalidFieldError("phone", "not_e164")
        new = NewCase(
            kind=CaseKind.ENQUIRY,
            reference="",
            state=EnquiryState.OPEN.value,
            created_at=self._clock(),
            person=who,
            lookup_fact=who.phone[-4:] or f"{secrets.randbelow(10_000):04d}",
            conversation_id=conversation_id,
            idempotency_key=idempotency_key,
            region=region,
            language=language,
            channel=channel,
            sealed_facts={"question": asked},
        )
        return settled(lambda: self._submitted(new))

    def find(self, reference: str, code: str, *, caller: str) -> Enquiry:
        """The owner's enquiry with its replies. Raises CaseNotFoundError, TooManyAttemptsError."""
        case = self._lookup.open(CaseKind.ENQUIRY, reference, code, caller)
        with self._store(read_only=True) as unit:
            return _view(unit, case)

    def withdraw(self, reference: str, code: str, *, caller: str) -> Enquiry:
        """Take the question back. Raises what `find` raises, and ForbiddenTransitionError."""
        case = self._lookup.open(CaseKind.ENQUIRY, reference, code, caller)
        return self._step(case.reference, lambda unit, present: self._into(unit, present, EnquiryState.WITHDRAWN, "citizen"))

    def reply(self, reference: str, actor: str, text: str) -> Enquiry:
        """An officer answers; the citizen reads it by look-up, and by e-mail or Telegram if left.

        Raises ReasonRequiredError for an empty text, CaseNotFoundError, ForbiddenTransitionError.
        """
        if not text.strip():
            raise ReasonRequiredError("a reply needs a text")
        return self._step(reference, lambda unit, case: self._replied(unit, case, actor, text.strip()))

    def close(self, reference: str, actor: str, reason: str) -> Enquiry:
        """Close it for a written reason. Raises ReasonRequiredError, CaseNotFoundError."""
        if not reason.strip():
            raise ReasonRequiredError("closing an enquiry needs a written reason")
        return self._step(reference, lambda unit, case: self._into(unit, case, EnquiryState.CLOSED, actor, reason.strip()))

    def _submitted(self, new: NewCase) -> Enquiry:
        with self._store() as unit:
            existing = unit.cases.by_idempotency(new.conversation_id, new.idempotency_key)
            if existing is not None:
                return replace(_view(unit, existing), code=unit.cases.lookup_fact_of(existing))
            consent = self._consent(unit, new.conversation_id)
            reference = new_reference(CaseKind.ENQUIRY).text
            case = unit.cases.add(replace(new, reference=reference, consent=consent))
            unit.trail.record(AuditEntry(new.created_at, "citizen", "submitted", "", case.state), case)
            channel = Channel.EMAIL if self._staff_email else Channel.LOG
            unit.outbox.put(
                [
                    Message(
                        f"{reference}.staff",
                        channel,
                        Group.STAFF,
                        "staff_enquiry_submitted",
                        new.created_at,
                        self._staff_email,
                        {"reference": reference},
                    )
                ],
                case,
            )
            view = replace(_view(unit, case), code=new.lookup_fact)
            unit.commit()
        return view

    def _consent(self, unit: UnitOfWork, conversation_id: str) -> Consent:
        consent = unit.consents.of(conversation_id, PURPOSE)
        if consent is None:
            raise ConsentRequiredError("an enquiry needs consent first")
        return consent

    def _step(self, reference: str, change: Callable[[UnitOfWork, Case], Case]) -> Enquiry:
        def once() -> Enquiry:
            with self._store() as unit:
                view = _view(unit, change(unit, required_case(unit, reference, CaseKind.ENQUIRY)))
                unit.commit()
            return view

        return settled(once)

    def _replied(self, unit: UnitOfWork, case: Case, actor: str, text: str) -> Case:
        now = self._clock()
        changed = self._into(unit, case, EnquiryState.ANSWERED, actor)
        unit.trail.remark(changed, Remark(now, actor, _REPLY, text))
        facts = {"reference": case.reference, "reply": text}
        unit.outbox.put(
            [
                Message(
                    f"{case.reference}.reply.{changed.version}.{channel.value}",
                    channel,
                    Group.REPLY,
                    "enquiry_reply",
                    now,
                    address,
                    facts,
                    language=case.language,
                )
                for channel, address in reachable(case.person)
            ],
            changed,
        )
        return changed

    def _into(self, unit: UnitOfWork, case: Case, state: EnquiryState, actor: str, note: str = "") -> Case:
        TRANSITIONS.check(case.state, state.value)
        now: datetime = self._clock()
        final = TRANSITIONS.is_final(state.value)
        changed = unit.cases.change(case, state=state.value, at=now, closed=final)
        unit.trail.record(AuditEntry(now, actor, state.value, case.state, state.value, note), case)
        return changed


def _view(unit: UnitOfWork, case: Case) -> Enquiry:
    if case.erased:
        raise CaseNotFoundError("no case matches")
    replies = tuple(remark for remark in unit.trail.remarks_of(case) if remark.kind == _REPLY)
    question = str(case.sealed_facts.get("question", ""))
    return Enquiry(case.reference, EnquiryState(case.state), question, case.created_at, case.person, replies)
