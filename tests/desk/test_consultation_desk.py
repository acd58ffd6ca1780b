from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.consultations import ConsultationService
from desk.consultation_desk import FIELDS, ConsultationDesk, Step, calendar_words, day_text, time_text
from desk.outcomes import Outcome
from knowledge.cards import Frame
from tests.casework.factories import TestClock, booked

WHO = "web-1"


class Form:
    """The form as Rasa keeps it: fields that steps change."""

    def __init__(self, desk: ConsultationDesk, language: str = "zh", **fields: Any) -> None:
        self.desk, self.language = desk, language
        self.fields: dict[str, Any] = {"conversation": WHO, **fields}

    def begin(self, text: str, frame: Frame | None = None) -> Step:
        return self._took(self.desk.begin(WHO, text, self.fields, frame, self.language))

    def say(self, text: str, asked: str) -> Step:
        return self._took(self.desk.hear(WHO, text, None, asked, self.fields, self.language))

    def press(self, button: str, asked: str) -> Step:
        return self._took(self.desk.hear(WHO, "", button, asked, self.fields, self.language))

    def ask(self, field: str) -> Any:
        reply, remembered = self.desk.ask(field, self.fields, self.language)
        self.fields |= remembered
        return reply

    def _took(self, step: Step) -> Step:
        self.fields |= step.updates
        return step


def responses(step: Step) -> list[str | None]:
    return [notice.response for notice in step.notices]


@pytest.fixture
def form(desk: ConsultationDesk) -> Form:
    return Form(desk)


def test_everything_said_at_once_is_taken_at_once_and_said_back(form: Form) -> None:
    step = form.begin("我叫张丽，13812345678，想下周三上午在呼和浩特咨询专利侵权")
    assert {"c_name": "张丽", "c_phone": "+8613812345678", "c_region": "hohhot", "c_right": "patent"}.items() <= form.fields.items()
    assert form.fields["c_when"]["first"] == "2026-12-02"
    assert form.fields["c_problem"] == "专利侵权"
    said = step.notices[0].values["facts"]
    assert "12月2日（周三） 上午" in said
    assert "138****5678" in said
    assert "13812345678" not in said


def test_what_the_conversation_showed_is_filled_in(form: Form) -> None:
    form.begin("我要预约", Frame("design", "term", "any"))
    assert form.fields["c_right"] == "patent"
    form.begin("我想约专家谈商标", Frame("design", "term", "any"))
    assert form.fields["c_right"] == "trademark"


def test_what_is_said_wins_over_what_was_shown(form: Form) -> None:
    form.begin("我想咨询商标", Frame("software", "fee", "any"))
    assert form.fields["c_right"] == "trademark"


def test_phones_in_the_story_are_masked(form: Form) -> None:
    form.say("对方电话13912345678一直骚扰我们公司的商标", "c_problem")
    assert "13912345678" not in str(form.fields["c_problem"])


@pytest.mark.parametrize("text", ["我今年12岁，想预约", "我是小学生"])
def test_a_child_is_asked_for_a_guardian_and_nothing_is_kept(form: Form, text: str) -> None:
    step = form.begin(text)
    assert (step.stop, responses(step), step.updates) == (True, ["utter_c_under_14"], {})
    step = form.say("我13岁", "c_name")
    assert step.stop
    assert {step.updates[name] for name in FIELDS} == {None}


def test_nothing_personal_is_asked_before_consent() -> None:
    assert FIELDS.index("c_consent") < min(FIELDS.index(name) for name in ("c_name", "c_phone", "c_email"))


def test_consent_is_stored_with_version_operator_and_time(form: Form, service: ConsultationService, clock: TestClock) -> None:
    form.say("同意", "c_consent")
    consent = service.consent_of(WHO)
    assert consent is not None
    assert (consent.text_version, consent.operator, consent.given_at) == ("consultation-1", "示例运营单位", clock())


def test_without_consent_the_form_stops_and_forgets(form: Form, service: ConsultationService) -> None:
    step = form.say("不同意", "c_consent")
    assert (step.stop, responses(step)) == (True, ["utter_c_no_consent"])
    assert {step.updates[name] for name in FIELDS} == {None}
    assert service.consent_of(WHO) is None


def test_a_question_is_not_heard_as_an_answer(form: Form) -> None:
    for field in FIELDS:
        assert not form.say("外观设计专利保护几年？", field).heard, field


def test_two_failed_tries_bring_an_example_and_the_third_the_hotline(form: Form) -> None:
    said = [responses(form.say("嗯呐那个", "c_region")) for _ in range(4)]
    assert said == [
        ["utter_c_retry_region"],
        ["utter_c_retry_region", "utter_c_example_region"],
        ["utter_c_retry_region", "utter_c_hotline"],
        ["utter_c_retry_region", "utter_c_hotline"],
    ]
    form.say("呼和浩特", "c_region")
    assert form.fields["c_tries"] == 0


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("123", "utter_c_phone_too_short"),
        ("12345", "utter_c_phone_service_number"),
        ("138123456789", "utter_c_phone_too_long"),
        ("ZL202310123456.7", "utter_c_phone_other_number"),
    ],
)
def test_a_bad_phone_is_explained(form: Form, text: str, response: str) -> None:
    assert responses(form.say(text, "c_phone")) == [response]
    assert "c_phone" not in form.fields


