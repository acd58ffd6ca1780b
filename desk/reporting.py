"""A week's picture in numbers: read from the counts of turns, the cases, the gaps and the feedback. No person is in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from casework.oversight import Standing
from casework.oversight.turns import CARD, LANGUAGE, OUTCOME, SLOWER, SPEED, SPEEDS_MS, TallyKey, by_day, share_within, summed
from casework.timing import days_between, local_instant
from desk.container import Container
from desk.outcomes import Outcome
from knowledge.cards import Card
from knowledge.groups import Asked, Group, grouped

#: How turns are summed up: an answer or a finished step, no answer, anything else.
SERVED = frozenset(
    o.value
    for o in (
        Outcome.ANSWERED, Outcome.BOOKED, Outcome.LOOKED_UP, Outcome.MOVED, Outcome.CANCELLED, Outcome.PRECHECK,
        Outcome.INTAKE_SUBMITTED, Outcome.WITHDRAWN, Outcome.HANDED_OVER, Outcome.SIGNPOSTED,
    )
)  # fmt: skip
MISSED = frozenset(o.value for o in (Outcome.NOT_FOUND, Outcome.CLARIFY, Outcome.OUT_OF_SCOPE, Outcome.ERROR))
_GAPS, _GROUPS, _CARDS = 5000, 20, 20


@dataclass(frozen=True, slots=True)
class Day:
    """Turns of one day."""

    day: dt.date
    served: int
    missed: int
    other: int


@dataclass(frozen=True, slots=True)
class ShownCard:
    """How often a card was shown; `title` is empty when the card is gone."""

    card: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a report shows. `speeds` is by upper bound in milliseconds; shares of turns end within `within`."""

    first: dt.date
    last: dt.date
    days: tuple[Day, ...]
    turns: int
    turns_before: int
    outcomes: Mapping[str, int]
    channels: Mapping[str, int]
    languages: Mapping[str, int]
    cards: tuple[ShownCard, ...]
    speeds: Mapping[str, int]
    within: Mapping[int, float | None]
    cases: Mapping[tuple[str, str], int]
    feedback: Mapping[str, int]
    gaps: int
    groups: tuple[Group, ...]
    titles: Mapping[str, str]
    standing: Standing


def picture(container: Container, first: dt.date, last: dt.date) -> Picture:
    """The days from `first` to `last`, both included."""
    book, length = container.turn_book, (last - first).days + 1
    counts = book.between(first, last)
    before = book.between(first - dt.timedelta(days=length), first - dt.timedelta(days=1), OUTCOME)
    outcomes, speeds = _of(counts, OUTCOME), _ordered_speeds(summed(_of(counts, SPEED)))
    since, until = local_instant(first, dt.time()), local_instant(last + dt.timedelta(days=1), dt.time())
    with container.store(read_only=True) as unit:
        cases, feedback = unit.figures.cases(since, until), unit.figures.feedback(since, until)
        gaps, standing = unit.figures.gaps(since, until, _GAPS), unit.figures.standing(container.clock())
    cards = container.live().index.corpus.cards
    shown = list(summed(_of(counts, CARD)).items())[:_CARDS]
    groups = tuple(grouped([Asked(gap.question, gap.source, gap.cards) for gap in gaps], container.encoder)[:_GROUPS])
    return Picture(
        first,
        last,
        _days(outcomes, first, last),
        sum(outcomes.values()),
        sum(before.values()),
        summed(outcomes),
        _channels(outcomes),
        summed(_of(counts, LANGUAGE)),
        tuple(ShownCard(card, _title(cards, card), count) for card, count in shown),
        speeds,
        {share: share_within(speeds, share / 100) for share in (50, 95, 99)},
        dict(sorted(cases.items())),
        feedback,
        len(gaps),
        groups,
        {card: _title(cards, card) for group in groups for card in group.cards},
        standing,
    )


def _of(counts: Mapping[TallyKey, int], measure: str) -> dict[TallyKey, int]:
    return {key: count for key, count in counts.items() if key.measure == measure}


def _days(outcomes: Mapping[TallyKey, int], first: dt.date, last: dt.date) -> tuple[Day, ...]:
    days = days_between(first, last + dt.timedelta(days=1))
    served = by_day({k: n for k, n in outcomes.items() if k.label in SERVED}, days)
    missed = by_day({k: n for k, n in outcomes.items() if k.label in MISSED}, days)
    total = by_day(outcomes, days)
    return tuple(Day(day, s, m, t - s - m) for day, s, m, t in zip(days, served, missed, total, strict=True))


def _channels(outcomes: Mapping[TallyKey, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, count in outcomes.items():
        found[key.channel] = found.get(key.channel, 0) + count
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _ordered_speeds(counts: Mapping[str, int]) -> dict[str, int]:
    return {label: counts[label] for label in (*map(str, SPEEDS_MS), SLOWER) if label in counts}


def _title(cards: Mapping[str, Card], card: str) -> str:
    return cards[card].title_zh if card in cards else ""
