from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexicon import Lexicon, load_lexicon
from knowledge.questions import MOST_PARTS, focus, parts_of, query_of


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("发明专利保护多少年？商标怎么续展？", ["发明专利保护多少年？", "商标怎么续展？"]),
        ("1、发明专利保护多少年 2、商标怎么续展", ["发明专利保护多少年", "商标怎么续展"]),
        ("发明专利保护多少年，另外，商标怎么续展？", ["发明专利保护多少年", "商标怎么续展？"]),
        ("你好，专利怎么申请？商标怎么续展？版权怎么登记？谢谢", ["专利怎么申请？", "商标怎么续展？", "版权怎么登记？"]),
        ("How long does a patent last? How much is a trademark?", ["How long does a patent last?", "How much is a trademark?"]),
    ],
)
def test_several_questions_are_parted_in_their_order(message: str, parts: list[str]) -> None:
    assert parts_of(message) == parts


@pytest.mark.parametrize(
    "message",
    ["发明专利保护多少年？", "我开了家店。被人告了商标侵权，怎么办？", "专利和商标有什么区别", "申请号202310123456.7的专利，什么时候公开？", "真的吗？怎么会？"],
)
def test_one_question_stays_whole(message: str) -> None:
    assert len(parts_of(message)) == 1


@given(st.text(max_size=200))
def test_there_are_one_to_three_parts_of_any_text(message: str) -> None:
    assert 1 <= len(parts_of(message)) <= MOST_PARTS


def test_a_short_message_is_searched_as_it_is() -> None:
    assert focus("我的商标被抢注了怎么办") == "我的商标被抢注了怎么办"


def test_a_long_story_is_reduced_to_what_it_asks() -> None:
    story = "我在呼和浩特开了一家奶茶店。" + "店面装修花了很多钱，生意也一直不错。" * 8 + "上个月收到法院传票。说我侵犯商标权怎么办？"
    found = focus(story)
    assert "怎么办" in found
    assert "传票" in found
    assert "装修" not in found


def test_a_story_without_a_question_keeps_its_beginning_and_end() -> None:
    story = "我的商标被人抢注。" + "中间发生了很多很多的事情说来话长。" * 10 + "我很着急。"
    assert focus(story).startswith("我的商标被人抢注。")
    assert focus(story).endswith("我很着急。")


@given(st.text(max_size=3000))
def test_no_story_is_longer_than_400_characters(text: str) -> None:
    assert len(focus(text)) <= 400


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("家里人让我来问问，专利年费没交会怎么样", "专利年费没交会怎么样"),
        ("网上说什么的都有，抖音翻唱要不要授权？麻烦懂的讲讲", "抖音翻唱要不要授权？"),
        ("商标被驳回了，怎么办", "商标被驳回了，"),
        ("怎么办？", "怎么办？"),
    ],
)
def test_clauses_that_say_nothing_are_not_searched_with(asked: str, searched: str, lexicon: Lexicon) -> None:
    assert query_of(asked, lexicon) == searched


@given(st.text(max_size=300))
def test_something_to_search_with_is_left_of_any_text(text: str) -> None:
    assert bool(query_of(text, load_lexicon()).strip()) == bool(focus(text).strip())
