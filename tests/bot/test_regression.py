"""The classifier read with numpy gives what scikit-learn gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from bot.nlu.regression import NgramRegression

EXAMPLES = {
    "greet": ["你好", "您好呀", "hello there", "早上好"],
    "book": ["我想预约一次咨询", "帮我约个专家", "book a consultation", "预约  维权援助"],
    "ask": ["发明专利保护多少年", "商标怎么续展", "what is a trade mark", "软件登记要多久"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
LABELS = [label for label, texts in EXAMPLES.items() for _ in texts]


@pytest.fixture(scope="module")
def ours() -> NgramRegression:
    return NgramRegression.train(TEXTS, LABELS, 30.0)


@pytest.fixture(scope="module")
def theirs() -> Pipeline:
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float32)
    return make_pipeline(vectoriser, LogisticRegression(C=30.0, max_iter=400, class_weight="balanced")).fit(TEXTS, LABELS)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text(alphabet="".join(TEXTS) + " \t\n", max_size=60)))
def test_the_shares_are_those_of_scikit_learn(ours: NgramRegression, theirs: Pipeline, text: str) -> None:
    expected = dict(zip(theirs.classes_, theirs.predict_proba([text])[0]))
    assert dict(ours.shares(text)) == pytest.approx(expected, abs=1e-5)


def test_the_likeliest_class_comes_first_and_the_shares_sum_to_one(ours: NgramRegression) -> None:
    shares = ours.shares("我想预约专家")
    assert shares[0][0] == "book"
    assert [s for _, s in shares] == sorted((s for _, s in shares), reverse=True)
    assert sum(s for _, s in shares) == pytest.approx(1)


def test_a_saved_model_reads_back_the_same(ours: NgramRegression, tmp_path: Path) -> None:
    ours.save(tmp_path / "model.npz")
    assert NgramRegression.load(tmp_path / "model.npz").shares("商标续展要多久") == ours.shares("商标续展要多久")


def test_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        NgramRegression.load(tmp_path / "none.npz")
