"""Nothing personal is kept for improvement; public identifiers are."""

from __future__ import annotations

import pytest
from hypothesis import given

from casework.masking import mask_email, mask_name, mask_text
from tests.casework.strategies import mobile_numbers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我叫张丽，电话13812345678", "我叫〔姓名〕，电话〔电话〕"),
        ("发到zhang.li@example.com.cn谢谢", "发到〔邮箱〕谢谢"),
        ("身份证150102199003071234", "身份证〔证件号〕"),
        ("卡号6222 0212 3456 7890 128", "卡号〔卡号〕"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "申请号202310123456.7",
        "ZL202310123456.7",
        "注册号12345678",
        "91150100MA0N12345X",
        "911501001234567890",
        "软著登字第1234567号",
        "发明专利保护20年",
    ],
)
def test_public_identifiers_stay(text: str) -> None:
    assert mask_text(text) == text


@given(mobile_numbers)
def test_no_phone_survives(number: str) -> None:
    assert number not in mask_text(f"我的号码{number}请回电")


def test_names_and_addresses_show_their_first_letter_only() -> None:
    assert (mask_name("张丽"), mask_name(""), mask_email("zhangli@example.com")) == (
        "张*",
        "",
        "z***@example.com",
    )
