from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.gates import INPUTS, Belief, Calibrator, Gate, Thresholds, load_calibration, save_calibration

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


@given(st.dictionaries(st.sampled_from(INPUTS), st.floats(-1e6, 1e6)), st.floats(-1e3, 1e3))
def test_a_probability_is_one_for_any_input(inputs: dict[str, float], bias: float) -> None:
    assert 0 <= Calibrator(dict.fromkeys(INPUTS, 3.0), bias).probability(inputs) <= 1


def test_more_evidence_means_more_belief() -> None:
    calibrator = Calibrator({"share": 2.0}, -1.0)
    assert calibrator.probability({"share": 0.9}) > calibrator.probability({"share": 0.1})


def test_a_calibration_survives_the_disk(tmp_path: Path) -> None:
    calibrator, thresholds = Calibrator({"share": 2.0}, -1.0), Thresholds(floor=0.7)
    save_calibration(calibrator, thresholds, {"made": "in a test"}, tmp_path / "calibration.json")
    assert load_calibration(tmp_path / "calibration.json") == (calibrator, thresholds)


def test_the_shipped_calibration_fits_the_code() -> None:
    calibrator, thresholds = load_calibration()
    assert set(calibrator.weights) <= set(INPUTS)
    assert 0 < thresholds.clarify <= thresholds.floor < 1
