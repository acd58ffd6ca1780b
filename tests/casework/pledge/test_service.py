"""Intakes through the real store: submitted once, opened by reference and digits, worked on, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.cases import Consent, Person
from casework.errors import (
    CaseNotFoundError,
    ConsentRequiredError,
    ForbiddenTransitionError,
    InvalidFieldError,
    ReasonRequiredError,
    TooManyAttemptsError,
)
from casework.pledge import IntakeState, PledgeService, load_pledge_directory
from casework.pledge.model import Applicant, RightKind
from storage import Database, SqlStore
from tests.casework.factories import TestClock
from tests.casework.pledge.factories import CODE, an_application, details
from tests.support.pdf import pdf_text


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def service(store: SqlStore, clock: TestClock) -> PledgeService:
    return PledgeService(store, load_pledge_directory(), clock)


def submitted(service, clock, conversation="conversation", key="key", **changes):
    service.forms.record_consent(conversation, Consent("intake-1", "示例运营单位", clock(), "intake"))
    return service.submit(conversation, key, details(**changes))


def test_an_intake_needs_consent_first(service):
    with pytest.raises(ConsentRequiredError):
        service.submit("conversation", "key", details())


def test_the_same_confirmation_twice_is_one_intake(service, clock):
    first = submitted(service, clock)
    assert first.reference.startswith("ZY-")
    assert submitted(service, clock).reference == first.reference
    assert submitted(service, clock, key="another").reference != first.reference


def test_reference_and_last_digits_open_the_intake_with_the_same_precheck(service, clock):
    made = submitted(service, clock)
    found = service.find(made.reference, "5678", caller="anybody")
    assert (found.state, found.details, found.precheck) == (IntakeState.SUBMITTED, made.details, made.precheck)


def test_a_wrong_digit_and_a_wrong_reference_learn_the_same_and_guessing_is_stopped(service, clock):
    made = submitted(service, clock)
    with pytest.raises(CaseNotFoundError):
        service.find("ZY-000-000-000", "5678", caller="stranger")
    for _ in range(7):
        with pytest.raises(CaseNotFoundError):
            service.find(made.reference, "0000", caller="stranger")
    with pytest.raises(TooManyAttemptsError):
        service.find(made.reference, "0000", caller="stranger")


def test_company_and_person_lie_in_the_database_only_encrypted(service, clock, database: Database):
    submitted(service, clock)
    with database.transaction() as connection:
        for table in ("cases", "outbox", "audit_log", "consents"):
            if sa.inspect(connection).has_table(table):
                dump = str(connection.execute(sa.text(f"SELECT * FROM {table}")).all())
                assert not any(secret in dump for secret in ("王小明", "13812345678", CODE, "示例科技", "200310102344"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"company": ""}, "company"),
        ({"credit_code": CODE[:-1] + "M"}, "credit_code"),
        ({"person": Person("", "+8613812345678")}, "name"),
        ({"person": Person("王小明", "13812345678")}, "phone"),
    ],
)
def test_a_field_that_is_wrong_is_refused_by_name(service, clock, changes, field):
    with pytest.raises(InvalidFieldError) as caught:
        submitted(service, clock, **changes)
    assert caught.value.field == field


def test_a_private_person_needs_no_credit_code(service, clock):
    person = an_application(applicant=Applicant.PERSON)
    assert submitted(service, clock, application=person, company="", credit_code="").state is IntakeState.SUBMITTED


def test_the_team_moves_an_intake_on_and_declining_needs_a_reason(service, clock):
    reference = submitted(service, clock).reference
    assert service.transition(reference, IntakeState.IN_REVIEW, "officer").state is IntakeState.IN_REVIEW
    with pytest.raises(ForbiddenTransitionError):
        service.transition(reference, IntakeState.GRANTED, "officer")
    service.transition(reference, IntakeState.WITH_BANK, "officer")
    with pytest.raises(ReasonRequiredError):
        service.transition(reference, IntakeState.DECLINED, "officer")
    assert service.transition(reference, IntakeState.GRANTED, "officer").state is IntakeState.GRANTED


def test_the_owner_withdraws_but_not_twice(service, clock):
    reference = submitted(service, clock).reference
    assert service.withdraw(reference, "5678", caller="owner").state is IntakeState.WITHDRAWN
    with pytest.raises(ForbiddenTransitionError):
        service.withdraw(reference, "5678", caller="owner")


def test_a_note_is_kept_with_the_case(service, clock):
    reference = submitted(service, clock).reference
    assert service.note(reference, "officer", "已电话联系").notes[0].text == "已电话联系"


def test_another_intake_of_the_same_company_or_right_is_shown_not_refused(service, clock):
    first = submitted(service, clock).reference
    same_company = submitted(service, clock, key="2", numbers=()).reference
    stranger = "91150000000000000"
    from stdnum.cn import uscc

    other = stranger + uscc.calc_check_digit(stranger)
    same_right = submitted(service, clock, key="3", credit_code=other, company="另一家示例公司").reference
    unlike = submitted(service, clock, key="4", credit_code=other, company="另一家示例公司", numbers=("12345678",)).reference
    assert set(service.duplicates(first)) == {same_company, same_right}
    assert set(service.duplicates(unlike)) == {same_right}
    service.withdraw(same_company, "5678", caller="owner")
    assert service.duplicates(first) == (same_right,)


def test_an_intake_that_nobody_touched_becomes_overdue(service, clock):
    reference = submitted(service, clock).reference
    assert service.overdue(timedelta(days=3)) == ()
    clock.advance(days=4)
    assert service.overdue(timedelta(days=3)) == (reference,)


def test_the_staff_is_told_without_personal_data(service, clock, store):
    made = submitted(service, clock)
    with store(read_only=True) as unit:
        case = unit.cases.by_reference(made.reference)
        (notice,) = unit.outbox.pending_of(case)
    assert (notice.template, dict(notice.facts)) == ("staff_intake_submitted", {"reference": made.reference, "alike": []})


def test_partners_match_region_and_kind_and_are_all_marked_as_samples():
    directory = load_pledge_directory()
    west = {partner.id for partner in directory.matching("baotou", frozenset({RightKind.INVENTION}))}
    assert west == {"bank-region", "bank-west", "agency-patent"}
    assert len(directory.sample_rows()) == len(directory.partners)
    assert all("示例" in partner.name["zh"] for partner in directory.partners)


def test_the_printed_summary_holds_result_reasons_and_papers_and_hides_the_person(service, clock):
    import io

    from pypdf import PdfReader

    from casework.pledge.summary import SummaryFacts, summary_pdf

    made = submitted(service, clock)
    made = replace(made, details=replace(made.details, person=Person("王小明", "+8613812345678")))
    facts = SummaryFacts("借300万元", service.partners(made.details.application), service.directory.steps, lambda c: c.source, "演示系统")
    content = summary_pdf(made, facts, "zh", clock())
    text = pdf_text(content)
    assert len(PdfReader(io.BytesIO(content)).pages) == 1
    for wanted in (made.reference, "借300万元", "演示系统", "营业执照", "示例·", *(i.reason["zh"] for i in made.precheck.items[:3])):
        assert wanted in text
    assert not any(secret in text for secret in ("王小明", "13812345678", CODE))
