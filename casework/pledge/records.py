"""An intake as the store keeps it: what may lie open (`facts`), what is sealed, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.cases import Case, Remark
from casework.pledge.model import (
    Applicant,
    Application,
    Burden,
    Intake,
    IntakeDetails,
    IntakeState,
    Owner,
    Precheck,
    RightKind,
    Status,
)
from casework.pledge.rules import precheck


def open_facts(details: IntakeDetails, checked: Precheck, day: date) -> dict[str, Any]:
    """What statistics need and tells nothing of who it is."""
    application = details.application
    return {
        "kinds": sorted(kind.value for kind in application.kinds),
        "count": application.count,
        "result": checked.result.value,
        "checked_on": day.isoformat(),
    }


def sealed_facts(details: IntakeDetails) -> dict[str, Any]:
    """Company data and every answer, to be encrypted."""
    return {
        "company": details.company,
        "credit_code": details.credit_code,
        "numbers": list(details.numbers),
        "application": application_record(details.application),
    }


def application_record(application: Application) -> dict[str, Any]:
    """The facts as plain data (JSON-able)."""
    return {
        "kinds": sorted(kind.value for kind in application.kinds),
        "status": application.status and application.status.value,
        "owner": application.owner and application.owner.value,
        "burdens": None if application.burdens is None else sorted(b.value for b in application.burdens),
        "applicant": application.applicant and application.applicant.value,
        "region": application.region,
        "amount": application.amount,
        "loan_years": application.loan_years,
        "years_left": application.years_left,
        "value": application.value,
        "count": application.count,
    }


def application_of(record: Mapping[str, Any]) -> Application:
    """The way back."""
    burdens = record.get("burdens")
    return Application(
        kinds=frozenset(RightKind(value) for value in record.get("kinds") or ()),
        status=Status(record["status"]) if record.get("status") else None,
        owner=Owner(record["owner"]) if record.get("owner") else None,
        burdens=None if burdens is None else frozenset(Burden(value) for value in burdens),
        applicant=Applicant(record["applicant"]) if record.get("applicant") else None,
        region=record.get("region"),
        amount=record.get("amount"),
        loan_years=record.get("loan_years"),
        years_left=record.get("years_left"),
        value=record.get("value"),
        count=record.get("count"),
    )


def intake_of(case: Case, notes: tuple[Remark, ...] = ()) -> Intake:
    """The stored case as an intake; the pre-check is made again from the same facts and day, so it is the same."""
    sealed = case.sealed_facts
    application = application_of(sealed.get("application") or {})
    day = date.fromisoformat(case.facts["checked_on"])
    details = IntakeDetails(
        application=application,
        person=case.person,
        company=str(sealed.get("company") or ""),
        credit_code=str(sealed.get("credit_code") or ""),
        numbers=tuple(sealed.get("numbers") or ()),
        language=case.language,
        channel=case.channel,
    )
    checked = precheck(application, day)
    return Intake(case.reference, IntakeState(case.state), case.created_at, case.updated_at, details, day, checked, notes)
