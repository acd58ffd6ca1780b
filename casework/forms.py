"""What every form shares: consent before the first personal field, and drafts that survive a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casework.cases import Consent, Draft
from casework.errors import ConsentRequiredError
from casework.timing import Clock
from casework.unit_of_work import Store

#: Fields that tell who somebody is; none of them is stored without consent.
PERSONAL_FIELDS = frozenset({"name", "phone", "email", "telegram_chat", "contact", "address", "company", "credit_code"})


@dataclass(frozen=True, slots=True)
class FormPolicy:
    """How long a draft waits for its owner."""

    draft_lifetime: timedelta = timedelta(days=1)


class Forms:
    """Consent and drafts of one conversation; `purpose` is the kind of case the form leads to."""

    def __init__(self, store: Store, clock: Clock, policy: FormPolicy | None = None) -> None:
        self._store, self._clock, self._policy = store, clock, policy or FormPolicy()

    def record_consent(self, conversation_id: str, consent: Consent) -> None:
        """Store that consent was given: text version, operator, time, purpose."""
        with self._store() as unit:
            unit.consents.give(conversation_id, consent)
            unit.commit()

    def consent_of(self, conversation_id: str, purpose: str) -> Consent | None:
        """The consent given in this conversation for this purpose, if any."""
        with self._store(read_only=True) as unit:
            return unit.consents.of(conversation_id, purpose)

    def withdraw_consent(self, conversation_id: str) -> None:
        """Take consent back: drafts are forgotten, no new case may rest on it."""
        with self._store() as unit:
            unit.consents.withdraw(conversation_id, self._clock())
            unit.drafts.drop_of(conversation_id)
            unit.commit()

    def save_draft(self, conversation_id: str, form: str, fields: Mapping[str, Any], purpose: str) -> Draft:
        """Store a half-filled form (JSON-able, encrypted). Raises ConsentRequiredError for personal fields
        without consent."""
        now = self._clock()
        draft = Draft(conversation_id, form, fields, now, now + self._policy.draft_lifetime)
        personal = any(fields.get(name) for name in PERSONAL_FIELDS)
        with self._store() as unit:
            if personal and unit.consents.of(conversation_id, purpose) is None:
                raise ConsentRequiredError("a draft with personal fields needs consent first")
            unit.drafts.save(draft)
            unit.commit()
        return draft

    def load_draft(self, conversation_id: str, form: str) -> Draft | None:
        """The draft, unless it expired."""
        with self._store(read_only=True) as unit:
            return unit.drafts.load(conversation_id, form, self._clock())

    def drop_draft(self, conversation_id: str, form: str) -> None:
        """Forget the draft."""
        with self._store() as unit:
            unit.drafts.drop(conversation_id, form)
            unit.commit()
