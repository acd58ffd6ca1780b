"""Profiles: each card as one TF-IDF vector over its phrasings and its own text.

A single phrasing seldom shares words with a question; the sum of all of a card's phrasings often does (Rocchio's
classifier). Nothing is trained: a new card has its profile as soon as it is indexed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Weights = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


class Profiles:
    """Cosine similarity of a text to each profile."""

    def __init__(self, vocabulary: Mapping[str, int], idf: Weights, matrix: sp.csr_matrix) -> None:
        # matrix: (features, labels), so that a question touches only the rows of its own features
        self._vocabulary, self._idf, self._matrix = vocabulary, idf, matrix

    @classmethod
    def build(
        cls, passages: Sequence[Sequence[str]], weights: Weights, labels: Labels, minimum_count: int = 2
    ) -> tuple[Profiles, sp.csr_matrix]:
        """From tokenised passages, each with a weight (1 for a phrasing) and a label.

        Also returns the passages as TF-IDF rows, shape (passages, features), for the facets to learn from.
        """
        counts: Counter[str] = Counter()
        for tokens in passages:
            counts.update(set(tokens))
        known = {token: count for token, count in counts.items() if count >= minimum_count}
        vocabulary = {token: row for row, token in enumerate(known)}
        total = len(passages)
        frequencies = np.fromiter(known.values(), dtype=np.float32, count=len(known))
        idf = (np.log((1 + total) / (1 + frequencies)) + 1).astype(np.float32)
        texts = _matrix(passages, vocabulary, idf)
        weighted = sp.diags(np.asarray(weights, dtype=np.float32)) @ texts
        indicator = sp.csr_matrix((np.ones(total, np.float32), (labels, np.arange(total))), shape=(int(labels.max()) + 1, total))
        sums = (indicator @ weighted).tocsr()
        norms = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1))).ravel()
        scaled = sp.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32)) @ sums
        return cls(vocabulary, idf, scaled.T.tocsr().astype(np.float32)), texts

    def weigh(self, tokens: Sequence[str]) -> tuple[Labels, Weights]:
        """A text's feature rows and TF-IDF values (unit length)."""
        return _weigh(tokens, self._vocabulary, self._idf)

    def scores(self, rows: Labels, values: Weights) -> Weights:
        """Cosine similarity to every label, shape (labels,), for what `weigh` gave."""
        if not len(rows):
            return np.zeros(self._matrix.shape[1], dtype=np.float32)
        return np.asarray(values @ self._matrix[rows], dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write one npz file (half precision)."""
        matrix = self._matrix
        np.savez(
            path,
            tokens=np.array("\n".join(self._vocabulary)),
            idf=self._idf,
            data=matrix.data.astype(np.float16),
            indices=matrix.indices,
            indptr=matrix.indptr,
            shape=np.array(matrix.shape),
        )

    @classmethod
    def load(cls, path: Path) -> Profiles:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            vocabulary = {token: row for row, token in enumerate(str(data["tokens"]).split("\n"))}
            values = data["data"].astype(np.float32)
            return cls(vocabulary, data["idf"], sp.csr_matrix((values, data["indices"], data["indptr"]), shape=tuple(data["shape"])))


def _matrix(passages: Sequence[Sequence[str]], vocabulary: Mapping[str, int], idf: Weights) -> sp.csr_matrix:
    known = [[vocabulary[token] for token in tokens if token in vocabulary] for tokens in passages]
    lengths = np.fromiter((len(rows) for rows in known), dtype=np.int64, count=len(passages))
    columns = np.fromiter((row for rows in known for row in rows), dtype=np.int64, count=int(lengths.sum()))
    rows = np.repeat(np.arange(len(passages)), lengths)
    matrix = sp.csr_matrix((np.ones(len(columns), np.float32), (rows, columns)), shape=(len(passages), len(vocabulary)))
    matrix.sum_duplicates()
    matrix.data = ((1 + np.log(matrix.data)) * idf[matrix.indices]).astype(np.float32)
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    return (sp.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32)) @ matrix).tocsr().astype(np.float32)


def _weigh(tokens: Sequence[str], vocabulary: Mapping[str, int], idf: Weights) -> tuple[Labels, Weights]:
    counts = Counter(vocabulary[token] for token in tokens if token in vocabulary)
    if not counts:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * idf[rows]
    return rows, (values / max(float(np.sqrt((values**2).sum())), 1e-9)).astype(np.float32)
