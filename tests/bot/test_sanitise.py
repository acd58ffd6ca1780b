from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sanitise import LONGEST, TextRefusedError, sanitise

ID_CARD = "11010519491231002X"
BANK_CARD = "6222600260001072444"  # a made-up number with a right Luhn digit


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        ("专\u202e利\u200b保护\ufeff多久\x00？\x07", "专利保护多久？"),
        ("a\u2066b\u2069c", "abc"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("制表\t符", "制表 符"),
        ("ᠮᠣᠩᠭᠣᠯ\u180e\u202fᠤᠨ\u180b", "ᠮᠣᠩᠭᠣᠯ\u180e\u202fᠤᠨ\u180b"),
        ("Сайн байна уу", "Сайн байна уу"),
    ],
)
def test_what_must_not_travel_is_dropped_and_mongolian_is_kept(typed: str, passed: str) -> None:
    assert sanitise(typed).text == passed


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        ('/book_consultation{"phone":"x"}', 'book_consultation{"phone":"x"}'),
        ("／restart", "restart"),
        ("//  /session_start", "session_start"),
        ("\u200b/restart", "restart"),
        ("1/2 怎么写", "1/2 怎么写"),
    ],
)
def test_a_command_of_rasa_is_plain_text_when_a_user_types_it(typed: str, passed: str) -> None:
    assert sanitise(typed).text == passed


@given(st.text(min_size=1, max_size=300))
def test_no_text_begins_with_a_command_or_holds_a_control_character(typed: str) -> None:
    try:
        passed = sanitise(typed).text
    except TextRefusedError:
        return
    assert passed
    assert passed[0] not in "/／"
    assert not [c for c in passed if unicodedata.category(c) in ("Cc", "Cs", "Cn") and c != "\n"]


@pytest.mark.parametrize("number", [ID_CARD, ID_CARD.lower(), BANK_CARD, "6222 6002 6000 1072 444", "6222-6002-6000-1072-444"])
def test_id_and_bank_cards_are_taken_out(number: str) -> None:
    found = sanitise(f"我的号码是{number}，请帮我查")
    assert found.personal
    assert "隐去" in found.text
    assert not any(part in found.text for part in ("110105", "6222", "1072"))


@pytest.mark.parametrize(
    "number",
    [
        "202310123456.7",
        "202310123456",
        "ZL202310123456.7",
        "ZL 2023 1 0123456.7",
        "91150100MA0N000000",
        "911501007012345678",
        "12345678",
        "2023SR1234567",
        "WQ-123-456-789",
        "13812345678",
        "0471-1234567",
        "110105194912310021",  # an ID card's form with a wrong check digit
        "6222600260001072445",  # a bank card's form with a wrong check digit
    ],
)
def test_other_numbers_are_kept(number: str) -> None:
    found = sanitise(f"请问{number}怎么查")
    assert (found.text, found.personal) == (f"请问{number}怎么查", False)


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u202e", "/", "／／ /", "\x00"])
def test_nothing_is_refused_as_empty(typed: str) -> None:
    with pytest.raises(TextRefusedError) as caught:
        sanitise(typed)
    assert caught.value.code == "empty"


def test_too_much_is_refused_and_not_repeated() -> None:
    assert len(sanitise("专" * LONGEST).text) == LONGEST
    for length in (LONGEST + 1, 5 * LONGEST, 100_000):
        with pytest.raises(TextRefusedError) as caught:
            sanitise("专" * length)
        assert caught.value.code == "too_long"
        assert "专" not in str(caught.value)


def test_what_is_dropped_does_not_count() -> None:
    assert sanitise("专" * LONGEST + "\u200b" * 100).text == "专" * LONGEST
