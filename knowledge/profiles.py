"""Card profiles: each card as one TF-IDF vector over all its phrasings and its own text (Rocchio's classifier).

A single phrasing seldom shares words with a question; the sum of all of a card's phrasings often does.
Nothing is trained: a new card has its profile as soon as it is indexed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Tokenise = Callable[[str], Sequence[str]]


class Profiles:
    """Cosine similarity of a text to each label's profile."""

    def __init__(self, vocabulary: Mapping[str, int], idf: npt.NDArray[np.float32], matrix: sp.csr_matrix) -> None:
        # matrix: (features, labels), so that a question touches only the rows of its own features
        self._vocabulary, self._idf, self._matrix = vocabulary, idf, matrix

    @classmethod
    def build(cls, labelled: Sequence[tuple[int, Sequence[str], float]], labels: int, minimum_count: int = 1) -> Profiles:
        """From (label, tokens, weight) triples; weight 1 for a phrasing, less for the card's own sentences."""
        document_counts: Counter[str] = Counter()
        for _, tokens, _ in labelled:
            document_counts.update(set(tokens))
        kept = [token for token, count in document_counts.items() if count >= minimum_count]
        vocabulary = {token: row for row, token in enumerate(kept)}
        total = len(labelled)
        idf = np.array([np.log((1 + total) / (1 + document_counts[token])) + 1 for token in kept], dtype=np.float32)
        sums: dict[tuple[int, int], float] = defaultdict(float)
        for label, tokens, weight in labelled:
            rows, values = _weigh(tokens, vocabulary, idf)
            for row, value in zip(rows, values, strict=True):
                sums[int(row), label] += weight * float(value)
        places = np.array(list(sums), dtype=np.int32).reshape(-1, 2)
        matrix = sp.csr_matrix(
            (np.fromiter(sums.values(), dtype=np.float32, count=len(sums)), (places[:, 0], places[:, 1])),
            shape=(len(kept), labels),
        )
        norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=0))).ravel()
        matrix = (matrix @ sp.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32))).tocsr().astype(np.float32)
        return cls(vocabulary, idf, matrix)

    def scores(self, tokens: Sequence[str]) -> npt.NDArray[np.float32]:
        """Cosine similarity to every label, shape (labels,)."""
        rows, values = _weigh(tokens, self._vocabulary, self._idf)
        if not len(rows):
            return np.zeros(self._matrix.shape[1], dtype=np.float32)
        return np.asarray(values @ self._matrix[rows], dtype=np.float32).ravel()

    def save(self, path: Path) -> None:
        """Write one npz file."""
        np.savez_compressed(
            path,
            tokens=np.array("\n".join(self._vocabulary)),
            idf=self._idf,
            data=self._matrix.data,
            indices=self._matrix.indices,
            indptr=self._matrix.indptr,
            shape=np.array(self._matrix.shape),
        )

    @classmethod
    def load(cls, path: Path) -> Profiles:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            vocabulary = {token: row for row, token in enumerate(str(data["tokens"]).split("\n"))}
            matrix = sp.csr_matrix((data["data"], data["indices"], data["indptr"]), shape=tuple(data["shape"]))
            return cls(vocabulary, data["idf"], matrix)


def _weigh(
    tokens: Sequence[str], vocabulary: Mapping[str, int], idf: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    counts = Counter(vocabulary[token] for token in tokens if token in vocabulary)
    rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * idf[rows] if len(rows) else np.zeros(0, np.float32)
    # Features that the index does not know still count in the length of the question: unknown words lower the match.
    length = np.sqrt(float((values**2).sum())) if len(values) else 1.0
    return rows, (values / max(length, 1e-9)).astype(np.float32)
