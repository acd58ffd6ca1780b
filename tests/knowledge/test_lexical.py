from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
import pytest

from knowledge.errors import ReleaseError
from knowledge.lexical import LexicalIndex

PASSAGES = [["专利", "保护", "年限"], ["商标", "续展"], ["专利", "年费", "专利"], []]


def test_rarer_and_more_matches_score_higher() -> None:
    scores = LexicalIndex.build(PASSAGES).scores(["专利", "年费"])
    assert scores.shape == (4,)
    assert scores[2] > scores[0] > scores[1] == scores[3] == 0


def test_unknown_words_score_nothing() -> None:
    index = LexicalIndex.build(PASSAGES)
    assert not index.scores(["天气"]).any()
    assert not index.scores([]).any()


def test_an_index_survives_the_disk(tmp_path: Path) -> None:
    index = LexicalIndex.build(PASSAGES)
    index.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical", len(PASSAGES))
    assert np.allclose(loaded.scores(["商标"]), index.scores(["商标"]))


def test_a_missing_index_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="build the release again"):
        LexicalIndex.load(tmp_path / "lexical", 4)


def test_the_scores_are_those_of_the_library() -> None:
    """Rows are added up in one sparse product; a change of bm25s's internals would show here."""
    engine = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    engine.index([tokens or ["∅"] for tokens in PASSAGES], show_progress=False)
    assert np.allclose(LexicalIndex.build(PASSAGES).scores(["专利", "年费", "续展"]), engine.get_scores(["专利", "年费", "续展"]))
