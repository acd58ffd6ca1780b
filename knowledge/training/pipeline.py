"""`zhiwen train --encoder` and `zhiwen train --calibration`.

The encoder learns from the cards' phrasings, titles and sentences. Re-ranker, calibrator and thresholds learn from the
calibration half of the project's benchmark, whose questions the encoder has never seen, and from questions outside the field.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from knowledge.corpus import Corpus
from knowledge.encoder import OWN_MODEL, StaticEncoder
from knowledge.evaluation import Labelled
from knowledge.features import features
from knowledge.gates import (
    INPUTS,
    INSIDE_INPUTS,
    RIGHT_INPUTS,
    Calibrator,
    Regression,
    Thresholds,
    inputs_of,
    save_calibration,
)
from knowledge.lexicon import Lexicon
from knowledge.questions import query_of
from knowledge.retrieval import RANKER, SIGNALS, Index, Ranker, passages_of
from knowledge.scope import Scope, read_negatives
from knowledge.text import clean, language_of, strip_padding
from knowledge.themes import load_themes, theme_of
from knowledge.training.encoder import Progress, Recipe, save, train

# The contract: 0.97 of the confident answers are right, and 0.80 of our field's questions get one. While both cannot be had
# (docs/retrieval.md), coverage is kept, so that the bot stays useful, and the precision that is reached is published.
PRECISION = 0.97
COVERAGE = 0.80
NEUTRAL = Ranker(dict.fromkeys(SIGNALS, 1.0), dict.fromkeys(SIGNALS, 0.0), dict.fromkeys(SIGNALS, 1.0))


def examples_of(corpus: Corpus) -> list[tuple[str, str]]:
    """(label, text) pairs: phrasings, titles and sentences of each card; versions of one card share a label."""
    order = sorted(c for c in corpus.cards if corpus.cards[c].succeeds is None)
    return [(order[p.card], p.text) for p in passages_of(corpus, order)]


def train_encoder(
    corpus: Corpus, lexicon: Lexicon, recipe: Recipe, folder: Path = OWN_MODEL, progress: Progress | None = None
) -> StaticEncoder:
    """Train, save and open an encoder."""
    vocabulary, weights = train(examples_of(corpus), lexicon, recipe, progress, read_negatives())
    shutil.rmtree(folder, ignore_errors=True)
    about = {
        "command": "zhiwen train --encoder",
        "cards": len(corpus.cards),
        "recipe": {name: getattr(recipe, name) for name in recipe.__slots__},
        "data": "the project's own cards, phrasings and questions of other fields; no other text",
    }
    save(folder, vocabulary, weights, about)
    return StaticEncoder(folder, lexicon)


def fit_ranker(index: Index, questions: Sequence[Labelled], day: dt.date) -> Ranker:
    """Weights that maximise the likelihood of the labelled cards (a conditional logit, McFadden 1974)."""
    allowed = index.allowed(day, "public")
    rows = [index.signals(query_of(strip_padding(clean(q.question)), index.lexicon)) for q in questions]
    data = np.stack([np.stack([row[name] for name in SIGNALS], axis=-1) for row in rows])
    means, deviations = data.mean(axis=(0, 1)), data.std(axis=(0, 1)) + 1e-6
    inputs = torch.tensor((data - means) / deviations, dtype=torch.float32)
    right = torch.tensor([[_is_one_of(card.id, card.succeeds, q) for card in index.cards] for q in questions])
    shut = torch.tensor(~allowed)
    right &= ~shut
    fair = right.any(1)  # a question whose cards are all for another audience teaches nothing here
    inputs, right = inputs[fair], right[fair]
    weights = torch.zeros(len(SIGNALS), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=300)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        logits = (inputs @ weights).masked_fill(shut, -1e9)
        loss = (logits.logsumexp(1) - logits.masked_fill(~right, -1e9).logsumexp(1)).mean() + 2e-3 * (weights**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    pairs = (weights.detach().tolist(), means.tolist(), deviations.tolist())
    packed = [dict(zip(SIGNALS, values, strict=True)) for values in pairs]
    return Ranker(*packed)


def _is_one_of(card_id: str, succeeds: str | None, question: Labelled) -> bool:
    return card_id in question.cards or (succeeds is not None and succeeds in question.cards)


def observe(index: Index, scope: Scope, questions: Sequence[Labelled], day: dt.date) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Calibrator inputs (n, INPUTS), whether the best card is right (n,) and whether the question is in our field (n,).

    Themed questions are left out: they never reach retrieval.
    """
    allowed = index.allowed(day, "public")
    themes = load_themes()
    inputs, right, inside_field = [], [], []
    for labelled in questions:
        if theme_of(labelled.question, themes) is not None:
            continue
        query = query_of(strip_padding(clean(labelled.question)), index.lexicon)
        ranked = index.rank(query, allowed)
        inside = scope.probability(features(query, index.lexicon))
        found = inputs_of(query, ranked, index, inside, language_of(query))
        inputs.append([found[name] for name in INPUTS])
        right.append(_is_one_of(ranked[0].card.id, ranked[0].card.succeeds, labelled))
        inside_field.append(bool(labelled.cards))
    return np.array(inputs), np.array(right), np.array(inside_field)


