"""`zhiwen train --encoder`: encoder, re-ranker and calibration from the project's own texts, by one command.

Signals for the re-ranker come from phrasings that neither the encoder nor the index has seen: a first encoder is
trained on four fifths of the phrasings, the last fifth are the questions. Then the final encoder is trained on all.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from knowledge.corpus import Corpus
from knowledge.encoder import OWN_MODEL, StaticEncoder
from knowledge.features import features
from knowledge.gates import INPUTS, Calibrator, Thresholds, inputs_of, save_calibration
from knowledge.lexicon import Lexicon
from knowledge.retrieval import RANKER, SIGNALS, Index, Ranker, passages_of
from knowledge.scope import Scope, read_negatives
from knowledge.text import language_of
from knowledge.training.encoder import Recipe, save, train

HELD_OUT = 5  # one phrasing in five is a candidate for a question
MOST_HELD_OUT = 3000
_NEUTRAL = Ranker(dict.fromkeys(SIGNALS, 1.0), dict.fromkeys(SIGNALS, 0.0), dict.fromkeys(SIGNALS, 1.0))
PRECISION = 0.97


def examples_of(corpus: Corpus, left_out: set[str] | None = None) -> list[tuple[str, str]]:
    """(label, text) pairs: phrasings, titles and sentences of each card; versions of one card share a label."""
    order = sorted(c for c in corpus.cards if corpus.cards[c].succeeds is None)
    return [(order[p.card], p.text) for p in passages_of(corpus, order, left_out or ())]


def split(corpus: Corpus, seed: int = 3) -> list[tuple[str, str]]:
    """The held-out phrasings as (card, text)."""
    rng, held = random.Random(seed), []
    for card_id in sorted(corpus.cards):
        if corpus.cards[card_id].succeeds is None:
            texts = sorted(corpus.phrasings[card_id].zh + corpus.phrasings[card_id].en)
            held += [(card_id, text) for text in rng.sample(texts, len(texts) // HELD_OUT)]
    return rng.sample(held, min(len(held), MOST_HELD_OUT))


def fit_ranker(index: Index, questions: Sequence[tuple[str, str]]) -> Ranker:
    """Weights that maximise the likelihood of the right card (a conditional logit, McFadden 1974)."""
    numbers = {card.id: i for i, card in enumerate(index.cards)}
    rows = [index.signals(text) for _, text in questions]
    data = np.stack([np.stack([row[name] for name in SIGNALS], axis=-1) for row in rows])
    means, deviations = data.mean(axis=(0, 1)), data.std(axis=(0, 1)) + 1e-6
    inputs = torch.tensor((data - means) / deviations, dtype=torch.float32)
    target = torch.tensor([numbers[card] for card, _ in questions])
    superseded = torch.tensor([card.succeeds is not None for card in index.cards])
    weights = torch.zeros(len(SIGNALS), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        logits = (inputs @ weights).masked_fill(superseded, -1e9)
        loss = torch.nn.functional.cross_entropy(logits, target) + 1e-3 * (weights**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    pack = {name: float(w) for name, w in zip(SIGNALS, weights.detach(), strict=True)}
    return Ranker(
        pack,
        {name: float(m) for name, m in zip(SIGNALS, means, strict=True)},
        {name: float(d) for name, d in zip(SIGNALS, deviations, strict=True)},
    )


def observe(index: Index, scope: Scope, questions: Sequence[tuple[set[str], str]]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Calibrator inputs (n, INPUTS), whether the best card is right (n,), and the best cards."""
    allowed = np.array([card.succeeds is None for card in index.cards])
    inputs, right, best = [], [], []
    for expected, text in questions:
        ranked = index.rank(text, allowed)
        inside = scope.probability(features(text, index.lexicon))
        found = inputs_of(text, ranked, index, inside, language_of(text))
        inputs.append([found[name] for name in INPUTS])
        right.append(ranked[0].card.id in expected)
        best.append(ranked[0].card.id)
    return np.array(inputs), np.array(right), best


def fit_calibrator(inputs: np.ndarray, right: np.ndarray) -> Calibrator:
    """Platt's method over several inputs."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=1000).fit(inputs, right)
    return Calibrator(dict(zip(INPUTS, map(float, model.coef_[0]), strict=True)), float(model.intercept_[0]))


def choose_floor(probabilities: np.ndarray, right: np.ndarray, precision: float = PRECISION) -> float:
    """The lowest floor whose answers are right in at least `precision` of cases (0.99 when none is)."""
    order = np.argsort(-probabilities)
    hits = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.nonzero(hits >= precision)[0]
    return float(probabilities[order][good[-1]]) if len(good) else 0.99


def train_encoder(examples: Sequence[tuple[str, str]], lexicon: Lexicon, recipe: Recipe, folder: Path, about: dict[str, object],
                  progress: Callable[[int, float], None] | None = None) -> StaticEncoder:
    """Train, save and open an encoder."""
    vocabulary, weights = train(examples, lexicon, recipe, progress)
    shutil.rmtree(folder, ignore_errors=True)
    save(folder, vocabulary, weights, about)
    return StaticEncoder(folder, lexicon)


def run(corpus: Corpus, lexicon: Lexicon, recipe: Recipe, say: Callable[[str], None]) -> dict[str, float]:
    """Train everything and write it to knowledge/models; returns the figures on the held-out phrasings."""
    held = split(corpus)
    with tempfile.TemporaryDirectory() as scratch:
        say("first encoder, four fifths of the phrasings")
        left_out = {text for _, text in held}
        first = train_encoder(examples_of(corpus, left_out), lexicon, recipe, Path(scratch) / "first", {})
        index = Index.build(corpus, first, lexicon, _NEUTRAL, left_out)
        say("re-ranker")
        ranker = fit_ranker(index, held)
        index.ranker = ranker
        say("calibration")
        negatives = read_negatives()
        inside = [t for i, p in corpus.phrasings.items() for t in p.zh + p.en if t not in left_out]
        scope = Scope.train(inside, negatives[::2], lexicon)
        inputs, right, _ = observe(index, scope, [({c}, t) for c, t in held] + [(set(), t) for t in negatives[1::2]])
        calibrator = fit_calibrator(inputs, right)
        probabilities = np.array([calibrator.probability(dict(zip(INPUTS, row, strict=True))) for row in inputs])
        floor = choose_floor(probabilities, right)
    say("final encoder, all phrasings")
    train_encoder(
        examples_of(corpus), lexicon, recipe, OWN_MODEL,
        {"command": "zhiwen train --encoder", "cards": len(corpus.cards), "recipe": {s: getattr(recipe, s) for s in recipe.__slots__}},
    )
    figures = {"accuracy_at_1": float(right[: len(held)].mean()), "floor": floor, "coverage": float((probabilities[: len(held)] >= floor).mean())}
    RANKER.write_text(
        json.dumps({"weights": ranker.weights, "means": ranker.means, "deviations": ranker.deviations}, indent=2) + "\n", encoding="utf-8"
    )
    save_calibration(calibrator, Thresholds(floor=floor, clarify=floor / 3), {"held_out_phrasings": len(held), **figures})
    return figures
