"""What officers see of cases of every kind: lists and exports, masked unless a written reason is recorded."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casework.cases import AuditEntry, Case, CaseFilter, CaseKind, Person, Remark
from casework.errors import CaseNotFoundError, ReasonRequiredError
from casework.masking import mask_email, mask_name
from casework.notify.model import Message
from casework.phones import mask_phone
from casework.references import parse_reference
from casework.timing import SHANGHAI, Clock
from casework.unit_of_work import Store, UnitOfWork

COLUMNS = (
    "reference",
    "kind",
    "state",
    "region",
    "channel",
    "language",
    "created_at",
    "updated_at",
    "name",
    "phone",
    "email",
    "starts_at",
    "station",
    "mode",
    "right",
    "text",
)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with everything attached. `masked` says whether person and texts are."""

    case: Case
    person: Person
    trail: tuple[AuditEntry, ...]
    remarks: tuple[Remark, ...]
    pending: tuple[Message, ...]
    facts: Mapping[str, Any]
    masked: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to be printed or exported; every cell is text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def csv(self) -> bytes:
        """CSV that spreadsheet programs read as UTF-8; formulas are defused."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows([_defused(cell) for cell in row] for row in self.rows)
        return text.getvalue().encode("utf-8-sig")

    def xlsx(self) -> bytes:
        """The same as a workbook; every cell is text, so no formula is run."""
        from openpyxl import Workbook  # slow to import, and only exports need it

        book = Workbook(write_only=True)
        sheet = book.create_sheet("cases")
        sheet.append(list(self.columns))
        for row in self.rows:
            sheet.append([_defused(cell) for cell in row])
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()


class CaseOffice:
    """Reading cases. `unmask_reason` is recorded in the audit trail of every case that it opens."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def listed(self, narrowed: CaseFilter, actor: str, unmask_reason: str | None = None) -> Table:
        """Cases as rows of `COLUMNS`, newest first. Raises ReasonRequiredError for an empty reason."""
        with self._store(read_only=unmask_reason is None) as unit:
            cases = unit.cases.select(narrowed)
            if unmask_reason is not None:
                for case in cases:
                    self._unmask(unit, case, actor, unmask_reason)
            rows = tuple(_row(unit, case, masked=unmask_reason is None) for case in cases)
            unit.commit()
        return Table(COLUMNS, rows)

    def file(self, reference: str, actor: str, unmask_reason: str | None = None) -> CaseFile:
        """One case in full. Raises CaseNotFoundError, ReasonRequiredError for an empty reason."""
        with self._store(read_only=unmask_reason is None) as unit:
            case = self._required(unit, reference)
            masked = unmask_reason is None
            if unmask_reason is not None:
                self._unmask(unit, case, actor, unmask_reason)
            entries = tuple(_entry(e, masked) for e in unit.trail.of_case(case))
            remarks = tuple(_remark(r, masked) for r in unit.trail.remarks_of(case))
            found = CaseFile(
                case=replace(case, person=_person(case.person, masked), sealed_facts={}, conversation_id=""),
                person=_person(case.person, masked),
                trail=entries,
                remarks=remarks,
                pending=tuple(replace(m, address="", facts={}) for m in unit.outbox.pending_of(case)),
                facts={} if masked else case.sealed_facts,
                masked=masked,
            )
            unit.commit()
        return found

    def note(self, reference: str, actor: str, text: str) -> None:
        """Attach an officer's note, encrypted. Raises CaseNotFoundError, ReasonRequiredError if empty."""
        if not text.strip():
            raise ReasonRequiredError("a note needs a text")
        now = self._clock()
        with self._store() as unit:
            case = self._required(unit, reference)
            unit.trail.remark(case, Remark(now, actor, "note", text.strip()))
            unit.trail.record(AuditEntry(now, actor, "noted", case.state, case.state), case)
            unit.commit()

    def _required(self, unit: UnitOfWork, reference: str) -> Case:
        parsed = parse_reference(reference)
        case = unit.cases.by_reference(parsed.text) if parsed else None
        if case is None:
            raise CaseNotFoundError("no such case")
        return case

    def _unmask(self, unit: UnitOfWork, case: Case, actor: str, reason: str) -> None:
        if not reason.strip():
            raise ReasonRequiredError("showing personal data needs a written reason")
        entry = AuditEntry(self._clock(), actor, "unmasked", case.state, case.state, reason.strip())
        unit.trail.record(entry, case)


def _row(unit: UnitOfWork, case: Case, *, masked: bool) -> tuple[str, ...]:
    person = _person(case.person, masked)
    place = unit.appointments.of(case) if case.kind is CaseKind.CONSULTATION else None
    text = "" if masked else str(case.sealed_facts.get("problem") or case.sealed_facts.get("question") or "")
    return (
        case.reference,
        case.kind.value,
        case.state,
        case.region,
        case.channel,
        case.language,
        _local(case.created_at),
        _local(case.updated_at),
        person.name,
        person.phone,
        person.email,
        _local(place.start) if place else "",
        place.station_id if place else "",
        place.mode.value if place else "",
        place.right.value if place else "",
        text,
    )


def _person(person: Person, masked: bool) -> Person:
    if not masked:
        return person
    return Person(
        mask_name(person.name),
        mask_phone(person.phone),
        mask_email(person.email),
        "***" if person.telegram_chat else "",
    )


def _entry(entry: AuditEntry, masked: bool) -> AuditEntry:
    return replace(entry, note="***" if entry.note else "") if masked else entry


def _remark(remark: Remark, masked: bool) -> Remark:
    return replace(remark, text="***") if masked else remark


def _local(instant: Any) -> str:
    return str(instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))


def _defused(cell: str) -> str:
    # A cell that begins like a formula would be run by the spreadsheet program.
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def exported(table: Table, kind: str) -> bytes:
    """`csv` or `xlsx`. Raises KeyError for another kind."""
    return {"csv": table.csv, "xlsx": table.xlsx}[kind]()


def narrowed_by(kinds: Sequence[str] = (), states: Sequence[str] = (), region: str = "") -> CaseFilter:
    """A filter from command-line words. Raises ValueError for an unknown kind."""
    return CaseFilter(tuple(CaseKind(kind) for kind in kinds), tuple(states), region)
