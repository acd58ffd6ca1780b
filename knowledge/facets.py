"""Which right, aspect, side, area and kind a question is about: a linear classifier per facet.

Cards share facets, so each facet is learned from thousands of phrasings, where a single card has some thirty. The
classifiers are logistic regressions over the same TF-IDF features as the profiles (fitted by stochastic gradient
descent, a few seconds); a new card takes part as soon as it is indexed, since its facets are in its front matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Labels = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
_LEAST = 1e-4  # no facet is ruled out altogether


class Facets:
    """Log-probabilities of every label of every facet."""

    def __init__(self, models: Mapping[str, tuple[Weights, Weights]]) -> None:
        # per facet: coefficients (features, labels) and intercepts (labels,); kept side by side in half precision,
        # so that a question reads one row per feature
        ends = np.cumsum([0, *(len(intercepts) for _, intercepts in models.values())])
        self._columns = {name: slice(int(a), int(b)) for name, a, b in zip(models, ends, ends[1:], strict=False)}
        self._coefficients = np.concatenate([c.astype(np.float16) for c, _ in models.values()], axis=1)
        self._intercepts = np.concatenate([i for _, i in models.values()]).astype(np.float32)

    @classmethod
    def train(cls, texts: sp.csr_matrix, weights: npt.NDArray[np.float32], labellings: Mapping[str, Labels]) -> Facets:
        """Fit on weighted passages (rows of `texts`), each with one label per facet."""
        from sklearn.linear_model import SGDClassifier

        rows = texts.astype(np.float64)  # the solver wants rows, labels and weights of one precision
        models = {}
        for name, labels in labellings.items():
            width = int(labels.max()) + 1
            model = SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=8, tol=None, random_state=0)
            model.fit(rows, labels, sample_weight=weights.astype(np.float64))
            coefficients = np.zeros((texts.shape[1], width), dtype=np.float32)
            intercepts = np.full(width, -20.0, dtype=np.float32)
            if len(model.classes_) == 2:
                coefficients[:, model.classes_] = np.stack([-model.coef_[0], model.coef_[0]], axis=1)
                intercepts[model.classes_] = (-model.intercept_[0], model.intercept_[0])
            else:
                coefficients[:, model.classes_] = model.coef_.T
                intercepts[model.classes_] = model.intercept_
            models[name] = (coefficients, intercepts)
        return cls(models)

    def scores(self, rows: Labels, values: Weights) -> dict[str, Weights]:
        """Log-probabilities per facet, each of shape (labels,), for a text's feature rows and TF-IDF values."""
        logits = values @ self._coefficients[rows].astype(np.float32) + self._intercepts if len(rows) else self._intercepts
        shares = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        found = {}
        for name, columns in self._columns.items():
            own = shares[columns]
            found[name] = np.log(np.maximum(own / max(float(own.sum()), 1e-9), _LEAST)).astype(np.float32)
        return found

    def save(self, path: Path) -> None:
        """Write one npz file (half precision)."""
        arrays: dict[str, npt.NDArray[np.generic]] = {}
        for name, columns in self._columns.items():
            arrays |= {f"{name}.w": self._coefficients[:, columns], f"{name}.b": self._intercepts[columns]}
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Facets:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            names = [key.removesuffix(".w") for key in data.files if key.endswith(".w")]
            return cls({name: (data[f"{name}.w"], data[f"{name}.b"]) for name in names})
