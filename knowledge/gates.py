"""Abstention by contract: a calibrated probability and four gates, with thresholds that the release carries."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.features import features
from knowledge.retrieval import Index, Scored
from knowledge.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

CALIBRATION = Path(__file__).with_name("models") / "calibration.json"
INPUTS = ("share", "margin", "profile", "nearest", "centroid", "lexical", "coverage", "scope", "length", "english")


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
class Calibrator:
    """A logistic regression from what retrieval saw to the probability that the best card is right."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, inputs: Mapping[str, float]) -> float:
        logit = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in inputs.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def inputs_of(query: str, ranked: Sequence[Scored], index: Index, scope: float, language: str) -> dict[str, float]:
    """The calibrator's inputs, each about 0..1. Sister cards of one group count as one candidate for the margin."""
    first = ranked[0]
    group = first.card.group.name if first.card.group else None
    rival = next((s.share for s in ranked[1:] if group is None or s.card.group is None or s.card.group.name != group), 0.0)
    return {
        "share": first.share,
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
    return Calibrator(data["weights"], data["bias"]), Thresholds(**data["thresholds"])


def save_calibration(calibrator: Calibrator, thresholds: Thresholds, about: Mapping[str, object], path: Path = CALIBRATION) -> None:
    """Write what `load_calibration` reads, with how it was made."""
    data = {"weights": dict(calibrator.weights), "bias": calibrator.bias, "thresholds": asdict(thresholds), "about": dict(about)}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
