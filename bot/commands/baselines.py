"""The baselines beside us in the same run: BM25 over jieba words, BM25 over character bigrams, the encoder alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

Scorer = Callable[[str], "npt.NDArray[Any]"]


def _best(built: Any, tokenise: Any, starts: Any, question: str) -> Any:
    """The best passage of each card."""
    return np.maximum.reduceat(built.scores(tokenise(question)), starts)


def scorers(index: Any) -> dict[str, Scorer]:
    """One scorer per baseline: a text to one score per card."""
    import jieba

    from knowledge.lexical import LexicalIndex
    from knowledge.text import bare

    jieba.setLogLevel(60)
    texts = [p.text for p in index.passages]
    labels = np.array([p.card for p in index.passages])
    starts = np.searchsorted(labels, np.arange(len(index.cards)))

    def words(text: str) -> list[str]:
        return [w for w in jieba.lcut(bare(text)) if w.strip()]

    def bigrams(text: str) -> list[str]:
        plain = bare(text).replace(" ", "")
        return [plain[i : i + 2] for i in range(max(len(plain) - 1, 1))]

    found: dict[str, Scorer] = {}
    for name, tokenise in (("BM25 over jieba words", words), ("BM25 over character bigrams", bigrams)):
        built = LexicalIndex.build([tokenise(text) for text in texts])
        found[name] = partial(_best, built, tokenise, starts)
    found["the encoder alone"] = lambda q: index.signals(q)["nearest"]
    return found


def measure(questions: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """accuracy@1 and @3 of each baseline on the answerable questions; a baseline never abstains."""
    from desk.container import get_container
    from knowledge.evaluation import original, wilson

    container = get_container()
    snapshot = container.live()
    index = snapshot.index
    allowed = index.allowed(container.clock().date(), "public")
    figures = {}
    inside = [q for q in questions if q.cards and q.kind != "school"]
    for name, score in scorers(index).items():
        first, third, times = 0, 0, []
        for labelled in inside:
            started = time.perf_counter()
            scores = np.where(allowed, score(labelled.question), -np.inf)
            times.append((time.perf_counter() - started) * 1000)
            best = [original(index.corpus.cards, index.cards[i].id) for i in np.argsort(-scores)[:3]]
            first += best[0] in labelled.cards
            third += bool(set(best) & set(labelled.cards))
        figures[name] = {
            key: {"value": hits / len(inside), "low": wilson(hits, len(inside))[0], "high": wilson(hits, len(inside))[1], "n": len(inside)}
            for key, hits in (("accuracy_at_1", first), ("accuracy_at_3", third))
        } | {"latency_ms": {"p50": sorted(times)[len(times) // 2], "p95": sorted(times)[int(len(times) * 0.95)]}}
    return figures
