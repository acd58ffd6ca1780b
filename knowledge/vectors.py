"""The dense index. The only file that knows faiss."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from knowledge.encoder import Vectors
from knowledge.errors import ReleaseError


class VectorIndex:
    """Inner-product search over unit vectors (cosine similarity) in an inverted file whose cells are the needs.

    A question is first compared with each need's centroid, then one by one with the passages of the nearest needs.
    Unlike cells found by k-means, these are known beforehand: nothing is trained, a new card is a new cell, and the
    passages that compete with each other are compared exactly.
    """

    def __init__(self, index: faiss.IndexIVFFlat) -> None:
        self._index = index
        codes = faiss.vector_to_array(faiss.downcast_index(index.quantizer).codes)
        self.centroids: Vectors = codes.view(np.float32).reshape(index.nlist, index.d)

    @classmethod
    def build(cls, vectors: Vectors, cells: npt.NDArray[np.int64]) -> VectorIndex:
        """Index `vectors` of shape (n, dimension); `cells` of shape (n,) names each one's need, 0 to the last without a gap."""
        count, dimension = int(cells.max()) + 1, vectors.shape[1]
        centroids = np.zeros((count, dimension), dtype=np.float32)
        np.add.at(centroids, cells, vectors)
        centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-9)
        quantizer = faiss.IndexFlatIP(dimension)
        quantizer.add(centroids)
        index = faiss.IndexIVFFlat(quantizer, dimension, count, faiss.METRIC_INNER_PRODUCT)
        index.is_trained = True
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        assigned = np.ascontiguousarray(cells, dtype=np.int64)
        index.add_core(len(rows), faiss.swig_ptr(rows), None, faiss.swig_ptr(assigned))
        quantizer.this.disown()
        index.own_fields = True
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Read an index file; raises ReleaseError when it is missing or no index of this kind."""
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise ReleaseError(f"{path.name} cannot be read: build the release again (`zhiwen knowledge release`)") from error
        if not isinstance(index, faiss.IndexIVFFlat):
            raise ReleaseError(f"{path.name} is of an older form: build the release again (`zhiwen knowledge release`)")
        return cls(index)

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Vectors, count: int, probes: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """The `count` nearest passages among those of the `probes` nearest cells: (scores, passage numbers), best first."""
        wanted = faiss.SearchParametersIVF(nprobe=min(probes, self._index.nlist))
        scores, found = self._index.search(vector.reshape(1, -1), min(count, len(self)), params=wanted)
        keep = found[0] >= 0
        return scores[0][keep], found[0][keep]


def single_threaded() -> None:
    """One thread per question: on vectors this small, threads cost more than they gain, and starve other requests.

    Measured on two busy cores: the signals of a question take 3 ms so, and 12 ms with one BLAS thread per core.
    """
    faiss.omp_set_num_threads(1)
    threadpool_limits(1)
