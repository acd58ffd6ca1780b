from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from knowledge.facets import Facets

TEXTS = sp.csr_matrix(np.eye(4, dtype=np.float32))  # four texts of one feature each
LABELS = {"right": np.array([0, 0, 1, 1]), "aspect": np.array([0, 1, 2, 0])}


@pytest.fixture(scope="module")
def facets() -> Facets:
    return Facets.train(sp.vstack([TEXTS] * 50).tocsr(), np.ones(200, np.float32), {n: np.tile(v, 50) for n, v in LABELS.items()})


def scores(facets: Facets, feature: int) -> dict[str, np.ndarray]:
    return facets.scores(np.array([feature]), np.ones(1, np.float32))


@pytest.mark.parametrize("feature", range(4))
def test_each_text_is_put_under_its_label(facets: Facets, feature: int) -> None:
    found = scores(facets, feature)
    assert {name: int(values.argmax()) for name, values in found.items()} == {name: int(labels[feature]) for name, labels in LABELS.items()}
    assert {name: values.shape for name, values in found.items()} == {"right": (2,), "aspect": (3,)}


def test_a_text_without_known_features_rules_nothing_out(facets: Facets) -> None:
    found = facets.scores(np.zeros(0, np.int64), np.zeros(0, np.float32))
    assert all(np.exp(values).min() >= 1e-4 - 1e-9 and np.exp(values).sum() == pytest.approx(1, abs=1e-3) for values in found.values())


def test_they_survive_the_disk(facets: Facets, tmp_path: Path) -> None:
    facets.save(tmp_path / "facets.npz")
    loaded = Facets.load(tmp_path / "facets.npz")
    for name, values in scores(facets, 2).items():
        assert np.array_equal(values, scores(loaded, 2)[name])
