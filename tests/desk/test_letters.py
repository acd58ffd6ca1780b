"""What leaves by mail: receipts, reminders once, replies; through the container's own outbox to a server that listens."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest

from desk.letters import letters, smtp_settings
from tests.support.office import PERSON, MakeOffice, Office, make_office
from tests.support.smtp import Mailbox, mail_server

__all__ = ["make_office"]

THURSDAY = dt.date(2026, 11, 26)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


def at(make_office: MakeOffice, box: Mailbox, now: str) -> Office:
    """The installation at a moment, with mail."""
    return make_office(now, ZHIWEN_SMTP_URL=f"smtp://127.0.0.1:{box.port}", ZHIWEN_MAIL_FROM="zhiwen@example.org")


def delivered(office: Office) -> Counter[str]:
    """Everything that is due leaves."""
    total: Counter[str] = Counter()
    while done := office.container.outbox.run_once():
        total.update(done)
    return total


def subjects(box: Mailbox) -> list[str]:
    return [str(mail["Subject"]) for mail in box.mails]


def test_a_booking_is_confirmed_by_mail_in_words(make_office: MakeOffice, box: Mailbox) -> None:
    office = at(make_office, box, "2026-11-23T09:30")
    booking = office.booked(first=THURSDAY)
    delivered(office)
    (mail,) = box.mails
    text = mail.get_content()
    assert mail["To"] == "zhangli@example.com"
    assert booking.reference in text
    assert "11月26日（周四）" in text
    assert "演示系统，预约不生效" in text
    assert "{" not in text


def test_a_reminder_comes_a_day_before_once_whoever_looks_how_often(make_office: MakeOffice, box: Mailbox) -> None:
    office = at(make_office, box, "2026-11-23T09:30")
    booking = office.booked(first=THURSDAY)
    delivered(office)
    box.mails.clear()
    delivered(at(make_office, box, "2026-11-24T09:00"))
    assert subjects(box) == []
    day_before = (booking.start - dt.timedelta(hours=23)).isoformat(timespec="minutes")[:16]
    for _ in range(3):
        delivered(at(make_office, box, day_before))
    assert len(box.mails) == 1
    assert subjects(box)[0].startswith("提醒：11月26日")


def test_a_cancelled_booking_is_told_and_not_reminded_of(make_office: MakeOffice, box: Mailbox) -> None:
    office = at(make_office, box, "2026-11-23T09:30")
    booking = office.booked(first=THURSDAY)
    office.container.consultations.cancel(booking.reference, "5678", reason="", caller="x")
    delivered(office)
    delivered(at(make_office, box, "2026-11-26T08:00"))
    assert ["取消" in subject for subject in subjects(box)].count(True) == 1
    assert not any("提醒" in subject for subject in subjects(box))


def test_a_reply_to_a_question_is_mailed(make_office: MakeOffice, box: Mailbox) -> None:
    office = at(make_office, box, "2026-11-23T09:30")
    question = office.asked(person=type(PERSON)(email="zhangli@example.com"))
    office.zhiwen("cases", "reply", question.reference, "可以，选第29类。{不是占位符}")
    delivered(office)
    (mail,) = box.mails
    assert question.reference in mail["Subject"]
    assert "可以，选第29类。{不是占位符}" in mail.get_content()


def test_without_a_mail_server_nothing_is_tried_and_nothing_is_lost(make_office: MakeOffice, box: Mailbox) -> None:
    office = make_office()
    office.booked(first=THURSDAY)
    assert delivered(office)["failed"] == 0
    delivered(at(make_office, box, "2026-11-23T10:00"))
    assert len(box.mails) == 1


def test_every_letter_has_both_languages() -> None:
    for name, words in letters().items():
        assert set(words["subject"]) == set(words["body"]) == {"zh", "en"}, name


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [("smtp://127.0.0.1:25", 25, "none"), ("smtp://mail.example.org", 587, "starttls"), ("smtps://u:p%40@mail.example.org", 465, "tls")],
)
def test_the_mail_server_is_read_from_one_url(url: str, port: int, security: str) -> None:
    found = smtp_settings(url, "zhiwen@example.org")
    assert (found.port, found.security) == (port, security)
    assert found.password in ("", "p@")
