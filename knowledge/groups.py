"""Questions that ask for the same thing, grouped by their vectors, for whoever decides which card to write next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.encoder import Encoder

#: Two groups closer than this (1 - mean cosine) are one. At 0.45 half of all pairs of benchmark questions with the same
#: card come together, and half of the pairs that come together have the same card; most others are its neighbours.
NEAR = 0.45
_STOP = frozenset("怎么 什么 可以 能不能 如何 是不是 有没有 需要 哪里 多少 没有 一个 我们 他们 自己 这个 那个 请问 还是 现在 问题".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with who asked it (a name for the conversation that tells nobody anything) and the nearest cards."""

    question: str
    source: str
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions about one thing. `words` were used in several conversations; `cards` came nearest, best first."""

    questions: tuple[str, ...]
    sources: int
    words: tuple[str, ...]
    cards: tuple[str, ...]


def grouped(asked: Sequence[Asked], encoder: Encoder, shared_by: int = 3) -> list[Group]:
    """Groups, the one that most conversations asked for first.

    A word is told only when `shared_by` conversations or more used it: what one person wrote stays that person's.
    """
    members: dict[int, list[Asked]] = {}
    for label, one in zip(_labels([a.question for a in asked], encoder), asked, strict=True):
        members.setdefault(label, []).append(one)
    groups = [_group(found, shared_by) for found in members.values()]
    return sorted(groups, key=lambda group: (-group.sources, -len(group.questions), group.cards))


def _labels(questions: Sequence[str], encoder: Encoder) -> list[int]:
    """The group of each question: agglomerative clustering by mean cosine distance."""
    if len(questions) < 2:
        return [0] * len(questions)
    from scipy.cluster.hierarchy import fcluster, linkage

    vectors = np.asarray(encoder.encode(questions), dtype=np.float64)
    return [int(label) for label in fcluster(linkage(vectors, "average", "cosine"), NEAR, "distance")]


def _group(asked: Sequence[Asked], shared_by: int) -> Group:
    cards = Counter(card for one in asked for card in one.cards[:1])
    cards.update({card: 0 for one in asked for card in one.cards})
    return Group(
        tuple(one.question for one in asked),
        len({one.source for one in asked}),
        _shared_words(asked, shared_by),
        tuple(card for card, _ in cards.most_common(3)),
    )


def _shared_words(asked: Sequence[Asked], shared_by: int) -> tuple[str, ...]:
    """Words of the general dictionary that several conversations used; names of people are none, whoever wrote them."""
    import jieba
    from jieba import posseg

    jieba.setLogLevel(60)
    users: dict[str, set[str]] = {}
    for one in asked:
        for word, tag in posseg.lcut(one.question, HMM=False):
            if len(word) > 1 and word not in _STOP and jieba.dt.FREQ.get(word) and not tag.startswith(("nr", "m", "x")):
                users.setdefault(word, set()).add(one.source)
    told = sorted((word for word, sources in users.items() if len(sources) >= shared_by), key=lambda word: (-len(users[word]), word))
    return tuple(told[:8])
