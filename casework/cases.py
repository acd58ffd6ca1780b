"""What every case has in common, whatever its kind: states, persons, consent, audit, and their stores.

A case is what the office keeps and works on: a consultation, an intake or an enquiry. Personal data
(`Person`, `sealed_facts`, notes) is encrypted by the store; everything else is plain and must hold no
personal data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from casework.errors import ForbiddenTransitionError


class CaseKind(str, Enum):
    """The kinds of case; the value is what the database stores."""

    CONSULTATION = "consultation"
    INTAKE = "intake"
    ENQUIRY = "enquiry"


@dataclass(frozen=True, slots=True)
class Transitions:
    """The allowed moves between states of one kind of case; a state without an entry is final."""

    kind: CaseKind
    initial: frozenset[str]
    allowed: Mapping[str, frozenset[str]]

    def check(self, current: str, wanted: str) -> None:
        """Raise ForbiddenTransitionError unless `current` may become `wanted`."""
        targets = self.allowed.get(current, frozenset())
        if wanted not in targets:
            raise ForbiddenTransitionError(current, wanted, tuple(sorted(targets)))

    def is_final(self, state: str) -> bool:
        """Whether a case in this state stays as it is."""
        return not self.allowed.get(state)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asked. `phone` is E.164 (`+8613800138000`); every field may be empty but is never guessed."""

    name: str = ""
    phone: str = ""
    email: str = ""
    telegram_chat: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent as it was given: which text, whose, for what, and when (aware)."""

    text_version: str
    operator: str
    given_at: datetime
    purpose: str = "consultation"


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be stored.

    `lookup_fact` is the one fact that opens it together with the reference (last four digits of the
    phone, or a code that was handed out); it is stored only as a keyed digest. `sealed_facts` is JSON-able
    and encrypted; `facts` is JSON-able, plain, and free of personal data.
    """

    kind: CaseKind
    reference: str
    state: str
    created_at: datetime
    person: Person
    lookup_fact: str
    conversation_id: str
    idempotency_key: str
    consent: Consent | None = None
    region: str = ""
    language: str = "zh"
    channel: str = "web"
    facts: Mapping[str, Any] = field(default_factory=dict)
    sealed_facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A stored case. `version` grows with each change; `erased` cases have an empty person and facts."""

    id: int
    kind: CaseKind
    reference: str
    state: str
    created_at: datetime
    updated_at: datetime
    version: int
    person: Person
    conversation_id: str
    region: str
    language: str
    channel: str
    facts: Mapping[str, Any]
    sealed_facts: Mapping[str, Any]
    erased: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail. `note` (reasons, remarks) is encrypted at rest."""

    at: datetime
    actor: str
    action: str
    from_state: str = ""
    to_state: str = ""
    note: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """One text attached to a case: a citizen's question, an officer's reply or a hand-over note."""

    at: datetime
    author: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What an officer's list is narrowed by; an empty field does not narrow. Times are half-open.

    `starts_…` and `station_id` leave consultations only.
    """

    kinds: Sequence[CaseKind] = ()
    states: Sequence[str] = ()
    region: str = ""
    created_from: datetime | None = None
    created_until: datetime | None = None
    starts_from: datetime | None = None
    starts_until: datetime | None = None
    station_id: str = ""
    limit: int = 200
    offset: int = 0


class Cases(Protocol):
    """The store of cases inside one unit of work."""

    def add(self, case: NewCase) -> Case:
        """Store it with its consent. Raises ConflictError where the idempotency key or reference exists."""

    def by_idempotency(self, conversation_id: str, key: str) -> Case | None:
        """The case that this conversation already made with this key."""

    def by_lookup(self, reference: str, fact: str) -> Case | None:
        """The case that both open together; None for a wrong reference and for a wrong fact alike."""

    def by_id(self, case_id: int) -> Case | None: ...

    def lookup_fact_of(self, case: Case) -> str:
        """The one fact that opens it, to be said again to whoever made it; empty once erased."""

    def by_reference(self, reference: str) -> Case | None:
        """For officers, who need no second fact."""

    def of_phone(self, phone: str) -> list[Case]:
        """All cases of one E.164 phone number, newest first."""

    def of_conversation(self, conversation_id: str) -> list[Case]:
        """All cases that one conversation made, newest first."""

    def change(
        self,
        case: Case,
        *,
        state: str,
        at: datetime,
        closed: bool = False,
        sealed_facts: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Case:
        """Write a new state (and facts). Raises ConflictError if the case changed since it was read."""

    def select(self, narrowed: CaseFilter) -> list[Case]:
        """Newest first."""

    def untouched_since(self, instant: datetime, limit: int = 500) -> list[Case]:
        """Cases not erased yet that were closed or (never closed) last changed before `instant`."""

    def erase(self, case: Case, at: datetime) -> None:
        """Remove person, facts, remarks and audit notes for good; the empty shell stays for statistics."""


class Trail(Protocol):
    """Audit entries and remarks inside one unit of work."""

    def record(self, entry: AuditEntry, case: Case | None = None) -> None: ...

    def of_case(self, case: Case) -> list[AuditEntry]: ...

    def of_subject(self, subject: str) -> list[AuditEntry]: ...

    def remark(self, case: Case, remark: Remark) -> None: ...

    def remarks_of(self, case: Case) -> list[Remark]: ...


class Consents(Protocol):
    """Consent given in a conversation, before the case exists."""

    def give(self, conversation_id: str, consent: Consent) -> None: ...

    def of(self, conversation_id: str, purpose: str) -> Consent | None: ...

    def of_case(self, case: Case) -> Consent | None: ...

    def withdraw(self, conversation_id: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form has collected so far. `fields` is JSON-able and encrypted at rest."""

    conversation_id: str
    form: str
    fields: Mapping[str, Any]
    saved_at: datetime
    expires_at: datetime


class Drafts(Protocol):
    """Half-filled forms; one per conversation and form."""

    def save(self, draft: Draft) -> None: ...

    def load(self, conversation_id: str, form: str, now: datetime) -> Draft | None: ...

    def drop(self, conversation_id: str, form: str) -> None: ...

    def drop_expired(self, now: datetime) -> int: ...

    def drop_of(self, conversation_id: str) -> int: ...


class Attempts(Protocol):
    """Counts wrong look-ups per scope (a reference, or whoever asks); scopes are stored as digests."""

    def add(self, scope: str, at: datetime) -> int:
        """Count one; returns its number."""

    def take_back(self, numbers: Sequence[int]) -> None: ...

    def since(self, scope: str, since: datetime) -> list[datetime]:
        """The instants of the attempts at or after `since`, oldest first."""

    def drop_before(self, instant: datetime) -> int: ...
