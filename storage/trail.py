"""Audit entries, remarks, consent, drafts and look-up attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from casework.cases import AuditEntry, Case, Consent, Draft, Remark
from storage import sealing, tables
from storage.encryption import Keyring

_AUDIT, _REMARKS, _CONSENTS = tables.audit, tables.remarks, tables.consents
_DRAFTS, _ATTEMPTS = tables.drafts, tables.attempts


class SqlTrail:
    """`casework.cases.Trail` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def record(self, entry: AuditEntry, case: Case | None = None) -> None:
        """Add an audit entry; its note is sealed."""
        self._connection.execute(
            _AUDIT.insert().values(
                case_id=case.id if case else None,
                at=entry.at,
                actor=entry.actor[:64],
                action=entry.action,
                from_state=entry.from_state,
                to_state=entry.to_state,
                subject=entry.subject[:64],
                sealed_note=self._keyring.seal(entry.note) if entry.note else None,
            )
        )

    def of_case(self, case: Case) -> list[AuditEntry]:
        """The entries of a case, oldest first."""
        return self._entries(_AUDIT.c.case_id == case.id)

    def of_subject(self, subject: str) -> list[AuditEntry]:
        """Entries about something that is no case (a switch, a privacy request), oldest first."""
        return self._entries(_AUDIT.c.subject == subject)

    def remark(self, case: Case, remark: Remark) -> None:
        """Attach a text to a case, sealed."""
        self._connection.execute(
            _REMARKS.insert().values(
                case_id=case.id,
                at=remark.at,
                author=remark.author[:64],
                kind=remark.kind,
                sealed_text=self._keyring.seal(remark.text),
            )
        )

    def remarks_of(self, case: Case) -> list[Remark]:
        """The texts of a case, oldest first."""
        rows = self._connection.execute(_REMARKS.select().where(_REMARKS.c.case_id == case.id).order_by(_REMARKS.c.id))
        return [Remark(row.at, row.author, row.kind, self._keyring.open(row.sealed_text)) for row in rows]

    def _entries(self, clause: Any) -> list[AuditEntry]:
        rows = self._connection.execute(_AUDIT.select().where(clause).order_by(_AUDIT.c.id))
        return [
            AuditEntry(
                row.at,
                row.actor,
                row.action,
                row.from_state,
                row.to_state,
                self._keyring.open(row.sealed_note) if row.sealed_note else "",
                row.subject,
            )
            for row in rows
        ]


class SqlConsents:
    """`casework.cases.Consents` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def give(self, conversation_id: str, consent: Consent) -> None:
        """Record consent given in a conversation."""
        self._connection.execute(
            _CONSENTS.insert().values(
                conversation_digest=self._keyring.digest(conversation_id, sealing.CONVERSATION),
                purpose=consent.purpose,
                text_version=consent.text_version,
                operator=consent.operator,
                given_at=consent.given_at,
            )
        )

    def of(self, conversation_id: str, purpose: str) -> Consent | None:
        """The newest consent of a conversation for a purpose that was not withdrawn."""
        clause = sa.and_(self._in(conversation_id), _CONSENTS.c.purpose == purpose, _CONSENTS.c.withdrawn_at.is_(None))
        row = self._connection.execute(_CONSENTS.select().where(clause).order_by(_CONSENTS.c.id.desc())).first()
        return None if row is None else Consent(row.text_version, row.operator, row.given_at, row.purpose)

    def of_case(self, case: Case) -> Consent | None:
        """The consent a case was stored with."""
        row = self._connection.execute(_CONSENTS.select().where(_CONSENTS.c.case_id == case.id)).first()
        return None if row is None else Consent(row.text_version, row.operator, row.given_at, row.purpose)

    def withdraw(self, conversation_id: str, at: datetime) -> None:
        """No new case may rest on this conversation's consent."""
        self._connection.execute(_CONSENTS.update().where(self._in(conversation_id)).values(withdrawn_at=at))

    def _in(self, conversation_id: str) -> Any:
        return _CONSENTS.c.conversation_digest.in_(self._keyring.digests(conversation_id, sealing.CONVERSATION))


class SqlDrafts:
    """`casework.cases.Drafts` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def save(self, draft: Draft) -> None:
        """Replace the draft of this conversation and form."""
        self.drop(draft.conversation_id, draft.form)
        self._connection.execute(
            _DRAFTS.insert().values(
                conversation_digest=self._keyring.digest(draft.conversation_id, sealing.CONVERSATION),
                form=draft.form,
                sealed_fields=sealing.sealed_json(self._keyring, draft.fields),
                saved_at=draft.saved_at,
                expires_at=draft.expires_at,
            )
        )

    def load(self, conversation_id: str, form: str, now: datetime) -> Draft | None:
        """The draft, unless it expired."""
        row = self._connection.execute(_DRAFTS.select().where(self._key(conversation_id, form), _DRAFTS.c.expires_at > now)).first()
        if row is None:
            return None
        fields = sealing.opened_json(self._keyring, row.sealed_fields)
        return Draft(conversation_id, form, fields, row.saved_at, row.expires_at)

    def drop(self, conversation_id: str, form: str) -> None:
        """Forget a draft."""
        self._connection.execute(_DRAFTS.delete().where(self._key(conversation_id, form)))

    def drop_expired(self, now: datetime) -> int:
        """Forget all that expired; returns how many."""
        return int(self._connection.execute(_DRAFTS.delete().where(_DRAFTS.c.expires_at <= now)).rowcount)

    def drop_of(self, conversation_id: str) -> int:
        """Forget all drafts of a conversation; returns how many."""
        digests = self._keyring.digests(conversation_id, sealing.CONVERSATION)
        clause = _DRAFTS.c.conversation_digest.in_(digests)
        return int(self._connection.execute(_DRAFTS.delete().where(clause)).rowcount)

    def _key(self, conversation_id: str, form: str) -> Any:
        digests = self._keyring.digests(conversation_id, sealing.CONVERSATION)
        return sa.and_(_DRAFTS.c.conversation_digest.in_(digests), _DRAFTS.c.form == form)


class SqlAttempts:
    """`casework.cases.Attempts` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def add(self, scope: str, at: datetime) -> int:
        """Count one look-up; returns its number."""
        digest = self._keyring.digest(scope, sealing.SCOPE)
        done = self._connection.execute(_ATTEMPTS.insert().values(scope_digest=digest, at=at))
        return int(done.inserted_primary_key[0])

    def take_back(self, numbers: Sequence[int]) -> None:
        """The look-ups were right after all."""
        self._connection.execute(_ATTEMPTS.delete().where(_ATTEMPTS.c.id.in_(list(numbers))))

    def since(self, scope: str, since: datetime) -> list[datetime]:
        """The instants at or after `since`, oldest first."""
        clause = _ATTEMPTS.c.scope_digest.in_(self._keyring.digests(scope, sealing.SCOPE))
        rows = self._connection.execute(sa.select(_ATTEMPTS.c.at).where(clause, _ATTEMPTS.c.at >= since).order_by(_ATTEMPTS.c.at))
        return [row.at for row in rows]

    def drop_before(self, instant: datetime) -> int:
        """Forget old attempts; returns how many."""
        return int(self._connection.execute(_ATTEMPTS.delete().where(_ATTEMPTS.c.at < instant)).rowcount)
