"""Profiles: each card (and each right, aspect and side) as one TF-IDF vector over its phrasings and its own text.

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
    """Cosine similarity of a text to each profile of several labellings that share one vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int], idf: Weights, matrices: Mapping[str, sp.csr_matrix]) -> None:
        # matrices: (features, labels), so that a question touches only the rows of its own features
        self._vocabulary, self._idf, self._matrices = vocabulary, idf, dict(matrices)

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]], weights: Sequence[float], labellings: Mapping[str, Labels]) -> Profiles:
        """From tokenised passages, each with a weight (1 for a phrasing) and a label in every labelling."""
        counts: Counter[str] = Counter()
        for tokens in passages:
            counts.update(set(tokens))
        vocabulary = {token: row for row, token in enumerate(counts)}
        total = len(passages)
        frequencies = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        idf = (np.log((1 + total) / (1 + frequencies)) + 1).astype(np.float32)
        texts = _matrix(passages, vocabulary, idf)
        weighted = sp.diags(np.asarray(weights, dtype=np.float32)) @ texts
        matrices = {}
        for name, labels in labellings.items():
            width = int(labels.max()) + 1
            indicator = sp.csr_matrix((np.ones(total, np.float32), (labels, np.arange(total))), shape=(width, total))
            sums = (indicator @ weighted).tocsr()
            norms = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1))).ravel()
            scaled = sp.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32)) @ sums
            matrices[name] = scaled.T.tocsr().astype(np.float32)
        return cls(vocabulary, idf, matrices)

    def scores(self, tokens: Sequence[str]) -> dict[str, Weights]:
        """Cosine similarity to every label of every labelling, each of shape (labels,)."""
        rows, values = _weigh(tokens, self._vocabulary, self._idf)
        if not len(rows):
            return {name: np.zeros(matrix.shape[1], dtype=np.float32) for name, matrix in self._matrices.items()}
        query = sp.csr_matrix((values, (np.zeros(len(rows), dtype=np.int32), rows)), shape=(1, len(self._idf)))
        return {name: np.asarray((query @ matrix).todense(), dtype=np.float32).ravel() for name, matrix in self._matrices.items()}

    def save(self, path: Path) -> None:
        """Write one npz file."""
        arrays: dict[str, npt.NDArray[np.generic]] = {"tokens": np.array("\n".join(self._vocabulary)), "idf": self._idf}
        for name, matrix in self._matrices.items():
            arrays |= {f"{name}.data": matrix.data.astype(np.float16), f"{name}.indices": matrix.indices}
            arrays |= {f"{name}.indptr": matrix.indptr, f"{name}.shape": np.array(matrix.shape)}
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Profiles:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            vocabulary = {token: row for row, token in enumerate(str(data["tokens"]).split("\n"))}
            names = [key.removesuffix(".shape") for key in data.files if key.endswith(".shape")]
            matrices = {
                name: sp.csr_matrix(
                    (data[f"{name}.data"].astype(np.float32), data[f"{name}.indices"], data[f"{name}.indptr"]),
                    shape=tuple(data[f"{name}.shape"]),
                )
                for name in names
            }
            return cls(vocabulary, data["idf"], matrices)


def _matrix(passages: Sequence[Sequence[str]], vocabulary: Mapping[str, int], idf: Weights) -> sp.csr_matrix:
    lengths = np.fromiter((len(tokens) for tokens in passages), dtype=np.int64, count=len(passages))
    columns = np.fromiter((vocabulary[t] for tokens in passages for t in tokens), dtype=np.int64, count=int(lengths.sum()))
    rows = np.repeat(np.arange(len(passages)), lengths)
    matrix = sp.csr_matrix((np.ones(len(columns), np.float32), (rows, columns)), shape=(len(passages), len(vocabulary)))
    matrix.sum_duplicates()
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    return (sp.diags((1 / np.maximum(norms, 1e-9)).astype(np.float32)) @ matrix).tocsr()


def _weigh(tokens: Sequence[str], vocabulary: Mapping[str, int], idf: Weights) -> tuple[Labels, Weights]:
    counts = Counter(vocabulary[token] for token in tokens if token in vocabulary)
    if not counts:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * idf[rows]
    return rows, (values / max(float(np.sqrt((values**2).sum())), 1e-9)).astype(np.float32)
