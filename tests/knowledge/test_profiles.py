from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.profiles import Profiles

PASSAGES = [["专利", "年限"], ["专利", "期限"], ["商标", "续展"], ["商标", "转让"]]
CARDS = np.array([0, 0, 1, 2])


def built() -> Profiles:
    return Profiles.build(PASSAGES, [1.0, 1.0, 1.0, 0.4], CARDS, minimum_count=1)[0]


def scores(profiles: Profiles, *tokens: str) -> np.ndarray:
    return profiles.scores(*profiles.weigh(tokens))


def test_a_text_is_nearest_to_the_card_whose_words_it_uses() -> None:
    found = scores(built(), "专利", "期限")
    assert found.shape == (3,)
    assert int(found.argmax()) == 0
    assert found[1] == found[2] == 0


def test_similarities_are_cosines() -> None:
    for tokens in (("专利",), ("商标", "转让"), ("专利", "商标")):
        found = scores(built(), *tokens)
        assert (found >= 0).all()
        assert (found <= 1 + 1e-5).all()


def test_a_rare_word_may_be_left_out_of_the_vocabulary() -> None:
    profiles = Profiles.build(PASSAGES, [1.0] * 4, CARDS, minimum_count=2)[0]
    assert scores(profiles, "商标").any()
    assert not scores(profiles, "转让").any()


def test_unknown_words_match_nothing() -> None:
    assert not scores(built(), "天气").any()
    assert not scores(built()).any()


def test_profiles_survive_the_disk_in_half_precision(tmp_path: Path) -> None:
    built().save(tmp_path / "profiles.npz")
    loaded = Profiles.load(tmp_path / "profiles.npz")
    assert np.allclose(scores(loaded, "专利", "年限"), scores(built(), "专利", "年限"), atol=1e-3)
