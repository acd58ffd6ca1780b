"""One generation of the knowledge base in memory: everything a turn needs, so that no turn mixes two."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from knowledge.cards import Card
from knowledge.gates import Calibrator, Thresholds
from knowledge.retrieval import Index
from knowledge.scope import Scope
from knowledge.themes import Theme


@dataclass(frozen=True)
class Snapshot:
    """A release, loaded. Read-only."""

    id: str
    index: Index
    scope: Scope
    calibrator: Calibrator
    thresholds: Thresholds
    themes: tuple[Theme, ...]

    def current(self, card_id: str, day: dt.date) -> Card | None:
        """The card, or the member of its line of succession that holds on `day`; None when there is none."""
        cards = self.index.corpus.cards
        card = cards.get(card_id)
        if card is None:
            return None
        line = {card.id}
        if card.succeeds:
            line.add(card.succeeds)
        line |= {other.id for other in cards.values() if other.succeeds in line}
        return next((cards[i] for i in sorted(line) if i in cards and cards[i].holds_on(day)), None)
