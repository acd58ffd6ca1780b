from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.features import content_grams, features, runs, words
from knowledge.lexicon import Lexicon


@pytest.mark.parametrize(("typed", "meant"), [("转利", "专利"), ("商彪", "商标"), ("注册伤标", "注册商标"), ("保护七", "保护期")])
def test_what_sounds_alike_shares_a_feature(typed: str, meant: str, lexicon: Lexicon) -> None:
    shared = set(features(typed, lexicon)) & set(features(meant, lexicon))
    assert [f for f in shared if f.startswith("~")]


def test_southern_sounds_are_folded(lexicon: Lexicon) -> None:
    assert "~zuan'li" in features("专利", Lexicon({}, []))
    assert set(features("诗词", lexicon)) & set(features("丝词", lexicon)) & {"~si'ci"}


def test_characters_n_grams_words_and_stems(lexicon: Lexicon) -> None:
    found = features("申请licenses 2024", Lexicon({}, []))
    assert {"申", "申请", "=licenses", "=licens", "=2024"} <= set(found) or {"申", "申请", "=licenses", "=license", "=2024"} <= set(found)


def test_lexical_terms_are_bigrams_and_stemmed_words() -> None:
    assert words("专利费patents", Lexicon({}, [])) == ["专利", "利费", "专利费", "=patent"]
    assert words("水", Lexicon({}, [])) == ["水"]


def test_content_leaves_out_words_without_meaning() -> None:
    lexicon = Lexicon({}, ["请问", "怎么办", "the"])
    assert content_grams("请问专利怎么办", lexicon) == {"专利"}
    assert content_grams("the patents", lexicon) == {"patent"}


def test_canonical_terms_stand_in_for_variants() -> None:
    assert runs("牌子续费", Lexicon({"续费": "续展", "牌子": "商标"}, [])) == ["商标续展"]


@given(st.text(max_size=60))
def test_any_text_has_features_of_text(text: str) -> None:
    assert all(isinstance(f, str) and f for f in features(text, Lexicon({}, [])))
