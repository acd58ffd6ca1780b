from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.tokenizer import CharacterTokenizer


def tokens(text: str) -> list[tuple[str, int]]:
    tokenizer = CharacterTokenizer(CharacterTokenizer.get_default_config())
    return [(t.text, t.start) for t in tokenizer.tokenize(Message({TEXT: text}), TEXT)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("专利保护20年", ["专", "利", "保", "护", "20", "年"]),
        ("申请iPhone专利", ["申", "请", "iPhone", "专", "利"]),
        ("202310123456.7", ["202310123456.7"]),
        ("how long?", ["how", "long", "?"]),
    ],
)
def test_chinese_is_cut_into_characters_and_the_rest_into_words(text: str, expected: list[str]) -> None:
    found = tokens(text)
    assert [t for t, _ in found] == expected
    assert all(text[start:].startswith(token) for token, start in found)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_still_has_one_token(text: str) -> None:
    assert len(tokens(text)) == 1
