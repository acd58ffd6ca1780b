"""Everything about one person: as an export, or erased. Both are audited without naming the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.cases import AuditEntry, Case, CaseKind
from casework.errors import CaseNotFoundError
from casework.phones import read_phone
from casework.references import parse_reference
from casework.timing import Clock
from casework.unit_of_work import Store, UnitOfWork, settled

#: What a case that was still open becomes when its person is erased.
_ENDED = {CaseKind.CONSULTATION: "cancelled", CaseKind.INTAKE: "withdrawn", CaseKind.ENQUIRY: "withdrawn"}


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased. `conversation_ids` are for the dialogue's own tracker, which is not kept here."""

    references: tuple[str, ...]
    gaps: int
    feedback: int
    conversation_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long things are kept; cases count from when they were closed or, if never, last changed."""

    cases: timedelta = timedelta(days=365)
    gaps: timedelta = timedelta(days=90)
    feedback: timedelta = timedelta(days=365)
    attempts: timedelta = timedelta(days=1)
    settled_messages: timedelta = timedelta(days=30)
    tallies: timedelta = timedelta(days=800)


class Privacy:
    """For `zhiwen privacy export|erase`: a person is named by a reference and the phone of that case (or its
    code, for an enquiry without phone)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def export(self, reference: str, phone_or_code: str, actor: str) -> dict[str, Any]:
        """All data of this person as JSON-able values. Raises CaseNotFoundError."""
        with self._store() as unit:
            cases = self._cases_of(unit, reference, phone_or_code)
            data = {"cases": [_exported(unit, case) for case in cases]}
            self._audit(unit, actor, "privacy_export", cases)
            unit.commit()
        return data

    def erase(self, reference: str, phone_or_code: str, actor: str) -> Erasure:
        """Erase this person for good; coming appointments are given back. Raises CaseNotFoundError."""
        return settled(lambda: self._erased(reference, phone_or_code, actor))

    def _erased(self, reference: str, phone_or_code: str, actor: str) -> Erasure:
        now = self._clock()
        with self._store() as unit:
            cases = self._cases_of(unit, reference, phone_or_code)
            conversations = tuple({case.conversation_id for case in cases if case.conversation_id})
            for case in cases:
                erase_case(unit, case, now)
            for conversation in conversations:
                unit.drafts.drop_of(conversation)
                unit.consents.withdraw(conversation, now)
                unit.seats.release_hold(conversation)
            gaps = unit.gaps.drop_of(conversations)
            feedback = unit.feedbacks.drop_of(conversations)
            self._audit(unit, actor, "privacy_erase", cases)
            unit.commit()
        return Erasure(tuple(case.reference for case in cases), gaps, feedback, conversations)

    def _cases_of(self, unit: UnitOfWork, reference: str, phone_or_code: str) -> list[Case]:
        parsed = parse_reference(reference)
        phone = read_phone(phone_or_code).phone
        fact = phone.last4 if phone else phone_or_code.strip()
        case = unit.cases.by_lookup(parsed.text, fact) if parsed else None
        if case is None or (phone is not None and case.person.phone != phone.e164):
            raise CaseNotFoundError("no case matches")
        same_phone = unit.cases.of_phone(case.person.phone) if case.person.phone else []
        # A shared device may have served somebody else: their cases carry another phone and stay out.
        same_conversation = [
            found for found in unit.cases.of_conversation(case.conversation_id) if found.person.phone in ("", case.person.phone)
        ]
        return list({found.id: found for found in [case, *same_phone, *same_conversation]}.values())

    def _audit(self, unit: UnitOfWork, actor: str, action: str, cases: Sequence[Case]) -> None:
        for case in cases:
            unit.trail.record(AuditEntry(self._clock(), actor, action, case.state, case.state), case)


class Retention:
    """The daily job: what is older than the policy allows goes."""

    def __init__(self, store: Store, clock: Clock, policy: RetentionPolicy | None = None) -> None:
        self._store, self._clock, self._policy = store, clock, policy or RetentionPolicy()

    def run(self) -> dict[str, int]:
        """Returns how much of each kind was removed. Safe to run at any time, also twice at once."""
        now, keep = self._clock(), self._policy
        with self._store() as unit:
            done = {
                "drafts": unit.drafts.drop_expired(now),
                "holds": unit.seats.drop_expired(now),
                "gaps": unit.gaps.drop_before(now - keep.gaps),
                "feedback": unit.feedbacks.drop_before(now - keep.feedback),
                "attempts": unit.attempts.drop_before(now - keep.attempts),
                "messages": unit.outbox.drop_settled_before(now - keep.settled_messages),
                "tallies": unit.tallies.drop_before((now - keep.tallies).date()),
            }
            unit.commit()
        return {**done, "cases": self._erase_old_cases(now)}

    def _erase_old_cases(self, now: datetime) -> int:
        erased = 0
        while True:
            with self._store() as unit:
                cases = unit.cases.untouched_since(now - self._policy.cases)
                for case in cases:
                    erase_case(unit, case, now)
                    unit.trail.record(AuditEntry(now, "retention", "erased", case.state, case.state), case)
                unit.commit()
            if not cases:
                return erased
            erased += len(cases)


def erase_case(unit: UnitOfWork, case: Case, now: datetime) -> None:
    """Remove everything personal of one case; its seat, if it has a coming one, becomes free."""
    if case.erased:
        return
    if case.kind is CaseKind.CONSULTATION:
        unit.seats.release(case)
    if case.closed_at is None:
        case = unit.cases.change(case, state=_ENDED[case.kind], at=now, closed=True)
    unit.cases.erase(case, now)


def _exported(unit: UnitOfWork, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {
        "reference": case.reference,
        "kind": case.kind.value,
        "state": case.state,
        "created_at": case.created_at.isoformat(),
        "person": asdict(case.person),
        "facts": {**case.facts, **case.sealed_facts},
        "channel": case.channel,
        "language": case.language,
        "remarks": [{"at": r.at.isoformat(), "author": r.author, "kind": r.kind, "text": r.text} for r in unit.trail.remarks_of(case)],
        "trail": [
            {"at": e.at.isoformat(), "actor": e.actor, "action": e.action, "to": e.to_state, "note": e.note}
            for e in unit.trail.of_case(case)
        ],
    }
    consent = unit.consents.of_case(case)
    if consent is not None:
        found["consent"] = {**asdict(consent), "given_at": consent.given_at.isoformat()}
    if case.kind is CaseKind.CONSULTATION:
        place = unit.appointments.of(case)
        found["appointment"] = {
            "start": place.start.isoformat(),
            "station": place.station_id,
            "mode": place.mode.value,
        }
    return found
