from __future__ import annotations

from typing import Any

import pytest

from casework.consultations import ConsultationService
from casework.consultations.model import Booking
from desk.consultation_desk import ConsultationDesk, Step
from desk.lookup_desk import LookupDesk
from desk.outcomes import Outcome
from desk.talk import Turning
from tests.casework.factories import TestClock, booked

WHO = "web-2"


@pytest.fixture
def lookup(service: ConsultationService, desk: ConsultationDesk, clock: TestClock) -> LookupDesk:
    # Questions to the office and intakes are looked up by their own desks, tested elsewhere.
    return LookupDesk(service, desk, None, None, clock)  # type: ignore[arg-type]


@pytest.fixture
def booking(service: ConsultationService, clock: TestClock) -> Booking:
    return booked(service, clock)


def turning(text: str, intent: str = "inform", asked: str | None = None, button: str | None = None, profile: str = "public") -> Turning:
    return Turning(text, intent, button, "zh", profile, asked)


def start(lookup: LookupDesk, text: str, intent: str = "lookup_case") -> Step:
    return lookup.hear(turning(text, intent), {})


def test_reference_and_digits_may_come_in_one_message(lookup: LookupDesk, booking: Booking) -> None:
    step = start(lookup, f"查询预约 {booking.reference} 5678")
    assert step.updates == {"l_purpose": "show", "l_reference": booking.reference, "l_last4": "5678", "l_choice": "show"}


def test_a_reference_is_read_with_or_without_hyphens_in_any_case(lookup: LookupDesk, booking: Booking) -> None:
    typed = booking.reference.replace("-", "").lower()
    assert lookup.hear(turning(typed, asked="l_reference"), {}).updates["l_reference"] == booking.reference


@pytest.mark.parametrize(
    ("text", "intent", "purpose"),
    [("改约", "move_booking", "move"), ("取消预约", "cancel_booking", "cancel"), ("查预约", "lookup_case", "show"), ("我的预约想改期", "lookup_case", "move")],
)
def test_the_purpose_is_heard(lookup: LookupDesk, text: str, intent: str, purpose: str) -> None:
    assert start(lookup, text, intent).updates["l_purpose"] == purpose


def test_four_digits_alone_are_taken_while_the_form_asks_and_not_at_its_opening(lookup: LookupDesk) -> None:
    for asked in ("l_last4", "l_reference"):
        assert lookup.hear(turning("5678", asked=asked), {}).updates["l_last4"] == "5678"
    assert "l_last4" not in start(lookup, "查询预约 2026").updates


def test_a_wrong_check_digit_is_named(lookup: LookupDesk, booking: Booking) -> None:
    wrong = booking.reference[:-1] + str((int(booking.reference[-1]) + 1) % 10)
    step = lookup.hear(turning(wrong, asked="l_reference"), {})
    assert [n.response for n in step.notices] == ["utter_l_check_digit"]


def test_a_question_is_left_to_the_knowledge_base(lookup: LookupDesk) -> None:
    assert not lookup.hear(turning("专利保护几年？", "ask", asked="l_reference"), {}).heard


def test_a_school_session_is_refused(lookup: LookupDesk) -> None:
    step = lookup.hear(turning("查询预约", "lookup_case", profile="school"), {})
    assert (step.stop, step.notices[0].response) == (True, "utter_not_in_school")


def known(booking: Booking, purpose: str, **more: Any) -> dict[str, Any]:
    return {"l_reference": booking.reference, "l_last4": "5678", "l_purpose": purpose, **more}


def test_a_new_time_is_chosen_by_number_title_or_day(lookup: LookupDesk, booking: Booking) -> None:
    reply, remembered = lookup.offer(WHO, known(booking, "move"), "zh")
    times, titles = list(remembered["l_offered"]), list(remembered["l_offered"].values())
    facts = known(booking, "move", **remembered)
    assert [b.title for b in reply.buttons] == titles
    assert lookup.hear(turning("2", asked="l_choice"), facts).updates == {"l_choice": times[1]}
    assert lookup.hear(turning(titles[2], asked="l_choice"), facts).updates == {"l_choice": times[2]}
    wish = lookup.hear(turning("改到周四下午", "move_booking", asked="l_choice"), facts).updates
    assert wish["l_when"]["first"] == "2026-11-26"
    narrowed, _ = lookup.offer(WHO, {**facts, **wish}, "zh")
    assert all("11月26日（周四）" in b.title for b in narrowed.buttons)


def test_another_reference_in_the_middle_is_another_case(lookup: LookupDesk, booking: Booking, service: ConsultationService, clock: TestClock) -> None:
    other = booked(service, clock)
    step = lookup.hear(turning(f"改约 {other.reference} 5678", "move_booking", asked="l_choice"), known(booking, "move"))
    assert step.updates["l_reference"] == other.reference


def test_moving_takes_the_new_seat(lookup: LookupDesk, booking: Booking, service: ConsultationService) -> None:
    _, remembered = lookup.offer(WHO, known(booking, "move"), "zh")
    new = list(remembered["l_offered"])[1]
    reply = lookup.finish(WHO, known(booking, "move", l_choice=new), "zh")
    assert (reply.outcome, reply.reference) == (Outcome.MOVED, booking.reference)
    assert service.find(booking.reference, "5678", caller=WHO).start != booking.start


def test_cancelling_asks_first_and_no_keeps_the_booking(lookup: LookupDesk, booking: Booking) -> None:
    assert lookup.offer(WHO, known(booking, "cancel"), "zh")[0].response == "utter_ask_l_cancel"
    assert lookup.hear(turning("不", asked="l_choice"), known(booking, "cancel")).updates == {"l_choice": "no"}
    assert lookup.finish(WHO, known(booking, "cancel", l_choice="no"), "zh").response == "utter_l_kept"
    assert lookup.finish(WHO, known(booking, "cancel", l_choice="yes"), "zh").outcome is Outcome.CANCELLED


def test_a_stranger_gets_the_same_answer_for_wrong_digits_and_wrong_reference(lookup: LookupDesk, booking: Booking) -> None:
    replies = [
        lookup.finish(WHO, facts, "zh")
        for facts in (
            {**known(booking, "show"), "l_last4": "0000"},
            {**known(booking, "show"), "l_reference": "WQ-000-000-000"},
            {**known(booking, "cancel", l_choice="yes"), "l_last4": "0000"},
        )
    ]
    assert {(r.outcome, r.response, r.reference, tuple(r.values)) for r in replies} == {(Outcome.REFUSED, "utter_c_error_not_found", None, ())}
    assert lookup.offer(WHO, {**known(booking, "move"), "l_last4": "0000"}, "zh")[0].response == "utter_c_error_not_found"


def test_a_cancelled_booking_is_neither_moved_nor_cancelled_again(lookup: LookupDesk, booking: Booking) -> None:
    lookup.finish(WHO, known(booking, "cancel", l_choice="yes"), "zh")
    for purpose in ("move", "cancel"):
        reply, remembered = lookup.offer(WHO, known(booking, purpose), "zh")
        assert (reply.response, remembered["l_choice"]) == ("utter_c_error_forbidden_transition", "said")


def test_guessing_is_slowed_down(lookup: LookupDesk, booking: Booking) -> None:
    said = {lookup.finish(WHO, {**known(booking, "show"), "l_last4": f"{n:04}"}, "zh").response for n in range(30)}
    assert said == {"utter_c_error_not_found", "utter_c_error_too_many_attempts"}
