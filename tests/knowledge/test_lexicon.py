from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import CardError
from knowledge.lexicon import Lexicon, load_lexicon, parse_lexicon


def test_the_longest_variant_wins_and_nothing_is_replaced_twice() -> None:
    lexicon = Lexicon({"牌子": "商标", "老牌子": "老字号", "商标": "记号"}, [])
    assert lexicon.canonical("老牌子和牌子") == "老字号和商标"


def test_latin_function_words_are_cut_only_as_whole_words() -> None:
    assert Lexicon({}, ["an"]).without_function_words("an answer").split() == ["answer"]


def test_a_lexicon_without_entries_changes_nothing() -> None:
    assert Lexicon({}, []).without_function_words("专利 Patent") == "专利 patent"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("terms: {商标: [牌子], 品牌: [牌子]}\nfunction_words: []", "stands under 商标 and 品牌"),
        ("terms: {商标: [商标]}\nfunction_words: []", "its own variant"),
    ],
)
def test_a_contradiction_is_refused_with_file_and_remedy(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "lexicon.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CardError, match=problem) as caught:
        parse_lexicon(path)
    assert caught.value.where == str(path)
    assert caught.value.remedy


def test_the_projects_lexicon_is_sound() -> None:
    assert load_lexicon().canonical("续费") != ""
