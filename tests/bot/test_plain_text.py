"""From plain text to elements, without a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.plain_text import Block, Part, blocks, parts


def text_of(block: Block) -> str:
    lines = [*block.lines, *((Part(name), *value) for name, value in block.facts)]
    return "".join(part.text for line in lines for part in line)


def test_paragraphs_lists_and_callouts() -> None:
    found = blocks("第一段\n第二行\n\n- 甲\n- 乙\n\n3. 丙\n4、丁\n\n下一步：看证书。")
    assert [(b.kind, len(b.lines), b.start) for b in found] == [("p", 2, 1), ("ul", 2, 1), ("ol", 2, 3), ("callout", 1, 1)]
    assert [text_of(b) for b in found] == ["第一段第二行", "甲乙", "丙丁", "下一步：看证书。"]


def test_a_list_right_below_its_sentence_is_a_list_of_its_own() -> None:
    assert [b.kind for b in blocks("需要：\n- 申请书\n- 身份证件\n以上都要原件。")] == ["p", "ul", "p"]


def test_terms_and_values_only_where_they_are_asked_for() -> None:
    text = "- 时间：11月23日\n- 电话：139****1234"
    (terms,) = blocks(text, facts=True)
    assert [(name, value[0].text) for name, value in terms.facts] == [("时间", "11月23日"), ("电话", "139****1234")]
    assert blocks(text)[0].kind == "ul"


def test_a_list_with_one_item_that_is_no_term_stays_a_list() -> None:
    assert blocks("- 时间：明天\n- 请带身份证件", facts=True)[0].kind == "ul"


@pytest.mark.parametrize("text", ["1.5倍以下", "2026.11.23", "12.5万元"])
def test_a_decimal_number_begins_no_list(text: str) -> None:
    assert blocks(text)[0].kind == "p"


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("请拨打12345。", ["12345"]),
        ("12315或者12348", ["12315", "12348"]),
        ("编号 WQ-123-456-789", []),
        ("0471-12345", []),
        ("申请号202312345678", []),
        ("123456", []),
    ],
)
def test_hotlines_are_dialled_and_other_numbers_are_not(text: str, dialled: list[str]) -> None:
    line = parts(text)
    assert [part.text for part in line if part.tel] == dialled
    assert "".join(part.text for part in line) == text


@given(st.text(alphabet="-•· 1.2、)：:\n甲乙12345下一步abc", max_size=200))
def test_no_word_is_lost(text: str) -> None:
    found = "".join(text_of(block) for facts in (False,) for block in blocks(text, facts=facts))
    assert [c for c in found if c in "甲乙下一步abc"] == [c for c in text if c in "甲乙下一步abc"]
