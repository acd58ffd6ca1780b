"""At least once, never twice by our doing, again after restarts and failures."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from casework.errors import DeliveryRefusedError, DeliveryRetryError
from casework.notify import (
    Attachment,
    Channel,
    Claimed,
    Dispatcher,
    DispatchPolicy,
    EmailTransport,
    Group,
    Letter,
    LogTransport,
    Message,
    SmtpSettings,
)
from storage import SqlStore
from tests.casework.factories import MONDAY, TestClock, a_consultation_service, a_query, booked
from tests.support.smtp import Mailbox, mail_server


class Recorder:
    """A transport that remembers, and fails as told."""

    def __init__(self, *failures: Exception) -> None:
        self.sent: list[str] = []
        self._failures = list(failures)
        self._lock = threading.Lock()

    def send(self, claimed: Claimed) -> None:
        with self._lock:
            if self._failures:
                raise self._failures.pop(0)
            self.sent.append(claimed.message.dedup_key)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def a_message(key: str = "m", **changes: object) -> Message:
    values = {
        "dedup_key": key,
        "channel": Channel.LOG,
        "group": Group.STAFF,
        "template": "x",
        "due_at": MONDAY,
    }
    return Message(**{**values, **changes})  # type: ignore[arg-type]


def put(store: SqlStore, *messages: Message) -> None:
    with store() as unit:
        unit.outbox.put(messages)
        unit.commit()


def counts(store: SqlStore) -> dict[str, int]:
    with store(read_only=True) as unit:
        return unit.outbox.counts()


def test_a_due_message_is_sent_once(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message())
    recorder = Recorder()
    dispatcher = Dispatcher(store, {Channel.LOG: recorder}, clock)
    assert [dispatcher.run_once() for _ in range(3)] == [Counter(sent=1), Counter(), Counter()]
    assert recorder.sent == ["m"]
    assert counts(store) == {"sent": 1}


def test_the_same_deduplication_key_is_queued_once(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message(), a_message("other"))
    put(store, a_message())
    assert counts(store) == {"waiting": 2}


def test_what_is_not_due_or_for_another_channel_waits(store: SqlStore, clock: TestClock) -> None:
    put(
        store,
        a_message("later", due_at=MONDAY + timedelta(hours=1)),
        a_message("mail", channel=Channel.EMAIL),
    )
    dispatcher = Dispatcher(store, {Channel.LOG: Recorder()}, clock)
    assert dispatcher.run_once() == Counter()
    clock.advance(hours=1)
    assert dispatcher.run_once() == Counter(sent=1)


def test_a_failure_is_tried_again_with_growing_pauses_and_given_up_at_last(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message())
    dispatcher = Dispatcher(store, {Channel.LOG: Recorder(*[DeliveryRetryError("down")] * 5)}, clock, DispatchPolicy(tries=3))
    assert dispatcher.run_once() == Counter(retried=1)
    clock.advance(seconds=59)
    assert dispatcher.run_once() == Counter()
    clock.advance(seconds=1)
    assert dispatcher.run_once() == Counter(retried=1)
    clock.advance(minutes=2)
    assert dispatcher.run_once() == Counter(failed=1)
    clock.advance(days=1)
    assert dispatcher.run_once() == Counter()
    assert counts(store) == {"failed": 1}


def test_the_other_side_may_say_how_long_to_wait(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message())
    dispatcher = Dispatcher(store, {Channel.LOG: Recorder(DeliveryRetryError("flood", 7))}, clock)
    dispatcher.run_once()
    clock.advance(seconds=7)
    assert dispatcher.run_once() == Counter(sent=1)


def test_a_final_refusal_is_not_tried_again(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message())
    dispatcher = Dispatcher(store, {Channel.LOG: Recorder(DeliveryRefusedError("blocked"))}, clock)
    assert dispatcher.run_once() == Counter(failed=1)


def test_one_bad_message_does_not_stop_the_others(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message("a"), a_message("b"))
    recorder = Recorder(ZeroDivisionError())
    assert Dispatcher(store, {Channel.LOG: recorder}, clock).run_once() == Counter(retried=1, sent=1)


def test_a_message_of_a_sender_that_died_is_sent_by_another_after_its_lease(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message())
    with store() as unit:  # the sender that claims, and dies
        assert unit.outbox.claim(clock(), clock() + timedelta(minutes=5), [Channel.LOG], 10)
        unit.commit()
    recorder = Recorder()
    dispatcher = Dispatcher(store, {Channel.LOG: recorder}, clock)
    assert dispatcher.run_once() == Counter()
    clock.advance(minutes=5)
    assert dispatcher.run_once() == Counter(sent=1)


def test_who_lost_the_lease_cannot_mark_it_any_more(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message())
    with store() as unit:
        late = unit.outbox.claim(clock(), clock() + timedelta(minutes=5), [Channel.LOG], 10)[0]
        unit.commit()
    clock.advance(minutes=5)
    with store() as unit:
        assert unit.outbox.claim(clock(), clock() + timedelta(minutes=5), [Channel.LOG], 10)
        assert not unit.outbox.sent(late, clock())
        unit.commit()


def test_a_reminder_after_the_appointment_is_not_sent(store: SqlStore, clock: TestClock) -> None:
    put(store, a_message(not_after=MONDAY + timedelta(hours=1)))
    clock.advance(hours=1)
    assert Dispatcher(store, {Channel.LOG: Recorder()}, clock).run_once() == Counter()
    assert counts(store) == {"expired": 1}


def test_eight_senders_at_once_send_each_message_once(store: SqlStore, clock: TestClock) -> None:
    put(store, *[a_message(f"m{n}") for n in range(60)])
    recorder = Recorder()

    def drain() -> None:
        dispatcher = Dispatcher(store, {Channel.LOG: recorder}, clock, DispatchPolicy(batch=4))
        for _ in range(30):
            dispatcher.run_once()

    threads = [threading.Thread(target=drain) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recorder.sent) == sorted(f"m{n}" for n in range(60))
    assert counts(store) == {"sent": 60}


def test_a_booking_queues_receipt_reminders_and_staff_notice(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock, position=8)
    assert booking.reminders == (booking.start - timedelta(days=1), booking.start - timedelta(hours=2))
    with store(read_only=True) as unit:
        case = unit.cases.by_reference(booking.reference)
        assert case is not None
        pending = {(m.template, m.channel, m.due_at) for m in unit.outbox.pending_of(case)}
    assert pending == {
        ("consultation_booked", Channel.EMAIL, clock()),
        ("staff_consultation_booked", Channel.LOG, clock()),
        ("consultation_reminder", Channel.EMAIL, booking.start - timedelta(days=1)),
        ("consultation_reminder", Channel.EMAIL, booking.start - timedelta(hours=2)),
    }


def test_moving_replaces_the_reminders_and_cancelling_drops_them(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    booking = booked(service, clock, position=8)
    target = service.free_times(a_query(), limit=12)[-1]
    moved = service.move(booking.reference, "5678", target.id, caller="me")
    assert moved.reminders == (target.start - timedelta(days=1), target.start - timedelta(hours=2))
    assert service.cancel(booking.reference, "5678", reason="", caller="me").reminders == ()


def test_who_left_neither_mail_nor_telegram_gets_no_reminder(store: SqlStore, clock: TestClock) -> None:
    from tests.casework.factories import a_person

    service = a_consultation_service(store, clock)
    assert booked(service, clock, position=8, person=a_person(email="")).reminders == ()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


def _transport(box: Mailbox) -> EmailTransport:
    def render(claimed: Claimed) -> Letter:
        ics = Attachment("appointment.ics", b"BEGIN:VCALENDAR", "text", "calendar", (("method", "PUBLISH"),))
        return Letter("预约成功", "您好，已预约。", (ics,))

    return EmailTransport(SmtpSettings("127.0.0.1", box.port, "zhiwen@example.com", security="none"), render)


def test_a_mail_arrives_with_text_attachment_and_a_stable_id(sqlite_store: SqlStore, clock: TestClock, mailbox: Mailbox) -> None:
    put(sqlite_store, a_message("WQ-1.booked", channel=Channel.EMAIL, address="zhangli@example.com"))
    dispatcher = Dispatcher(sqlite_store, {Channel.EMAIL: _transport(mailbox)}, clock)
    assert dispatcher.run_once() == Counter(sent=1)
    mail = mailbox.mails[0]
    assert (mail["Subject"], mail["To"]) == ("预约成功", "zhangli@example.com")
    assert mail["Message-ID"] == "<WQ-1.booked@example.com>"
    body = mail.get_body()
    assert body is not None
    assert "已预约" in body.get_content()
    attached = next(mail.iter_attachments())
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "appointment.ics")


@pytest.mark.parametrize(("code", "outcome"), [(550, "failed"), (450, "retried")])
def test_a_refused_address_is_final_and_a_busy_server_is_not(
    sqlite_store: SqlStore,
    clock: TestClock,
    mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture,
    code: int,
    outcome: str,
) -> None:
    mailbox.refusals["zhangli@example.com"] = code
    put(sqlite_store, a_message(channel=Channel.EMAIL, address="zhangli@example.com"))
    with caplog.at_level(logging.DEBUG):
        assert Dispatcher(sqlite_store, {Channel.EMAIL: _transport(mailbox)}, clock).run_once() == Counter([outcome])
    assert "zhangli" not in caplog.text


def test_no_server_means_later(sqlite_store: SqlStore, clock: TestClock) -> None:
    put(sqlite_store, a_message(channel=Channel.EMAIL, address="zhangli@example.com"))
    transport = _transport(Mailbox(port=1))
    assert Dispatcher(sqlite_store, {Channel.EMAIL: transport}, clock).run_once() == Counter(retried=1)


def test_the_log_names_class_and_number_only(sqlite_store: SqlStore, clock: TestClock, caplog: pytest.LogCaptureFixture) -> None:
    put(
        sqlite_store,
        a_message(template="staff_consultation_booked", address="13812345678", facts={"name": "张丽"}),
    )
    with caplog.at_level(logging.INFO):
        Dispatcher(sqlite_store, {Channel.LOG: LogTransport()}, clock).run_once()
    assert "staff_consultation_booked" in caplog.text
    assert "13812345678" not in caplog.text
    assert "张丽" not in caplog.text