@pytest.mark.parametrize("text", ["13812345678", "+86 138 1234 5678", "一三八一二三四五六七八", "电话：138-1234-5678"])
def test_a_phone_is_heard_however_it_is_written(form: Form, text: str) -> None:
    form.say(text, "c_phone")
    assert form.fields["c_phone"] == "+8613812345678"


@pytest.mark.parametrize(
    ("text", "response"),
    [("昨天下午", "utter_c_past"), ("2月30号", "utter_c_no_such_day"), ("呃呃", "utter_c_retry_time")],
)
def test_a_time_that_cannot_be_is_explained_and_counts_as_a_try(form: Form, text: str, response: str) -> None:
    form.fields |= {"c_region": "hohhot", "c_mode": "on_site", "c_right": "trademark"}
    form.ask("c_time")
    step = form.say(text, "c_time")
    assert responses(step)[0] == response
    assert step.updates == {"c_tries": 1}


def with_times(form: Form) -> Any:
    form.fields |= {"c_problem": "商标被抢注", "c_right": "trademark", "c_region": "hohhot", "c_mode": "on_site"}
    return form.ask("c_time")


def test_about_ten_times_are_offered_and_chosen_by_number_title_or_button(form: Form, service: ConsultationService) -> None:
    reply = with_times(form)
    assert 5 <= len(reply.buttons) <= 10
    ids = [b.id.removeprefix("v:c_time:") for b in reply.buttons]
    form.say("2", "c_time")
    assert form.fields["c_time"] == ids[1]
    form.say(reply.buttons[2].title, "c_time")
    assert form.fields["c_time"] == ids[2]
    form.press(reply.buttons[0].id, "c_time")
    held = service.held(WHO)
    assert held is not None
    assert held.free_time_id == ids[0]


def test_a_wished_day_narrows_the_times_and_is_echoed(form: Form) -> None:
    with_times(form)
    form.say("周四上午", "c_time")
    reply = form.ask("c_time")
    assert (reply.response, reply.values["wish"]) == ("utter_ask_c_time_wished", "11月26日（周四） 上午")
    assert all(b.title.startswith("11月26日（周四）") for b in reply.buttons)


@pytest.mark.parametrize(("wish", "echo"), [("周日", "11月29日（周日）"), ("晚上十一点", "23:00")])
def test_a_wish_that_cannot_be_met_is_said_and_the_next_times_are_offered(form: Form, wish: str, echo: str) -> None:
    with_times(form)
    form.say(wish, "c_time")
    reply = form.ask("c_time")
    assert (reply.response, reply.values["wish"]) == ("utter_ask_c_time_other", echo)
    assert reply.buttons


def test_a_time_that_somebody_took_is_said_and_chosen_again(form: Form, service: ConsultationService, clock: TestClock) -> None:
    reply = with_times(form)
    booked(service, clock)
    step = form.press(reply.buttons[0].id, "c_time")
    assert responses(step) == ["utter_c_time_taken"]
    assert form.fields["c_time"] is None


def filled(form: Form) -> None:
    with_times(form)
    for text, asked in (("1", "c_time"), ("同意", "c_consent"), ("张丽", "c_name"), ("13812345678", "c_phone"), ("没有", "c_email")):
        form.say(text, asked)


def test_the_review_shows_everything_and_masks_the_phone(form: Form) -> None:
    filled(form)
    reply = form.ask("c_review")
    assert reply.kind == "review"
    assert reply.values["phone"] == "138****5678"
    assert reply.values["name"] == "张丽"
    assert reply.values["time"].startswith("11月23日（周一）")


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("电话改成13912345678", "c_phone", "+8613912345678"),
        ("改到包头", "c_region", "baotou"),
        ("换成视频", "c_mode", "video"),
        ("名字改成李四", "c_name", "李四"),
        ("邮箱 li@example.com", "c_email", "li@example.com"),
    ],
)
def test_an_earlier_field_is_corrected_at_the_review(form: Form, text: str, field: str, value: str) -> None:
    filled(form)
    step = form.say(text, "c_review")
    assert form.fields[field] == value
    assert responses(step) == ["utter_c_corrected"]
    assert not form.fields.get("c_review")


def test_moving_to_another_region_asks_for_the_time_again(form: Form) -> None:
    filled(form)
    form.say("改到包头", "c_review")
    assert form.fields["c_time"] is None


def test_no_at_the_review_asks_what_to_change_and_is_heard(form: Form) -> None:
    filled(form)
    step = form.say("不对", "c_review")
    assert responses(step) == ["utter_c_what_to_change"]
    assert step.heard
    assert step.updates  # an empty step would count as "not heard" in Rasa


