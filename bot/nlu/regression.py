"""Logistic regression over character n-grams: fitted with scikit-learn, read with numpy.

A parse costs a tenth of scikit-learn's own prediction, serving does not import it, and a model file holds arrays
only (no pickle). tests/bot/test_regression.py holds both predictions equal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

_LONGEST = 3  # characters of an n-gram
_SPACES = re.compile(r"\s\s+")


def _grams(text: str) -> Counter[str]:
    folded = _SPACES.sub(" ", text.lower())  # as TfidfVectorizer does for analyzer="char"
    return Counter(folded[start : start + size] for size in range(1, _LONGEST + 1) for start in range(len(folded) - size + 1))


class NgramRegression:
    """P(class | text) from the TF-IDF values of its n-grams of 1 to 3 characters."""

    def __init__(self, classes: Sequence[str], grams: Sequence[str], weights: npt.NDArray[np.float64], intercepts: npt.NDArray[np.float64]) -> None:
        """`weights`: one row per n-gram, first its inverse document frequency, then its coefficient for each class."""
        self.classes = tuple(classes)
        self._rows = {gram: row for row, gram in enumerate(grams)}
        self._idf, self._coefficients, self._intercepts = weights[:, 0], np.ascontiguousarray(weights[:, 1:]), intercepts

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], inverse_regularisation: float) -> NgramRegression:
        """Fit on texts of at least three classes."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, _LONGEST), sublinear_tf=True, dtype=np.float32)
        model = LogisticRegression(C=inverse_regularisation, max_iter=400, class_weight="balanced")
        model.fit(vectoriser.fit_transform(texts), labels)
        weights = np.concatenate([vectoriser.idf_[:, None], model.coef_.T], axis=1).astype(np.float64)
        return cls([str(name) for name in model.classes_], list(vectoriser.get_feature_names_out()), weights, model.intercept_.astype(np.float64))

    def shares(self, text: str) -> list[tuple[str, float]]:
        """Every class with its probability, the likeliest first."""
        counts = {self._rows[gram]: count for gram, count in _grams(text).items() if gram in self._rows}
        logits = self._intercepts
        if counts:
            rows = np.fromiter(counts, dtype=np.int64, count=len(counts))
            values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * self._idf[rows]
            logits = (values / np.sqrt(values @ values)) @ self._coefficients[rows] + self._intercepts
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        return [(self.classes[i], float(shares[i])) for i in np.argsort(-shares, kind="stable")]

    def save(self, path: Path) -> None:
        """Write one npz file."""
        weights = np.concatenate([self._idf[:, None], self._coefficients], axis=1)
        np.savez_compressed(path, classes=np.array(self.classes), grams=np.array(list(self._rows)), weights=weights, intercepts=self._intercepts)

    @classmethod
    def load(cls, path: Path) -> NgramRegression:
        """Read what `save` wrote; raises FileNotFoundError when there is none."""
        with np.load(path, allow_pickle=False) as data:
            return cls(data["classes"].tolist(), data["grams"].tolist(), data["weights"], data["intercepts"])
