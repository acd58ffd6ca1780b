"""The store of cases, whatever their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from casework.cases import Case, CaseFilter, CaseKind, NewCase, Person
from casework.errors import ConflictError
from storage import sealing, tables
from storage.encryption import Keyring

_CASES, _APPOINTMENTS = tables.cases, tables.appointments


class SqlCases:
    """`casework.cases.Cases` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def add(self, case: NewCase) -> Case:
        """Store a case with its consent. Raises ConflictError where idempotency key or reference exists."""
        conversation = self._keyring.digest(case.conversation_id, sealing.CONVERSATION)
        statement = _CASES.insert().values(
            kind=case.kind.value,
            reference=case.reference,
            state=case.state,
            region=case.region,
            language=case.language,
            channel=case.channel,
            created_at=case.created_at,
            updated_at=case.created_at,
            version=1,
            facts=dict(case.facts),
            sealed=sealing.sealed_json(self._keyring, _inside(case)),
            conversation_digest=conversation,
            idempotency_digest=self._idempotency(case.conversation_id, case.idempotency_key),
            lookup_digest=self._keyring.digest(sealing.lookup_value(case.reference, case.lookup_fact), sealing.LOOKUP),
            phone_digest=self._phone(case.person),
        )
        try:
            case_id = self._connection.execute(statement).inserted_primary_key[0]
        except IntegrityError:
            # `from None`: the driver's error repeats the row.
            raise ConflictError("this reference or idempotency key exists already") from None
        if case.consent is not None:
            self._connection.execute(
                tables.consents.insert().values(
                    case_id=case_id,
                    conversation_digest=conversation,
                    purpose=case.consent.purpose,
                    text_version=case.consent.text_version,
                    operator=case.consent.operator,
                    given_at=case.consent.given_at,
                )
            )
        return _stored(int(case_id), case)

    def by_idempotency(self, conversation_id: str, key: str) -> Case | None:
        """The case that this conversation already made with this key."""
        value = sealing.idempotency_value(conversation_id, key)
        return self._one(_CASES.c.idempotency_digest.in_(self._keyring.digests(value, sealing.IDEMPOTENCY)))

    def by_lookup(self, reference: str, fact: str) -> Case | None:
        """The case that both open together."""
        digests = self._keyring.digests(sealing.lookup_value(reference, fact), sealing.LOOKUP)
        return self._one(_CASES.c.lookup_digest.in_(digests))

    def lookup_fact_of(self, case: Case) -> str:
        """The one fact that opens it; empty once erased."""
        token = self._connection.execute(sa.select(_CASES.c.sealed).where(_CASES.c.id == case.id)).scalar()
        return str(sealing.opened_json(self._keyring, token).get("lookup", ""))

    def by_reference(self, reference: str) -> Case | None:
        """The case with this reference."""
        return self._one(_CASES.c.reference == reference)

    def by_id(self, case_id: int) -> Case | None:
        """The case with this row id."""
        return self._one(_CASES.c.id == case_id)

    def of_phone(self, phone: str) -> list[Case]:
        """All cases of one E.164 number, newest first."""
        return self._many(_CASES.c.phone_digest.in_(self._keyring.digests(phone, sealing.PHONE)))

    def of_conversation(self, conversation_id: str) -> list[Case]:
        """All cases of one conversation, newest first."""
        digests = self._keyring.digests(conversation_id, sealing.CONVERSATION)
        return self._many(_CASES.c.conversation_digest.in_(digests))

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
        """Write a new state and facts. Raises ConflictError if the case changed since it was read."""
        values: dict[str, Any] = {"state": state, "updated_at": at, "version": case.version + 1}
        if closed:
            values["closed_at"] = at
        if facts is not None:
            values["facts"] = dict(facts)
        if sealed_facts is not None:
            values["sealed"] = self._with_facts(case, sealed_facts)
        unchanged = sa.and_(_CASES.c.id == case.id, _CASES.c.version == case.version)
        if self._connection.execute(_CASES.update().where(unchanged).values(**values)).rowcount != 1:
            raise ConflictError(f"case {case.reference} was changed by somebody else meanwhile")
        stored = self._one(_CASES.c.id == case.id)
        assert stored is not None  # updated in this transaction
        return stored

    def select(self, narrowed: CaseFilter) -> list[Case]:
        """Cases by kind, state, region and time, newest first."""
        clauses = _clauses(narrowed)
        return self._many(*clauses, limit=narrowed.limit, offset=narrowed.offset)

    def untouched_since(self, instant: datetime, limit: int = 500) -> list[Case]:
        """Not yet erased cases that were closed or (never closed) last changed before `instant`."""
        last = sa.func.coalesce(_CASES.c.closed_at, _CASES.c.updated_at)
        return self._many(sa.type_coerce(last, tables.Instant) < instant, _CASES.c.erased_at.is_(None), limit=limit)

    def erase(self, case: Case, at: datetime) -> None:
        """Remove person, facts, remarks, notes, queued messages and every digest; the shell stays."""
        run, of_case = self._connection.execute, case.id
        run(
            _CASES.update()
            .where(_CASES.c.id == of_case)
            .values(
                sealed=None,
                facts={},
                erased_at=at,
                updated_at=at,
                version=case.version + 1,
                closed_at=case.closed_at or at,
                conversation_digest=None,
                idempotency_digest=None,
                lookup_digest=None,
                phone_digest=None,
            )
        )
        run(tables.remarks.delete().where(tables.remarks.c.case_id == of_case))
        run(tables.audit.update().where(tables.audit.c.case_id == of_case).values(sealed_note=None))
        run(tables.outbox.delete().where(tables.outbox.c.case_id == of_case))
        run(
            tables.appointments.update()
            .where(tables.appointments.c.case_id == of_case)
            .values(
                sealed_token="",
                token_digest=f"erased-{of_case}",
            )
        )
        run(
            tables.consents.update()
            .where(tables.consents.c.case_id == of_case)
            .values(
                conversation_digest=f"erased-{of_case}",
            )
        )

    def _with_facts(self, case: Case, facts: Mapping[str, Any]) -> str:
        token = self._connection.execute(sa.select(_CASES.c.sealed).where(_CASES.c.id == case.id)).scalar()
        inside = sealing.opened_json(self._keyring, token)
        return sealing.sealed_json(self._keyring, {**inside, "facts": dict(facts)})

    def _idempotency(self, conversation_id: str, key: str) -> str:
        return self._keyring.digest(sealing.idempotency_value(conversation_id, key), sealing.IDEMPOTENCY)

    def _phone(self, person: Person) -> str | None:
        return self._keyring.digest(person.phone, sealing.PHONE) if person.phone else None

    def _one(self, clause: Any) -> Case | None:
        row = self._connection.execute(_CASES.select().where(clause)).first()
        return None if row is None else self._read(row)

    def _many(self, *clauses: Any, limit: int | None = None, offset: int = 0) -> list[Case]:
        statement = _CASES.select().where(*clauses) if clauses else _CASES.select()
        ordered = statement.order_by(_CASES.c.created_at.desc(), _CASES.c.id.desc())
        rows: Sequence[Row] = self._connection.execute(ordered.limit(limit).offset(offset)).all()
        return [self._read(row) for row in rows]

    def _read(self, row: Row) -> Case:
        inside = sealing.opened_json(self._keyring, row.sealed)
        return Case(
            id=row.id,
            kind=CaseKind(row.kind),
            reference=row.reference,
            state=row.state,
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
            person=Person(**inside.get("person", {})),
            conversation_id=inside.get("conversation", ""),
            region=row.region,
            language=row.language,
            channel=row.channel,
            facts=row.facts,
            sealed_facts=inside.get("facts", {}),
            erased=row.erased_at is not None,
            closed_at=row.closed_at,
        )


