from __future__ import annotations

import numpy as np

from knowledge.training.pipeline import choose_floor

OURS = np.ones(10, dtype=bool)
PROBABILITIES = np.linspace(0.95, 0.5, 10)


def test_the_floor_keeps_the_precision_when_enough_is_answered() -> None:
    right = np.array([True] * 9 + [False])
    floor = choose_floor(PROBABILITIES, right, OURS, precision=0.97, coverage=0.8)
    assert ((floor <= PROBABILITIES) & ~right).sum() == 0
    assert (floor <= PROBABILITIES).mean() >= 0.8


def test_the_floor_never_leaves_too_many_of_our_questions_unanswered() -> None:
    right = np.array([True, False] * 5)
    floor = choose_floor(PROBABILITIES, right, OURS, precision=0.97, coverage=0.8)
    assert (floor <= PROBABILITIES).mean() >= 0.8
    assert floor > PROBABILITIES.min()


def test_questions_of_other_fields_do_not_count_for_coverage() -> None:
    inside = np.array([True] * 5 + [False] * 5)
    floor = choose_floor(PROBABILITIES, inside, inside, precision=0.97, coverage=0.8)
    assert ((floor <= PROBABILITIES) & ~inside).sum() == 0
