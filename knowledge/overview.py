"""The table of cards by area and language (docs/knowledge-table.md)."""

from __future__ import annotations

from collections import defaultdict

from knowledge.corpus import Corpus
from knowledge.vocabulary import AREAS


def table(corpus: Corpus) -> str:
    """A Markdown table: needs (cards without their successors), versions, kinds, phrasings by area."""
    rows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for card in corpus.cards.values():
        row = rows[card.area]
        if card.succeeds is not None:
            row["versions"] += 1
            continue
        row["cards"] += 1
        row["situation"] += card.kind == "situation"
        row["top"] += card.top
        row["english"] += bool(card.english)
        row["zh"] += len(corpus.phrasings[card.id].zh)
        row["en"] += len(corpus.phrasings[card.id].en)
    columns = ("cards", "versions", "situation", "top", "english", "zh", "en")
    heads = ("area", "cards", "later versions", "situations", "most asked", "with English", "phrasings zh", "phrasings en")
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [f"| {area} | " + " | ".join(str(rows[area][c]) for c in columns) + " |" for area in AREAS]
    lines.append("| **all** | " + " | ".join(str(sum(rows[a][c] for a in AREAS)) for c in columns) + " |")
    return "\n".join(lines)