def _clauses(narrowed: CaseFilter) -> list[Any]:
    columns, clauses = _CASES.c, []
    if narrowed.kinds:
        clauses.append(columns.kind.in_([kind.value for kind in narrowed.kinds]))
    if narrowed.states:
        clauses.append(columns.state.in_(list(narrowed.states)))
    if narrowed.region:
        clauses.append(columns.region == narrowed.region)
    clauses += _within(columns.created_at, narrowed.created_from, narrowed.created_until)
    places = _APPOINTMENTS.c
    there = _within(places.starts_at, narrowed.starts_from, narrowed.starts_until)
    if narrowed.station_id:
        there.append(places.station_id == narrowed.station_id)
    if there:
        clauses.append(columns.id.in_(sa.select(places.case_id).where(*there)))
    return clauses


def _within(column: Any, start: datetime | None, until: datetime | None) -> list[Any]:
    return [clause for clause in (start and column >= start, until and column < until) if clause is not None]


def _stored(case_id: int, case: NewCase) -> Case:
    return Case(
        id=case_id,
        kind=case.kind,
        reference=case.reference,
        state=case.state,
        created_at=case.created_at,
        updated_at=case.created_at,
        version=1,
        person=case.person,
        conversation_id=case.conversation_id,
        region=case.region,
        language=case.language,
        channel=case.channel,
        facts=case.facts,
        sealed_facts=case.sealed_facts,
    )


def _inside(case: NewCase) -> dict[str, Any]:
    # The look-up fact is kept too: a change of key has to make its digest anew.
    return {
        "person": asdict(case.person),
        "facts": dict(case.sealed_facts),
        "conversation": case.conversation_id,
        "lookup": case.lookup_fact,
    }
