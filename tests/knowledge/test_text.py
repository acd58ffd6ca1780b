from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import bare, clean, is_question, language_of, normalise, sentences, strip_padding


def test_width_script_and_case_are_folded() -> None:
    assert normalise("ＡＢＣ　專利 申請") == "abc 专利 申请"
    assert normalise("著作權登記") == "著作权登记"


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once or unicodedata.normalize("NFKC", once) != once


@given(st.text(max_size=80))
def test_nothing_invisible_survives_cleaning(text: str) -> None:
    left = [c for c in clean(text) if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c != "\n"]
    assert left == []
    assert clean(clean(text)) == clean(text)


def test_mongolian_spelling_is_kept_and_stray_marks_are_dropped() -> None:
    word = "ᠮᠣᠩᠭᠣᠯ\u180e\u202fᠤᠨ\u180b"
    assert clean(word) == word
    assert clean("专\u200d利\u202e商\u200b标\ufeff") == "专利商标"


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("你好，请问商标怎么注册？谢谢", "商标怎么注册？"),
        ("我想问一下专利多久下来", "专利多久下来"),
        ("Hello, how long does a patent last? Thank you", "how long does a patent last?"),
        ("你好", "你好"),
        ("你好牌商标能注册吗", "牌商标能注册吗"),
    ],
)
def test_greetings_and_thanks_are_cut_at_the_ends(text: str, stripped: str) -> None:
    assert strip_padding(text) == stripped


@pytest.mark.parametrize(("text", "asks"), [("专利多少年", True), ("商标能不能转让", True), ("is it free", True), ("我的商标被抢注了", False), ("呼和浩特", False)])
def test_a_question_is_seen_by_mark_or_word(text: str, asks: bool) -> None:
    assert is_question(text) is asks


@pytest.mark.parametrize(
    ("text", "language"),
    [("专利保护多久", "zh"), ("How long?", "en"), ("iPhone外观专利", "zh"), ("ᠮᠣᠩᠭᠣᠯ", "mn"), ("Сайн байна уу", "mn"), ("123", "zh"),
     ("what is 专利", "zh"), ("please explain the difference between 专利 and trademark", "en")],
)  # fmt: skip
def test_the_language_is_that_of_most_letters(text: str, language: str) -> None:
    assert language_of(text) == language


def test_sentences_and_bare_words() -> None:
    assert sentences("我开了店。被告了！怎么办？") == ["我开了店。", "被告了！", "怎么办？"]
    assert bare("Patent-Law, (2020)！") == "patent law 2020"
