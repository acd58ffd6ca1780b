"""A question for the office: left, found, answered, withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.cases import Person
from casework.enquiries import Enquiry, EnquiryService, EnquiryState
from casework.errors import (
    CaseNotFoundError,
    ConsentRequiredError,
    ForbiddenTransitionError,
    InvalidFieldError,
    ReasonRequiredError,
)
from casework.forms import Forms
from casework.notify import Channel, Group
from storage import SqlStore
from tests.casework.factories import PHONE, TestClock, a_person, consent

QUESTION = "外国公司发函说我的包装侵权，怎么办？"


class Desk:
    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock = store, TestClock()
        self.service = EnquiryService(store, self.clock)
        self.forms = Forms(store, self.clock)

    def left(self, person: Person | None = None, conversation: str = "me", key: str = "key") -> Enquiry:
        self.forms.record_consent(conversation, replace(consent(self.clock), purpose="enquiry"))
        return self.service.submit(conversation, key, QUESTION, person)


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    return Desk(store)


def test_without_contact_a_code_opens_it(desk: Desk) -> None:
    enquiry = desk.left()
    assert enquiry.reference.startswith("LY-")
    assert len(enquiry.code) == 4
    found = desk.service.find(enquiry.reference, enquiry.code, caller="me")
    assert (found.state, found.question, found.replies) == (EnquiryState.OPEN, QUESTION, ())


def test_with_a_phone_its_last_digits_open_it(desk: Desk) -> None:
    enquiry = desk.left(a_person())
    assert enquiry.code == PHONE[-4:]
    assert desk.service.find(enquiry.reference, "5678", caller="me").question == QUESTION


def test_submitting_twice_is_one_enquiry_with_the_same_code(desk: Desk) -> None:
    first = desk.left()
    again = desk.left()
    assert (first.reference, first.code) == (again.reference, again.code)


def test_nothing_is_stored_without_consent(desk: Desk) -> None:
    with pytest.raises(ConsentRequiredError):
        desk.service.submit("me", "key", QUESTION)


@pytest.mark.parametrize(
    ("question", "person", "field"),
    [
        ("  ", None, "question"),
        ("x" * 2001, None, "question"),
        (QUESTION, Person(phone="13812345678"), "phone"),
    ],
)
def test_a_bad_field_is_named(desk: Desk, question: str, person: Person | None, field: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        desk.service.submit("me", "key", question, person)
    assert caught.value.field == field


def test_the_reply_is_read_by_look_up_and_leaves_by_mail(desk: Desk) -> None:
    enquiry = desk.left(a_person())
    desk.service.reply(enquiry.reference, "wang", "先不要回函，请带材料来。")
    found = desk.service.find(enquiry.reference, "5678", caller="me")
    assert found.state is EnquiryState.ANSWERED
    assert [reply.text for reply in found.replies] == ["先不要回函，请带材料来。"]
    with desk.store(read_only=True) as unit:
        case = unit.cases.by_reference(enquiry.reference)
        assert case is not None
        mails = [m for m in unit.outbox.pending_of(case) if m.group is Group.REPLY]
    assert [(m.channel, m.address, m.facts["reply"]) for m in mails] == [(Channel.EMAIL, "zhangli@example.com", "先不要回函，请带材料来。")]


def test_an_officer_may_add_to_a_reply(desk: Desk) -> None:
    enquiry = desk.left()
    desk.service.reply(enquiry.reference, "wang", "一")
    desk.service.reply(enquiry.reference, "wang", "二")
    found = desk.service.find(enquiry.reference, enquiry.code, caller="me")
    assert [reply.text for reply in found.replies] == ["一", "二"]


def test_what_is_withdrawn_or_closed_stays_so(desk: Desk) -> None:
    enquiry = desk.left()
    assert desk.service.withdraw(enquiry.reference, enquiry.code, caller="me").state is EnquiryState.WITHDRAWN
    with pytest.raises(ForbiddenTransitionError):
        desk.service.reply(enquiry.reference, "wang", "太晚")
    other = desk.left(conversation="you")
    with pytest.raises(ReasonRequiredError):
        desk.service.close(other.reference, "wang", "")
    assert desk.service.close(other.reference, "wang", "重复").state is EnquiryState.CLOSED


def test_empty_replies_and_unknown_references_are_refused(desk: Desk) -> None:
    enquiry = desk.left()
    with pytest.raises(ReasonRequiredError):
        desk.service.reply(enquiry.reference, "wang", " ")
    with pytest.raises(CaseNotFoundError):
        desk.service.reply("LY-000-000-000", "wang", "x")
    with pytest.raises(CaseNotFoundError):
        desk.service.find("WQ" + enquiry.reference[2:], enquiry.code, caller="me")
