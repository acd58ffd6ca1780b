from __future__ import annotations

import datetime as dt

import pytest

from desk import talk
from desk.outcomes import Outcome


@pytest.mark.parametrize(
    ("text", "session", "expected"),
    [
        ("发明专利保护多少年？", "en", "zh"),
        ("How long does a patent last?", "zh", "en"),
        ("13812345678", "en", "en"),
        ("OK", "zh", "zh"),
        ("PCT", "zh", "zh"),
        ("PCT申请怎么办", "en", "zh"),
        ("app", "en", "en"),
        ("…", "zh", "zh"),
        ("ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ", "zh", "zh"),
        ("Сайн байна уу", "en", "en"),
        ("/book_consultation", "zh", "zh"),
    ],
)
def test_the_reply_speaks_the_language_of_the_message_or_of_the_session(text: str, session: str, expected: str) -> None:
    assert talk.reply_language(text, session, is_button=False) == expected


def test_a_button_says_nothing_about_the_language() -> None:
    assert talk.reply_language("Confirm", "zh", is_button=True) == "zh"


def test_both_mongolian_scripts_are_recognised() -> None:
    assert talk.is_mongolian("ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ")
    assert talk.is_mongolian("Сайн байна уу")
    assert not talk.is_mongolian("蒙古语服务有吗")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_school_session_is_never_offered_what_collects_personal_data(language: str) -> None:
    replies = [
        talk.opening(language, "school"),
        *(talk.smalltalk(intent, language, "school") for intent in ("greet", "thanks", "goodbye", "help")),
        *(talk.nothing_running(intent, language, "school") for intent in ("affirm", "deny", "cancel", "continue", "inform")),
        talk.hand_over(language, "school"),
        talk.mongolian(language, "school"),
        talk.language_switched(language, "school"),
        talk.gone(language, "school"),
    ]
    collecting = {"book_consultation", "start_pledge", "leave_question", "lookup_case"}
    assert [b.id for reply in replies for b in reply.buttons if b.id in collecting] == []


def test_a_public_session_is_offered_booking() -> None:
    assert "book_consultation" in [b.id for b in talk.opening("zh", "public").buttons]
    assert talk.hand_over("zh", "public").outcome is Outcome.HANDED_OVER


def test_a_day_may_be_named_by_the_caller() -> None:
    assert talk.named_day({"date": "2027-01-01"}) == dt.date(2027, 1, 1)
    assert talk.named_day({}) is None


def test_numbers_and_marks_are_no_words() -> None:
    assert talk.has_words("专利")
    assert not talk.has_words("12345 。。")
