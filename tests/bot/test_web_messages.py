from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.web import messages, sentence

ROOT = Path(__file__).resolve().parents[2]


def test_every_sentence_stands_in_both_languages() -> None:
    for code, sentences in messages().items():
        assert set(sentences) == {"zh", "en"}, code
        assert re.search(r"[\u4e00-\u9fff]", sentences["zh"]), code
        assert sentences["en"].isascii(), code


def test_every_code_that_the_server_says_has_a_sentence() -> None:
    said = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "")
                place = {"error_response": 1, "ApiError": 1, "sentence": 0}.get(name)
                if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                    said.add(node.args[place].value)
    assert {"too_large", "too_fast", "not_ready"} <= said
    assert said <= set(messages())


def test_an_unknown_language_is_answered_in_chinese() -> None:
    assert sentence("empty", "mn") == messages()["empty"]["zh"]


def test_an_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        sentence("no_such_code", "zh")
