"""Gaps grouped: what asks for the same comes together, and no word of a single person is told."""

from __future__ import annotations

import pytest

from knowledge.encoder import Encoder, open_encoder
from knowledge.groups import Asked, grouped
from knowledge.lexicon import load_lexicon

CAMEL = ("驼奶粉能不能注册地理标志", "我们旗的驼奶粉怎么申请地理标志", "驼奶粉地理标志申请要什么材料", "申请驼奶粉的地理标志找谁")
OTHER = ("手游账号被封了怎么办", "邻居装修噪音太大")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder(None, load_lexicon())


def asked(*questions: str, sources: str = "", cards: tuple[str, ...] = ("gi/apply",)) -> list[Asked]:
    return [Asked(question, sources or f"s{number}", cards) for number, question in enumerate(questions)]


def test_what_asks_for_the_same_comes_together_the_most_wanted_first(encoder: Encoder) -> None:
    groups = grouped([*asked(*OTHER, cards=()), *asked(*CAMEL)], encoder)
    assert set(groups[0].questions) == set(CAMEL)
    assert (groups[0].sources, groups[0].cards) == (4, ("gi/apply",))
    assert sum(len(group.questions) for group in groups) == 6


def test_words_are_told_when_three_conversations_used_them(encoder: Encoder) -> None:
    (group,) = grouped(asked(*CAMEL), encoder)
    assert "标志" in "".join(group.words)
    assert not any("材料" in word for word in group.words)


def test_one_person_who_repeats_a_word_is_not_told(encoder: Encoder) -> None:
    for group in grouped(asked(*CAMEL, sources="one"), encoder):
        assert group.words == ()


def test_a_name_is_never_told_however_many_wrote_it(encoder: Encoder) -> None:
    same = ("巴特尔的驼奶粉商标被抢注", "乌力吉和巴特尔的驼奶粉商标被抢注了", "巴特尔、娜仁花家驼奶粉商标被人抢注", "张丽说巴特尔驼奶粉商标被抢注")
    (group,) = grouped(asked(*same), encoder)
    assert "商标" in group.words
    assert not any(name in "".join(group.words) for name in ("巴特", "乌力", "娜仁", "张丽"))


def test_numbers_are_never_told(encoder: Encoder) -> None:
    same = ("申请号202310123456.7的费用减缴", "申请号202310123456.7费用减缴怎么办", "申请号202310123456.7的费用可以减缴吗")
    assert not any(any(c.isdigit() for c in word) for group in grouped(asked(*same), encoder) for word in group.words)


def test_nothing_and_one_question_are_groups_too(encoder: Encoder) -> None:
    assert grouped([], encoder) == []
    assert [group.questions for group in grouped(asked("驼奶粉"), encoder)] == [("驼奶粉",)]