def fit_calibrator(inputs: npt.NDArray[Any], right: npt.NDArray[Any], inside: npt.NDArray[Any]) -> Calibrator:
    """Platt's method twice: is it our field, and if it is, is the best card right."""
    from sklearn.linear_model import LogisticRegression

    def fit(names: Sequence[str], rows: npt.NDArray[Any], labels: npt.NDArray[Any]) -> Regression:
        columns = [INPUTS.index(name) for name in names]
        model = LogisticRegression(C=1.0, max_iter=2000).fit(rows[:, columns], labels)
        return Regression(dict(zip(names, map(float, model.coef_[0]), strict=True)), float(model.intercept_[0]))

    return Calibrator(fit(INSIDE_INPUTS, inputs, inside), fit(RIGHT_INPUTS, inputs[inside], right[inside]))


def choose_floor(
    probabilities: npt.NDArray[Any], right: npt.NDArray[Any], inside: npt.NDArray[Any], precision: float = PRECISION, coverage: float = COVERAGE
) -> float:
    """The lowest floor whose answers are right in at least `precision` of cases, but none above which less than `coverage`
    of the questions of our field (`inside`, bool) are answered."""
    order = np.argsort(-probabilities)
    hits = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.nonzero(hits >= precision)[0]
    precise = float(probabilities[order][good[-1]]) if len(good) else 0.99
    return min(precise, float(np.quantile(probabilities[inside], 1 - coverage)))


def calibrate(
    corpus: Corpus, encoder: StaticEncoder, lexicon: Lexicon, questions: Sequence[Labelled], say: Callable[[str], None]
) -> dict[str, float]:
    """Fit re-ranker, calibrator and thresholds; write them to knowledge/models; returns what was seen while fitting."""
    day = dt.datetime.now(dt.timezone.utc).date()
    say("index")
    index = Index.build(corpus, encoder, lexicon, NEUTRAL)
    inside = [q for q in questions if q.cards]
    say(f"re-ranker on {len(inside)} questions")
    ranker = fit_ranker(index, inside, day)
    index.ranker = ranker
    negatives = read_negatives()
    texts = [t for p in corpus.phrasings.values() for t in p.zh + p.en]
    say("calibration")
    # Half of the negatives train the scope model that the calibrator sees here, the other half are its questions.
    scope = Scope.train(texts, negatives[::2], lexicon)
    spare = [Labelled(f"negative-{n}", text, (), "outside") for n, text in enumerate(negatives[1::6])]
    inputs, right, field = observe(index, scope, [*questions, *spare], day)
    calibrator = fit_calibrator(inputs, right, field)
    probabilities = np.array([calibrator.probability(dict(zip(INPUTS, row, strict=True))) for row in inputs])
    floor = choose_floor(probabilities, right, field)
    seen = len(questions)
    answered = probabilities >= floor
    figures = {
        "floor": floor,
        "accuracy_at_1": float(right[field].mean()),
        "coverage": float(answered[field].mean()),
        "precision": float(right[field & answered].mean()),
        "answered_outside": float(answered[~field].mean()),
    }
    RANKER.write_text(
        json.dumps({"weights": ranker.weights, "means": ranker.means, "deviations": ranker.deviations}, indent=2) + "\n", encoding="utf-8"
    )
    about = {"questions": seen, "half": "calibration", "command": "zhiwen train --calibration", **figures}
    save_calibration(calibrator, Thresholds(floor=floor, clarify=min(0.2, floor / 2)), about)
    return figures
