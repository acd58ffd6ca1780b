"""What the bot says, before any channel renders it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from desk.outcomes import Outcome
from knowledge.answerer import Cited

WORDING = Path(__file__).with_name("wording.yml")


@dataclass(frozen=True, slots=True)
class Button:
    """A choice; the server maps the id, the title can also be typed."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class FormState:
    """Where a form stands: step `step` of `of`, asking for `field`."""

    name: str
    field: str
    step: int
    of: int


@dataclass(frozen=True, slots=True)
class Reply:
    """One message. Either `response` (fixed wording in domain.yml, filled with `values`) or `text` (approved text)."""

    kind: str  # answer, ask, notice, review, receipt
    outcome: Outcome
    response: str | None = None
    text: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    citations: tuple[Cited, ...] = ()
    card: str | None = None
    confidence: float | None = None
    buttons: tuple[Button, ...] = ()
    reference: str | None = None
    links: tuple[Mapping[str, str], ...] = ()
    form: FormState | None = None
    understood: str | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    gates: tuple[Mapping[str, Any], ...] = ()

    def record(self) -> dict[str, Any]:
        """The reply as plain data, without its wording (which the dialogue engine fills in)."""
        data: dict[str, Any] = {
            "kind": self.kind,
            "outcome": self.outcome.value,
            "citations": [_citation(c) for c in self.citations],
            "card": self.card,
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "buttons": [asdict(b) for b in self.buttons],
        }
        optional = {
            "reference": self.reference,
            "links": [dict(link) for link in self.links] or None,
            "form": asdict(self.form) if self.form else None,
            "understood": self.understood,
            "candidates": [{"card": card, "score": score} for card, score in self.candidates] or None,
            "gates": [dict(g) for g in self.gates] or None,
        }
        return data | {name: value for name, value in optional.items() if value is not None}


def _citation(cited: Cited) -> dict[str, Any]:
    found: dict[str, Any] = {"title": cited.title, "article": cited.article}
    if cited.url:
        found["url"] = cited.url
    if cited.effective_from:
        found["effective_from"] = cited.effective_from.isoformat()
    if cited.effective_until:
        found["effective_until"] = cited.effective_until.isoformat()
    return found


@functools.cache
def wording() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The shared short labels by group, name and language."""
    data: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(WORDING.read_text(encoding="utf-8"))
    return data


def button(name: str, language: str) -> Button:
    """A button with its shared title."""
    return Button(name, wording()["buttons"][name][language])
