from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.gates import (
    INPUTS,
    INSIDE_INPUTS,
    RIGHT_INPUTS,
    Belief,
    Calibrator,
    Gate,
    Regression,
    Thresholds,
    load_calibration,
    save_calibration,
)

SURE = Belief(1.0, 1.0, 1.0, 1.0, 1.0)
OF_GATE = {"floor": "probability", "margin": "margin", "scope": "scope", "coverage": "coverage"}


def test_every_gate_lets_a_sure_answer_through() -> None:
    assert all(gate.passed for gate in Thresholds().verdicts(SURE))


@pytest.mark.parametrize(("gate", "value"), OF_GATE.items())
def test_each_gate_closes_for_its_own_reason_only(gate: str, value: str) -> None:
    doubtful = dataclasses.replace(SURE, **{value: 0.0})
    assert [g.name for g in Thresholds().verdicts(doubtful) if not g.passed] == [gate]


def test_a_threshold_itself_passes() -> None:
    assert Gate("floor", 0.6, 0.6).passed
    assert not Gate("floor", 0.5999, 0.6).passed


def calibrator(weight: float, bias: float = 0.0) -> Calibrator:
    inside = Regression(dict.fromkeys(INSIDE_INPUTS, weight), bias)
    return Calibrator(inside, Regression(dict.fromkeys(RIGHT_INPUTS, weight), bias))


@given(st.lists(st.floats(-1e6, 1e6), min_size=len(INPUTS), max_size=len(INPUTS)), st.floats(-1e3, 1e3))
def test_a_probability_is_one_for_any_input(values: list[float], bias: float) -> None:
    assert 0 <= calibrator(3.0, bias).probability(dict(zip(INPUTS, values, strict=True))) <= 1


def test_more_evidence_means_more_belief() -> None:
    weak, strong = dict.fromkeys(INPUTS, 0.1), dict.fromkeys(INPUTS, 0.9)
    assert calibrator(1.0).probability(strong) > calibrator(1.0).probability(weak)


def test_what_is_not_our_field_is_not_believed_however_alike_it_looks() -> None:
    both = Calibrator(Regression({"scope": 20.0}, -10.0), Regression({"share": 20.0}, -10.0))
    assert both.probability({"scope": 1.0, "share": 1.0}) > 0.99
    assert both.probability({"scope": 0.0, "share": 1.0}) < 0.01
    assert both.probability({"scope": 1.0, "share": 0.0}) < 0.01


def test_a_calibration_survives_the_disk(tmp_path: Path) -> None:
    made, thresholds = calibrator(2.0, -1.0), Thresholds(floor=0.7)
    save_calibration(made, thresholds, {"made": "in a test"}, tmp_path / "calibration.json")
    assert load_calibration(tmp_path / "calibration.json") == (made, thresholds)


def test_the_shipped_calibration_fits_the_code() -> None:
    shipped, thresholds = load_calibration()
    assert set(shipped.inside.weights) <= set(INPUTS)
    assert set(shipped.right.weights) <= set(INPUTS)
    assert 0 < thresholds.clarify <= thresholds.floor < 1
