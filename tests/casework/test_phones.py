"""Phones as people type them, and numbers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.phones import (
    PhoneKind,
    PhoneProblem,
    find_phone,
    last_digits,
    mask_phone,
    mask_phones_in,
    read_phone,
)
from tests.casework.strategies import mobile_numbers

_CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")


@given(mobile_numbers)
def test_a_mobile_number_is_read_however_it_is_typed(number: str) -> None:
    a, b, c = number[:3], number[3:7], number[7:]
    for typed in (
        number,
        f"{a} {b} {c}",
        f"{a}-{b}-{c}",
        f"+86{number}",
        f"+86 {a} {b} {c}",
        f"0086{number}",
        f"86{number}",
        number.translate(_FULL),
        number.translate(_CHINESE),
        " ".join(number),
        f"我叫张丽，{number}，想下周三咨询",
        f"电话：{number}。",
        f"tel:{number}",
    ):
        phone = find_phone(typed)
        assert phone is not None, typed
        assert (phone.e164, phone.kind) == (f"+86{number}", PhoneKind.MOBILE), typed


@pytest.mark.parametrize(
    "typed",
    [
        "0471-6608123",
        "04716608123",
        "(0471)6608123",
        "0471 660 8123",
        "+86 471 6608123",
        "０４７１－６６０８１２３",
    ],
)
def test_a_landline_is_read_with_its_area_code(typed: str) -> None:
    phone = find_phone(typed)
    assert phone is not None
    assert (phone.e164, phone.kind) == ("+864716608123", PhoneKind.LANDLINE)


def test_a_foreign_number_needs_its_plus() -> None:
    phone = find_phone("+852 2345 6789")
    assert phone is not None
    assert phone.kind is PhoneKind.FOREIGN


@pytest.mark.parametrize(
    "text",
    [
        "申请号 202310123456.7",
        "申请号202310123456.7被驳回",
        "ZL202310123456.7",
        "ZL 2023 1 0123456.7",
        "ZL2023 1 0123456 7",
        "注册号 12345678",
        "注册号第13812345678号",
        "91150100MA0N12345X",
        "911501001234567890",
        "98103015.1",
        "软著登字第1234567号",
        "2023SR1234567",
        "150102199003071234",
        "国知发〔2023〕12号",
        "12345",
        "12315",
        "WQ-138-123-456",
        "(2023)内01民初1234号",
        "2026-11-23 10:00",
        "50000000元",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert find_phone(text) is None


@given(
    st.integers(1985, 2026),
    st.sampled_from("123589"),
    st.integers(0, 9_999_999),
    st.sampled_from("0123456789X"),
    st.sampled_from(["{n}.{c}", "ZL{n}.{c}", "专利申请号{n}.{c}，", "申请号：{n}", "CN{n}A", "{n}.{c}号"]),
)
def test_no_application_number_is_ever_taken_for_a_phone(year: int, kind: str, serial: int, check: str, form: str) -> None:
    assert find_phone(form.format(n=f"{year}{kind}{serial:07d}", c=check)) is None


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_no_credit_code_is_ever_taken_for_a_phone(body: str) -> None:
    assert find_phone(f"9{body}") is None


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", PhoneProblem.MISSING),
        ("没有电话", PhoneProblem.MISSING),
        ("1381234567", PhoneProblem.TOO_SHORT),
        ("138123456789", PhoneProblem.TOO_LONG),
        ("6608123", PhoneProblem.MISSING_AREA_CODE),
        ("12345", PhoneProblem.SERVICE_NUMBER),
        ("110", PhoneProblem.SERVICE_NUMBER),
        ("400-810-1234", PhoneProblem.SERVICE_NUMBER),
        ("12812345678", PhoneProblem.UNKNOWN_PREFIX),
        ("23812345678", PhoneProblem.UNKNOWN_PREFIX),
        ("202310123456.7", PhoneProblem.OTHER_NUMBER),
        ("91150100MA0N12345X", PhoneProblem.OTHER_NUMBER),
    ],
)
def test_what_is_wrong_is_said(typed: str, problem: PhoneProblem) -> None:
    assert read_phone(typed).problem is problem


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+8613812345678", "138****5678"),
        ("+864716608123", "0471****8123"),
        ("+861062083114", "010****3114"),
        ("+85223456789", "+85****6789"),
        ("", ""),
    ],
)
def test_only_the_ends_are_said_back(e164: str, masked: str) -> None:
    assert mask_phone(e164) == masked


@given(mobile_numbers, st.text("我想咨询商标，。 abc", max_size=12), st.text("谢谢。 xyz", max_size=12))
def test_masking_a_text_removes_the_number_and_nothing_else(number: str, before: str, after: str) -> None:
    text = f"{before}，{number}，{after}"
    assert mask_phones_in(text, "〔电话〕") == f"{before}，〔电话〕，{after}"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("5678", "5678"),
        ("尾号5678", "5678"),
        ("五六七八", "5678"),
        ("5 6 7 8", "5678"),
        ("13812345678", "5678"),
        ("５６７８", "5678"),
        ("567", None),
        ("1234 5678", None),
        ("不知道", None),
    ],
)
def test_the_last_four_digits_are_read(typed: str, digits: str | None) -> None:
    assert last_digits(typed) == digits
