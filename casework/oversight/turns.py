"""Turns as they are counted: outcome, language, cards, speed. Never what was said, never by whom.

Counts are kept in memory and added to the database every few seconds, so that counting costs a turn nothing;
what a process counted since the last time is lost when it is killed.
"""

from __future__ import annotations

import bisect
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from casework.timing import Clock
from casework.unit_of_work import Store

#: Upper bounds of the speed classes in milliseconds; slower turns are counted under `SLOWER`.
SPEEDS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000)
SLOWER = "slower"
#: What is counted of a turn.
OUTCOME, LANGUAGE, CARD, SPEED = "outcome", "language", "card", "speed"


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """One turn. `kind` is open, text or button; `cards` are those shown, best first; `paused`: the bot was switched off."""

    channel: str
    kind: str
    outcome: str
    language: str
    seconds: float
    cards: tuple[str, ...] = ()
    confidence: float | None = None
    parts: int = 0
    form: str | None = None
    release: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class TallyKey:
    """What a number counts: a day (in the office's zone), a channel, a measure and its label."""

    day: date
    channel: str
    measure: str
    label: str


class Tallies(Protocol):
    """The store of counts."""

    def add(self, counts: Mapping[TallyKey, int]) -> None: ...

    def between(self, first: date, last: date, measure: str | None = None) -> dict[TallyKey, int]: ...

    def drop_before(self, day: date) -> int: ...


def speed_class(seconds: float) -> str:
    """The class of a turn's duration: its upper bound in milliseconds."""
    place = bisect.bisect_left(SPEEDS_MS, seconds * 1000)
    return str(SPEEDS_MS[place]) if place < len(SPEEDS_MS) else SLOWER


def share_within(counts: Mapping[str, int], share: float) -> float | None:
    """The upper bound in milliseconds within which this share of turns ended; None without turns.

    An estimate: the truth lies between this class's bound and the one below it. Infinite for `SLOWER`.
    """
    total, seen = sum(counts.values()), 0
    if not total:
        return None
    for bound in SPEEDS_MS:
        seen += counts.get(str(bound), 0)
        if seen >= share * total:
            return float(bound)
    return float("inf")


class TurnBook:
    """Counts turns in memory; `flush` adds them to the database. Thread-safe."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._counts: Counter[TallyKey] = Counter()
        self._lock = threading.Lock()

    def note(self, turn: TurnSeen) -> None:
        """Count one turn. The number of keys is bounded: days, channels, closed sets and cards."""
        day = self._clock().date()
        labels = [(OUTCOME, turn.outcome), (LANGUAGE, turn.language), (SPEED, speed_class(turn.seconds))]
        labels += [(CARD, card) for card in dict.fromkeys(turn.cards)]
        with self._lock:
            self._counts.update(TallyKey(day, turn.channel, measure, label) for measure, label in labels)

    def flush(self) -> int:
        """Add what was counted to the database; returns how many numbers. A failure keeps them for the next time."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        if not taken:
            return 0
        try:
            with self._store() as unit:
                unit.tallies.add(taken)
                unit.commit()
        except BaseException:
            with self._lock:
                self._counts.update(taken)
            raise
        return len(taken)

    def between(self, first: date, last: date, measure: str | None = None) -> dict[TallyKey, int]:
        """The counts of the days from `first` to `last`, both included."""
        with self._store(read_only=True) as unit:
            return unit.tallies.between(first, last, measure)

    def answers_by_card(self, days: int = 90) -> dict[str, int]:
        """How often each card was shown within so many days."""
        today = self._clock().date()
        return summed(self.between(today - timedelta(days=days), today, CARD))


def summed(counts: Mapping[TallyKey, int]) -> dict[str, int]:
    """The counts by label, the most frequent first."""
    found: Counter[str] = Counter()
    for key, count in counts.items():
        found[key.label] += count
    return dict(found.most_common())


def by_day(counts: Mapping[TallyKey, int], days: Sequence[date]) -> list[int]:
    """The counts of each of these days."""
    found: Counter[date] = Counter()
    for key, count in counts.items():
        found[key.day] += count
    return [found[day] for day in days]
