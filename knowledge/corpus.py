"""Loads every card with its phrasings; collects what is wrong instead of stopping at the first."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.cards import Card, parse_card
from knowledge.errors import CardError, KnowledgeError
from knowledge.sources import Source, load_sources

TOPICS = Path(__file__).with_name("topics")


@dataclass(frozen=True, slots=True)
class Phrasings:
    """The ways people ask for one card: Chinese and English texts."""

    zh: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All cards by id, their sources and phrasings, and the problems met while loading."""

    cards: Mapping[str, Card]
    sources: Mapping[str, Source]
    phrasings: Mapping[str, Phrasings]
    problems: tuple[CardError, ...] = ()

    def require_clean(self) -> Corpus:
        """Return the corpus itself; raise KnowledgeError naming the first problems when there are any."""
        if self.problems:
            shown = "\n".join(str(problem) for problem in self.problems[:10])
            raise KnowledgeError(f"{len(self.problems)} problems in the cards, the first ones:\n{shown}")
        return self


def read_phrasings(path: Path) -> tuple[dict[str, Phrasings], list[CardError]]:
    """Read one `phrasings-*.txt`: `# id` headings, a phrasing a line, English lines begin with `> `."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    problems: list[CardError] = []
    current: tuple[list[str], list[str]] | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("# "):
            current = found.setdefault(line[2:].strip(), ([], []))
        elif current is None:
            problems.append(CardError(f"{path}:{number}", "a phrasing before any heading", "begin with '# <card id>'"))
        elif line.startswith(">"):
            current[1].append(line[1:].strip())
        else:
            current[0].append(line)
    return {card: Phrasings(tuple(zh), tuple(en)) for card, (zh, en) in found.items()}, problems


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _merge(cards: Mapping[str, Card], files: Iterable[Mapping[str, Phrasings]]) -> dict[str, Phrasings]:
    merged = {card.id: Phrasings(card.phrasings_zh, card.phrasings_en) for card in cards.values()}
    for phrasings in files:
        for card_id, more in phrasings.items():
            if card_id in merged:
                has = merged[card_id]
                merged[card_id] = Phrasings(_unique(has.zh + more.zh), _unique(has.en + more.en))
    for card in cards.values():
        if card.succeeds in merged and card.succeeds is not None:
            has, older = merged[card.id], merged[card.succeeds]
            merged[card.id] = Phrasings(_unique(has.zh + older.zh), _unique(has.en + older.en))
    return merged


def load_corpus(topics: Path = TOPICS, sources: Mapping[str, Source] | None = None) -> Corpus:
    """Load every card below `topics`; problems are collected in `Corpus.problems`, bad cards left out."""
    cards: dict[str, Card] = {}
    problems: list[CardError] = []
    for path in sorted(topics.glob("*/*.md")):
        card_id = f"{path.parent.name}/{path.stem}"
        try:
            cards[card_id] = parse_card(path, card_id, path.read_text(encoding="utf-8"))
        except CardError as error:
            problems.append(error)
    files = []
    for path in sorted(topics.glob("*/phrasings-*.txt")):
        phrasings, bad = read_phrasings(path)
        problems += bad
        problems += [
            CardError(str(path), f"phrasings for {card_id!r}, which is no card", "correct the heading or add the card")
            for card_id in phrasings
            if card_id not in cards and not (topics / f"{card_id}.md").exists()
        ]
        files.append(phrasings)
    registry = load_sources() if sources is None else sources
    return Corpus(cards, registry, _merge(cards, files), tuple(problems))


def without(corpus: Corpus, card_ids: set[str]) -> Corpus:
    """The corpus less some cards (switched-off topics)."""
    return dataclasses.replace(corpus, cards={k: v for k, v in corpus.cards.items() if k not in card_ids})