def test_changing_a_field_in_move_words_is_no_command(form: Form) -> None:
    filled(form)
    assert not form.desk.is_command("move_booking", "时间换成后天下午", "c_review", form.fields, "zh")
    assert form.desk.is_command("move_booking", "我要改约", "c_review", form.fields, "zh")
    assert form.desk.is_command("move_booking", "/move_booking", "c_review", form.fields, "zh")


def test_a_child_is_heard_even_where_a_command_was_understood(form: Form) -> None:
    assert not form.desk.is_command("goodbye", "我12岁", "c_name", form.fields, "zh")


@pytest.mark.parametrize("button", ["v:c_name:x", "v:c_phone:+8613812345678", "v:c_region:mars", "v:c_mode:fax", "v:c_right:x", "card:x", "v:c_review:no"])
def test_a_button_that_was_never_offered_changes_nothing(form: Form, button: str) -> None:
    step = form.press(button, "c_problem")
    assert (step.heard, step.updates) == (False, {})


def test_yes_counts_only_for_the_question_that_stands(form: Form, service: ConsultationService) -> None:
    for button in ("v:c_review:yes", "v:c_consent:yes"):
        assert not form.press(button, "c_problem").heard
    assert service.consent_of(WHO) is None
    assert form.press("v:c_consent:yes", "c_consent").updates["c_consent"] == "yes"


@given(st.text(max_size=40))
def test_any_button_is_survived(text: str) -> None:
    desk = ConsultationDesk(None, None, None, "x")  # type: ignore[arg-type]  # a strange button reaches no service
    assert not desk.hear(WHO, "", f"v:c_region:{text}x", "c_region", {}, "zh").heard


def test_a_booking_is_confirmed_and_says_reference_and_what_to_bring(form: Form) -> None:
    filled(form)
    reply, settled = form.desk.submit(WHO, form.fields, "zh", "key")
    assert settled
    assert (reply.outcome, reply.response) == (Outcome.BOOKED, "utter_c_booked")
    assert reply.reference is not None
    assert reply.reference.startswith("WQ-")
    assert reply.links[0]["url"].endswith(".ics")
    assert "示例" in reply.values["bring"]
    again, _ = form.desk.submit(WHO, form.fields, "zh", "key")
    assert again.reference == reply.reference


def test_a_lost_hold_sends_back_to_the_times(form: Form, service: ConsultationService) -> None:
    filled(form)
    service.release(WHO)
    reply, settled = form.desk.submit(WHO, form.fields, "zh", "key")
    assert (settled, reply.response) == (False, "utter_c_hold_lost")


def test_a_phone_with_too_many_bookings_is_refused_with_the_limit(form: Form, service: ConsultationService, clock: TestClock) -> None:
    for position in range(3):
        booked(service, clock, position=position)
    filled(form)
    reply, settled = form.desk.submit(WHO, form.fields, "zh", "key")
    assert (settled, reply.outcome, reply.values["limit"]) == (True, Outcome.REFUSED, 3)


def test_a_moved_and_a_cancelled_booking_are_told_apart_from_a_strangers(form: Form, service: ConsultationService, clock: TestClock) -> None:
    mine = booked(service, clock)
    desk = form.desk
    assert desk.cancel(WHO, mine.reference, "0000", "zh").response == "utter_c_error_not_found"
    assert desk.cancel(WHO, "WQ-000-000-000", "5678", "zh").response == "utter_c_error_not_found"
    assert desk.cancel(WHO, mine.reference, "5678", "zh").outcome is Outcome.CANCELLED
    found = desk.receipt(desk.find(WHO, mine.reference, "5678"), "found", "zh")
    assert (found.response, found.links) == ("utter_c_found_cancelled", ())
    assert desk.cancel(WHO, mine.reference, "5678", "zh").outcome is Outcome.REFUSED


def test_the_calendar_file_says_that_it_is_a_demonstration_and_names_nobody(service: ConsultationService, clock: TestClock) -> None:
    booking = booked(service, clock)
    words = calendar_words(booking, "zh", demo=True)
    assert "预约不生效" in words.notice
    assert booking.person.name not in f"{words.summary}{words.description}{words.location}"
    assert calendar_words(booking, "en", demo=False).notice == ""


def test_english_says_english(desk: ConsultationDesk) -> None:
    form = Form(desk, "en")
    form.begin("My name is Li Na, +86 138 1234 5678, I need advice about trademark squatting in Hohhot by video")
    assert (form.fields["c_name"], form.fields["c_region"], form.fields["c_mode"]) == ("Li Na", "hohhot", "video")
    assert all(b.title.isascii() for b in form.ask("c_time").buttons)


def test_days_are_written_with_their_weekday() -> None:
    day = dt.date(2026, 11, 25)
    assert (day_text(day, "zh"), day_text(day, "en")) == ("11月25日（周三）", "Wed 25 Nov")
    moment = dt.datetime(2027, 1, 4, 1, 0, tzinfo=dt.timezone.utc)
    assert time_text(moment, "zh", provisional=True) == "2027年1月4日（周一） 09:00（节假日安排公布后可能调整）"
    assert time_text(moment, "en", provisional=True).isascii()
