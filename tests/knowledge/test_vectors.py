from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ReleaseError
from knowledge.vectors import VectorIndex


def unit_vectors(count: int, dimension: int = 32, seed: int = 7) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def clustered(cells: int, size: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Vectors around one direction per cell, as a need's phrasings are, and each one's cell."""
    numbers = np.repeat(np.arange(cells), size)
    mixed = unit_vectors(cells)[numbers] + 0.6 * unit_vectors(cells * size, seed=8)
    return (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32), numbers


def test_with_every_cell_probed_it_finds_what_brute_force_finds() -> None:
    vectors, cells = clustered(25)
    scores, found = VectorIndex.build(vectors, cells).search(vectors[3], 10, probes=25)
    expected = np.argsort(-(vectors @ vectors[3]))[:10]
    assert found[0] == 3
    assert list(found) == list(expected)
    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert list(scores) == sorted(scores, reverse=True)


def test_with_a_few_cells_probed_it_finds_nearly_the_same() -> None:
    vectors, cells = clustered(200)
    index = VectorIndex.build(vectors, cells)
    queries = vectors[::100] + 0.3 * unit_vectors(40, seed=9)
    recall = np.mean([len(set(index.search(q, 10, 200)[1]) & set(index.search(q, 10, 16)[1])) / 10 for q in queries])
    assert recall >= 0.9


def test_centroids_are_the_unit_means_of_their_cells() -> None:
    vectors, cells = clustered(7)
    means = np.stack([vectors[cells == cell].mean(axis=0) for cell in range(7)])
    assert np.allclose(VectorIndex.build(vectors, cells).centroids, means / np.linalg.norm(means, axis=1, keepdims=True), atol=1e-6)


def test_an_index_survives_the_disk(tmp_path: Path) -> None:
    vectors, cells = clustered(10)
    index = VectorIndex.build(vectors, cells)
    index.save(tmp_path / "dense.faiss")
    loaded = VectorIndex.load(tmp_path / "dense.faiss")
    assert len(loaded) == 200
    assert list(loaded.search(vectors[9], 5, 3)[1]) == list(index.search(vectors[9], 5, 3)[1])
    assert np.array_equal(loaded.centroids, index.centroids)


def test_more_is_asked_for_than_there_is() -> None:
    index = VectorIndex.build(unit_vectors(3), np.array([0, 1, 1]))
    assert len(index.search(unit_vectors(1)[0], 10, 64)[1]) == 3


def test_a_damaged_missing_or_older_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    import faiss

    (tmp_path / "dense.faiss").write_bytes(b"nonsense")
    faiss.write_index(faiss.IndexFlatIP(8), str(tmp_path / "flat.faiss"))
    for name in ("dense.faiss", "missing.faiss", "flat.faiss"):
        with pytest.raises(ReleaseError, match="build the release again"):
            VectorIndex.load(tmp_path / name)
