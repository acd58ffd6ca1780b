from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ReleaseError
from knowledge.vectors import VectorIndex


def unit_vectors(count: int, dimension: int = 32, seed: int = 7) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_the_exact_index_finds_what_brute_force_finds() -> None:
    vectors = unit_vectors(500)
    scores, found = VectorIndex.build(vectors).search(vectors[3], 10)
    expected = np.argsort(-(vectors @ vectors[3]))[:10]
    assert found[0] == 3
    assert list(found) == list(expected)
    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert list(scores) == sorted(scores, reverse=True)


def test_the_graph_finds_nearly_the_same() -> None:
    vectors = unit_vectors(2000)
    exact, graph = VectorIndex.build(vectors), VectorIndex.build(vectors, exact_up_to=100)
    queries = unit_vectors(30, seed=8)
    recall = np.mean([len(set(exact.search(q, 10)[1]) & set(graph.search(q, 10)[1])) / 10 for q in queries])
    assert recall >= 0.95


@pytest.mark.parametrize("exact_up_to", [1000, 10])
def test_an_index_survives_the_disk(exact_up_to: int, tmp_path: Path) -> None:
    vectors = unit_vectors(200)
    index = VectorIndex.build(vectors, exact_up_to)
    index.save(tmp_path / "dense.faiss")
    loaded = VectorIndex.load(tmp_path / "dense.faiss")
    assert len(loaded) == 200
    assert list(loaded.search(vectors[9], 5)[1]) == list(index.search(vectors[9], 5)[1])


def test_more_is_asked_for_than_there_is() -> None:
    assert len(VectorIndex.build(unit_vectors(3)).search(unit_vectors(1)[0], 10)[1]) == 3


def test_a_damaged_or_missing_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "dense.faiss").write_bytes(b"nonsense")
    for name in ("dense.faiss", "missing.faiss"):
        with pytest.raises(ReleaseError, match="build the release again"):
            VectorIndex.load(tmp_path / name)
