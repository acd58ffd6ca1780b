"""Retrieval: every signal about every card, fused by learned weights. Rejects and reasons are kept."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.cards import Card
from knowledge.corpus import Corpus
from knowledge.encoder import Encoder, Vectors
from knowledge.facets import Facets
from knowledge.features import content_grams, features, words
from knowledge.lexical import LexicalIndex
from knowledge.lexicon import Lexicon
from knowledge.profiles import Profiles
from knowledge.vectors import VectorIndex

Scores = npt.NDArray[np.float32]
SIGNALS = ("profile", "nearest", "centroid", "title", "lexical", "right", "aspect", "side", "area", "kind")
FACETS = ("right", "aspect", "side", "area", "kind")
NEIGHBOURS = 400  # passages that the dense index returns; the rest count as the least similar of them
TITLES = "titles.npy"
PROBES = 64  # cards whose passages the dense index compares one by one
OWN_TEXT_WEIGHT = 0.4  # of a sentence of the card's own text in its profile, beside 1.0 for a phrasing
_SENTENCE = re.compile(r"[。\n；;]|(?<=[a-z])\. ")
RANKER = Path(__file__).with_name("models") / "ranker.json"


@dataclass(frozen=True, slots=True)
class Passage:
    """One indexed text: the card's number in the index, the text, and its weight in the card's profile."""

    card: int
    text: str
    weight: float


def first_versions(corpus: Corpus) -> list[str]:
    """Ids of the cards that succeed no other, sorted: a need has one set of passages, whichever version holds on the day."""
    return sorted(card_id for card_id, card in corpus.cards.items() if card.succeeds is None)


def first_version(corpus: Corpus, card: Card) -> str:
    """The id of the first version of a card's need."""
    while card.succeeds is not None:
        card = corpus.cards[card.succeeds]
    return card.id


def passages_of(corpus: Corpus, order: Sequence[str], left_out: Iterable[str] = ()) -> list[Passage]:
    """Phrasings, title and the card's own sentences, sorted by card. `left_out` phrasings are skipped (evaluation)."""
    skip = set(left_out)
    found: list[Passage] = []
    for number, card_id in enumerate(order):
        card, phrasings = corpus.cards[card_id], corpus.phrasings[card_id]
        texts = [t for t in phrasings.zh + phrasings.en if t not in skip]
        found += [Passage(number, text, 1.0) for text in (*texts, card.title_zh, card.title_en)]
        for block in (card.answer, *card.sections.values()):
            found += [
                Passage(number, sentence.strip(), OWN_TEXT_WEIGHT)
                for sentence in _SENTENCE.split(block)
                if len(sentence.strip()) > 4
            ]
    return found


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights of the standardised signals; learned on phrasings that the signals had not seen."""

    weights: Mapping[str, float]
    means: Mapping[str, float]
    deviations: Mapping[str, float]

    @classmethod
    def load(cls, path: Path = RANKER) -> Ranker:
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["weights"], data["means"], data["deviations"])

    def fuse(self, signals: Mapping[str, Scores]) -> Scores:
        """One logit per card."""
        total = np.zeros_like(next(iter(signals.values())))
        for name, weight in self.weights.items():
            total += np.float32(weight) * (signals[name] - np.float32(self.means[name])) / np.float32(self.deviations[name])
        return total


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate: the card, its share of the belief (0..1 over the allowed cards) and its signals."""

    card: Card
    share: float
    logit: float
    signals: Mapping[str, float]


