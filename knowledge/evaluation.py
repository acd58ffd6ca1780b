"""Labelled questions and what is measured on them. Metrics are functions over plain rows."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.cards import Card

CONFIDENT = "answered"
HALVES = ("calibration", "report")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the cards that answer it; none: it is outside the field or not covered."""

    id: str
    question: str
    cards: tuple[str, ...]
    kind: str
    language: str = "zh"
    key: str = ""

    @property
    def half(self) -> str:
        """`calibration` or `report`, fixed by a hash of the need, so that no need is in both.

        The key is the need's first label, written down once: later labels and merged cards move no question to the other half.
        """
        need = self.key or (self.cards[0] if self.cards else self.id)
        return HALVES[hashlib.sha256(need.encode()).digest()[0] % 2]


@dataclass(frozen=True, slots=True)
class Row:
    """One question as answered: outcome, the cards shown, candidates best first, confidence, milliseconds."""

    labelled: Labelled
    outcome: str
    cards: tuple[str, ...]
    candidates: tuple[str, ...]
    confidence: float | None
    milliseconds: float = 0.0

    @property
    def right(self) -> bool:
        """Answered with a card that is labelled."""
        return self.outcome == CONFIDENT and bool(set(self.cards) & set(self.labelled.cards))

    def among(self, count: int) -> bool:
        """Whether a labelled card is among the best `count` candidates (or was shown)."""
        best = [*self.cards, *(c for c in self.candidates if c not in self.cards)] if self.outcome == CONFIDENT else list(self.candidates)
        return bool(set(best[:count]) & set(self.labelled.cards))


def original(cards: Mapping[str, Card], card_id: str) -> str:
    """The first version of a card: a question's label does not change with the law's version."""
    card = cards.get(card_id)
    return card.succeeds if card is not None and card.succeeds else card_id


def read_labelled(paths: Iterable[Path], labels: Mapping[str, Sequence[str]] | None = None) -> list[Labelled]:
    """Read JSONL lines {"id", "question", "cards"?, "kind"?, "language"?}; `labels` joins cards by id."""
    found = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                entry = json.loads(line)
                cards = labels.get(entry["id"], []) if labels is not None else entry.get("cards", [])
                kind = entry.get("kind") or entry.get("category") or "other_law"
                found.append(Labelled(str(entry["id"]), entry["question"], tuple(cards), kind, entry.get("language", "zh"), entry.get("key", "")))
    return found


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson 1927)."""
    if total == 0:
        return 0.0, 1.0
    share, square = hits / total, z * z
    centre = (share + square / (2 * total)) / (1 + square / total)
    spread = z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, centre - spread), min(1.0, centre + spread)


def _share(hits: Iterable[bool]) -> dict[str, Any]:
    values = list(hits)
    low, high = wilson(sum(values), len(values))
    return {"value": sum(values) / len(values) if values else None, "low": low, "high": high, "n": len(values)}


def calibration_error(rows: Sequence[Row], bins: int = 10) -> float:
    """Expected calibration error over answerable and outside questions with a confidence (Guo et al. 2017)."""
    scored = [(r.confidence, r.among(1)) for r in rows if r.confidence is not None]
    total = 0.0
    for number in range(bins):
        inside = [(c, hit) for c, hit in scored if number / bins <= c < (number + 1) / bins or (number == bins - 1 and c == 1)]
        if inside:
            total += abs(sum(c for c, _ in inside) - sum(hit for _, hit in inside))
    return total / max(len(scored), 1)


def measures(rows: Sequence[Row]) -> dict[str, Any]:
    """Everything that is published, each share with its confidence interval and number of questions."""
    inside = [r for r in rows if r.labelled.cards]
    outside = [r for r in rows if not r.labelled.cards]
    confident = [r for r in inside if r.outcome == CONFIDENT]
    times = sorted(r.milliseconds for r in rows)
    return {
        "accuracy_at_1": _share(r.among(1) for r in inside),
        "accuracy_at_3": _share(r.among(3) for r in inside),
        "coverage": _share(r.outcome == CONFIDENT for r in inside),
        "precision": _share(r.right for r in confident),
        "answered_outside": _share(r.outcome == CONFIDENT for r in outside),
        "calibration_error": calibration_error(rows),
        "latency_ms": {"p50": times[len(times) // 2], "p95": times[int(len(times) * 0.95)]} if times else {},
    }
