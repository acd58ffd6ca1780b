"""The lexical index: BM25 over character n-grams, words and sounds. The only file that knows bm25s."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from knowledge.errors import ReleaseError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # bm25s warns of optional packages that are not wanted
    # bm25s imports jax where it is installed (Rasa brings it), only to sort results; that would cost 118 MB and a second.
    _jax = sys.modules.get("jax")
    sys.modules["jax"] = None  # type: ignore[assignment] # the documented way to make an import fail
    try:
        import bm25s
    finally:
        if _jax is None:
            del sys.modules["jax"]
        else:
            sys.modules["jax"] = _jax


class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.6) over tokenised passages."""

    def __init__(self, engine: bm25s.BM25, size: int) -> None:
        self._engine, self._size = engine, size
        self._known: dict[str, int] = engine.vocab_dict
        # The engine keeps one score per token and passage, token by token: as a sparse matrix (tokens, passages) a
        # question's rows are added up in compiled code (the engine itself adds them one by one, which takes twice as long).
        found = engine.scores
        self._scores = sp.csr_matrix((found["data"], found["indices"], found["indptr"]), shape=(len(found["indptr"]) - 1, size))

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index tokenised passages (at least one with a token)."""
        engine = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
        engine.index([list(tokens) or ["∅"] for tokens in passages], show_progress=False)
        return cls(engine, len(passages))

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Read a saved index; raises ReleaseError when it is missing or damaged."""
        try:
            return cls(bm25s.BM25.load(str(folder), load_corpus=False), size)
        except (OSError, ValueError, KeyError) as error:
            raise ReleaseError(f"{folder.name} cannot be read: build the release again") from error

    def save(self, folder: Path) -> None:
        self._engine.save(str(folder), show_progress=False)

    def scores(self, tokens: Sequence[str]) -> npt.NDArray[np.float32]:
        """The BM25 score of every passage, shape (passages,)."""
        known = [self._known[token] for token in dict.fromkeys(tokens) if token in self._known]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(np.ones(len(known), np.float32) @ self._scores[known], dtype=np.float32)
