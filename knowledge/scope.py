"""Is it our field at all? A regression over the same n-grams, trained on our phrasings and on other questions.

The other questions (other law, chat, tasks, news, everyday topics) stand in `knowledge/scope/*.txt`, one a line,
written for this project.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.features import features
from knowledge.lexicon import Lexicon

NEGATIVES = Path(__file__).with_name("scope")
_BUCKETS = 1 << 18


def read_negatives(folder: Path = NEGATIVES) -> list[str]:
    """Questions outside the field, one a line; lines that begin with # are headings."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        found += [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    return found


class Scope:
    """P(the text is about intellectual property or this service)."""

    def __init__(self, vocabulary: dict[str, int], weights: npt.NDArray[np.float32], bias: float) -> None:
        self._vocabulary, self._weights, self._bias = vocabulary, weights, bias

    @classmethod
    def train(cls, inside: Sequence[str], outside: Sequence[str], lexicon: Lexicon, regularisation: float = 4.0) -> Scope:
        """Fit on texts inside and outside the field (balanced by weight)."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        vectoriser = TfidfVectorizer(analyzer=lambda text: features(text, lexicon), min_df=2, sublinear_tf=True, dtype=np.float32)
        matrix = vectoriser.fit_transform([*inside, *outside])
        labels = [1] * len(inside) + [0] * len(outside)
        model = LogisticRegression(C=regularisation, class_weight="balanced", max_iter=300, solver="liblinear").fit(matrix, labels)
        weights = (model.coef_[0] * vectoriser.idf_).astype(np.float32)  # idf folded in
        vocabulary = {feature: int(row) for feature, row in vectoriser.vocabulary_.items()}
        return cls(vocabulary, np.stack([weights, vectoriser.idf_.astype(np.float32)]), float(model.intercept_[0]))

    def probability(self, tokens: Sequence[str]) -> float:
        """0..1 for the text's features."""
        counts: dict[int, int] = {}
        for token in tokens:
            row = self._vocabulary.get(token)
            if row is not None:
                counts[row] = counts.get(row, 0) + 1
        if not counts:
            return 0.0
        rows = np.fromiter(counts, dtype=np.int64, count=len(counts))
        times = 1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        length = float(np.sqrt(((times * self._weights[1, rows]) ** 2).sum()))
        logit = float((times * self._weights[0, rows]).sum()) / max(length, 1e-9) + self._bias
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def save(self, path: Path) -> None:
        np.savez_compressed(path, tokens=np.array("\n".join(self._vocabulary)), rows=np.array(list(self._vocabulary.values())),
                            weights=self._weights, bias=np.array(self._bias))

    @classmethod
    def load(cls, path: Path) -> Scope:
        with np.load(path, allow_pickle=False) as data:
            vocabulary = dict(zip(str(data["tokens"]).split("\n"), map(int, data["rows"]), strict=True))
            return cls(vocabulary, data["weights"], float(data["bias"]))
