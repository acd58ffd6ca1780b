"""Abstention by contract: a calibrated probability and four gates, with thresholds that the release carries."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.features import features
from knowledge.retrieval import Index, Scored
from knowledge.scope import Scope

CALIBRATION = Path(__file__).with_name("models") / "calibration.json"
INSIDE_INPUTS = ("profile", "nearest", "lexical", "coverage", "scope", "length", "english")
RIGHT_INPUTS = ("share", "margin", "log_share", "nearest", "centroid", "coverage", "length", "english")
INPUTS = ("share", "log_share", "margin", "profile", "nearest", "centroid", "lexical", "coverage", "scope", "length", "english")


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of the best candidate. `probability`: calibrated, that it is the right card."""

    probability: float
    share: float
    margin: float
    coverage: float
    scope: float


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate's verdict, kept with the turn."""

    name: str
    value: float
    threshold: float

    @property
    def passed(self) -> bool:
        return self.value >= self.threshold


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chosen on the calibration half of the benchmark for precision >= 0.97 (docs/retrieval.md)."""

    floor: float = 0.6
    margin: float = 0.05
    scope: float = 0.4
    coverage: float = 0.2
    clarify: float = 0.2
    scope_floor: float = 0.25
    sister: float = 0.75

    def verdicts(self, belief: Belief) -> tuple[Gate, ...]:
        """Floor, margin, scope and coverage of one belief."""
        return (
            Gate("floor", belief.probability, self.floor),
            Gate("margin", belief.margin, self.margin),
            Gate("scope", belief.scope, self.scope),
            Gate("coverage", belief.coverage, self.coverage),
        )


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression over named inputs."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, inputs: Mapping[str, float]) -> float:
        logit = self.bias + sum(weight * inputs[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Calibrator:
    """P(the best card is right) = P(in our field) times P(right, if in our field): two logistic regressions.

    One regression over everything learns mostly to tell fields apart and forgets to doubt between sister cards.
    """

    inside: Regression
    right: Regression

    def probability(self, inputs: Mapping[str, float]) -> float:
        return self.inside.probability(inputs) * self.right.probability(inputs)


def inputs_of(query: str, ranked: Sequence[Scored], index: Index, scope: float, language: str) -> dict[str, float]:
    """The calibrator's inputs, each about 0..1. Sister cards of one group count as one candidate for the margin."""
    first = ranked[0]
    group = first.card.group.name if first.card.group else None
    rival = next((s.share for s in ranked[1:] if group is None or s.card.group is None or s.card.group.name != group), 0.0)
    return {
        "share": first.share,
        "log_share": math.log(max(first.share, 1e-3)),
        "margin": first.share - rival,
        "profile": first.signals["profile"],
        "nearest": first.signals["nearest"],
        "centroid": first.signals["centroid"],
        "lexical": first.signals["lexical"],
        "coverage": index.coverage(query, first.card),
        "scope": scope,
        "length": min(len(query), 60) / 60,
        "english": float(language == "en"),
    }


def belief_of(
    query: str, ranked: Sequence[Scored], index: Index, scope: Scope, calibrator: Calibrator, language: str
) -> Belief:
    """The calibrated belief in the best candidate."""
    inside = scope.probability(features(query, index.lexicon))
    inputs = inputs_of(query, ranked, index, inside, language)
    return Belief(calibrator.probability(inputs), inputs["share"], inputs["margin"], inputs["coverage"], inside)


def load_calibration(path: Path = CALIBRATION) -> tuple[Calibrator, Thresholds]:
    """The calibrator and thresholds that belong to the shipped encoder."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Calibrator(Regression(**data["inside"]), Regression(**data["right"])), Thresholds(**data["thresholds"])


def save_calibration(calibrator: Calibrator, thresholds: Thresholds, about: Mapping[str, object], path: Path = CALIBRATION) -> None:
    """Write what `load_calibration` reads, with how it was made."""
    data = {**asdict(calibrator), "thresholds": asdict(thresholds), "about": dict(about)}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
