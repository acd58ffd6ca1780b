"""The dense index. The only file that knows faiss."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors
from knowledge.errors import ReleaseError

EXACT_UP_TO = 200_000  # passages; above, an HNSW graph is faster at the same recall (docs/retrieval.md)


class VectorIndex:
    """Inner-product search over unit vectors (cosine similarity)."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, exact_up_to: int = EXACT_UP_TO) -> VectorIndex:
        """Index `vectors` of shape (n, dimension): exact up to a size, approximate above."""
        dimension = vectors.shape[1]
        if len(vectors) <= exact_up_to:
            index: faiss.Index = faiss.IndexFlatIP(dimension)
        else:
            index = faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction, index.hnsw.efSearch = 80, 128
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Read an index file; raises ReleaseError when it is missing or no index."""
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise ReleaseError(f"{path.name} cannot be read: build the release again (`zhiwen knowledge release`)") from error

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Vectors, count: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """The `count` nearest passages of one vector: (scores, passage numbers), best first."""
        scores, found = self._index.search(vector.reshape(1, -1), min(count, len(self)))
        keep = found[0] >= 0
        return scores[0][keep], found[0][keep]


def single_threaded() -> None:
    """Searching a small index on several threads costs more than it gains, and starves other requests."""
    faiss.omp_set_num_threads(1)