class Index:
    """All signals of one release. Built once, then read-only and safe for several threads.

    Signals are computed per need (the first version of a card) and read for every card that is a version of it.
    """

    def __init__(
        self,
        corpus: Corpus,
        passages: Sequence[Passage],
        encoder: Encoder,
        lexicon: Lexicon,
        dense: VectorIndex,
        lexical: LexicalIndex,
        profiles: Profiles,
        facets: Facets,
        titles: Vectors,
        ranker: Ranker,
    ) -> None:
        self.corpus, self.encoder, self.lexicon, self.ranker, self.passages = corpus, encoder, lexicon, ranker, passages
        self.cards = [corpus.cards[card_id] for card_id in sorted(corpus.cards)]
        needs = first_versions(corpus)
        rows = {card_id: row for row, card_id in enumerate(needs)}
        self._row_of = np.array([rows[first_version(corpus, card)] for card in self.cards], dtype=np.int64)
        self._row_by_id = {card.id: int(row) for card, row in zip(self.cards, self._row_of, strict=True)}
        self._labels = np.array([p.card for p in passages], dtype=np.int64)
        self._starts = np.searchsorted(self._labels, np.arange(len(needs) + 1))
        self._dense, self._lexical, self._profiles, self._facets = dense, lexical, profiles, facets
        self._titles = titles  # (2, needs, dimension): in Chinese and in English
        self._facet_rows = {name: _facet_rows([corpus.cards[i] for i in needs], name) for name in FACETS}
        self._masks: dict[tuple[dt.date, str, frozenset[str]], npt.NDArray[np.bool_]] = {}
        self._grams: dict[int, frozenset[str]] = {}

    @classmethod
    def build(cls, corpus: Corpus, encoder: Encoder, lexicon: Lexicon, ranker: Ranker, left_out: Iterable[str] = ()) -> Index:
        """Index every card of the corpus."""
        order = first_versions(corpus)
        passages = passages_of(corpus, order, left_out)
        vectors = encoder.encode([p.text for p in passages])
        rows = np.array([p.card for p in passages], dtype=np.int64)
        weights = np.array([p.weight for p in passages], dtype=np.float32)
        profiles, texts = Profiles.build([features(p.text, lexicon) for p in passages], weights, rows)
        needs = [corpus.cards[card_id] for card_id in order]
        facets = Facets.train(texts, weights, {name: _facet_rows(needs, name)[rows] for name in FACETS})
        lexical = LexicalIndex.build([words(p.text, lexicon) for p in passages])
        titles = np.stack([encoder.encode([card.title_zh for card in needs]), encoder.encode([card.title_en for card in needs])])
        return cls(corpus, passages, encoder, lexicon, VectorIndex.build(vectors, rows), lexical, profiles, facets, titles, ranker)

    def save(self, folder: Path) -> None:
        """Write indexes, profiles and facets into a release folder."""
        self._dense.save(folder / "dense.faiss")
        self._lexical.save(folder / "lexical")
        self._profiles.save(folder / "profiles.npz")
        self._facets.save(folder / "facets.npz")
        np.save(folder / TITLES, self._titles, allow_pickle=False)

    def signals(self, text: str) -> dict[str, Scores]:
        """Every signal for every card, each of shape (cards,)."""
        vector = self.encoder.encode([text])[0]
        lexical = np.maximum.reduceat(self._lexical.scores(words(text, self.lexicon)), self._starts[:-1])
        rows, values = self._profiles.weigh(features(text, self.lexicon))
        found = {
            "profile": self._profiles.scores(rows, values),
            "nearest": self._nearest(vector),
            "centroid": np.asarray(self._dense.centroids @ vector, dtype=np.float32),
            "title": (self._titles @ vector).max(axis=0),
            "lexical": lexical / max(float(lexical.max()), 1.0),
        }
        for name, scores in self._facets.scores(rows, values).items():
            found[name] = scores[self._facet_rows[name]]
        return {name: scores[self._row_of] for name, scores in found.items()}

    def _nearest(self, vector: Vectors) -> Scores:
        scores, numbers = self._dense.search(vector, NEIGHBOURS, PROBES)
        best = np.full(len(self._starts) - 1, scores[-1] if len(scores) else 0.0, dtype=np.float32)
        np.maximum.at(best, self._labels[numbers], scores)
        return best

    def allowed(self, day: dt.date, audience: str, off: Iterable[str] = ()) -> npt.NDArray[np.bool_]:
        """Cards that may be shown: in force on `day`, for the audience, not switched off (an area or a card)."""
        key = (day, audience, frozenset(off))
        if key not in self._masks:
            if len(self._masks) > 64:
                self._masks.clear()
            self._masks[key] = np.array(
                [
                    card.holds_on(day) and audience in card.audience and card.id not in key[2] and card.area not in key[2]
                    for card in self.cards
                ]
            )
        return self._masks[key]

    def rank(self, text: str, allowed: npt.NDArray[np.bool_], bonus: Scores | None = None, count: int = 10) -> list[Scored]:
        """The best `count` allowed cards, best first; [] when none is allowed."""
        signals = self.signals(text)
        logits = self.ranker.fuse(signals) + (0 if bonus is None else bonus)
        logits = np.where(allowed, logits, -np.inf)
        if not allowed.any():
            return []
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = np.argsort(-logits)[:count]
        return [
            Scored(self.cards[i], float(shares[i]), float(logits[i]), {name: float(s[i]) for name, s in signals.items()})
            for i in best
            if allowed[i]
        ]

    def coverage(self, text: str, card: Card) -> float:
        """The share of the question's content words that the card's texts know, 0..1 (1 for a question without any)."""
        asked = content_grams(text, self.lexicon)
        if not asked:
            return 1.0
        row = self._row_by_id[card.id]
        if row not in self._grams:
            own = range(self._starts[row], self._starts[row + 1])
            self._grams[row] = frozenset().union(*(content_grams(self.passages[i].text, self.lexicon) for i in own))
        return len(asked & self._grams[row]) / len(asked)


def _facet_rows(cards: Sequence[Card], name: str) -> npt.NDArray[np.int64]:
    values = [card.area if name == "area" else card.kind if name == "kind" else getattr(card.frame, name) for card in cards]
    numbers = {label: number for number, label in enumerate(sorted(set(values)))}
    return np.array([numbers[value] for value in values], dtype=np.int64)
