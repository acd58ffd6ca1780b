from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.profiles import Profiles

PASSAGES = [["专利", "年限"], ["专利", "期限"], ["商标", "续展"], ["商标", "转让"]]
LABELS = {"card": np.array([0, 0, 1, 2]), "right": np.array([0, 0, 1, 1])}


def built() -> Profiles:
    return Profiles.build(PASSAGES, [1.0, 1.0, 1.0, 0.4], LABELS)


def test_a_text_is_nearest_to_the_card_whose_words_it_uses() -> None:
    scores = built().scores(["专利", "期限"])
    assert {name: found.shape for name, found in scores.items()} == {"card": (3,), "right": (2,)}
    assert int(scores["card"].argmax()) == 0
    assert int(scores["right"].argmax()) == 0
    assert scores["card"][1] == scores["card"][2] == 0


def test_similarities_are_cosines() -> None:
    for tokens in (["专利"], ["商标", "转让"], ["专利", "商标"]):
        for found in built().scores(tokens).values():
            assert (found >= 0).all()
            assert (found <= 1 + 1e-5).all()


def test_unknown_words_match_nothing() -> None:
    assert not built().scores(["天气"])["card"].any()
    assert not built().scores([])["card"].any()


def test_profiles_survive_the_disk_in_half_precision(tmp_path: Path) -> None:
    built().save(tmp_path / "profiles.npz")
    loaded = Profiles.load(tmp_path / "profiles.npz").scores(["专利", "年限"])
    for name, found in built().scores(["专利", "年限"]).items():
        assert np.allclose(loaded[name], found, atol=1e-3)
