"""What `/metrics` says: turns as this process saw them, and what stands in the database. Numbers only, no text, no person."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from casework.oversight import Standing, TurnSeen
from casework.oversight.turns import SPEEDS_MS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ABSTAINED = frozenset({"clarify", "not_found", "out_of_scope"})
_FRESH_SECONDS = 5.0  # however often somebody scrapes, the database is asked no oftener


class Source(Protocol):
    """Where the numbers that are not this process's come from."""

    def standing(self) -> Standing: ...

    def about(self) -> dict[str, str]: ...

    def switched_off(self) -> tuple[bool, int]: ...


class Metrics:
    """The counters of one process. Thread-safe."""

    def __init__(self, source: Source, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        own = self._registry
        self._turns = Counter("zhiwen_turns", "Turns by outcome and channel", ("outcome", "channel"), registry=own)
        self._seconds = Histogram(
            "zhiwen_turn_seconds", "Duration of turns", ("kind",), buckets=[ms / 1000 for ms in SPEEDS_MS], registry=own
        )
        self._abstained = Counter("zhiwen_abstentions", "Turns in which no answer was given, by outcome", ("outcome",), registry=own)
        self._cards = Counter("zhiwen_cards_served", "How often each card was shown", ("card",), registry=own)
        self._paused = Counter("zhiwen_paused_turns", "Messages that came while the bot was switched off", registry=own)
        self._responses = Counter("zhiwen_responses", "HTTP responses by status", ("status",), registry=own)
        ProcessCollector(registry=own)
        own.register(_Standing(source, monotonic))

    def note(self, turn: TurnSeen) -> None:
        """Count one turn."""
        self._turns.labels(turn.outcome, turn.channel).inc()
        self._seconds.labels(turn.kind).observe(turn.seconds)
        if turn.paused:
            self._paused.inc()
        elif turn.outcome in ABSTAINED:
            self._abstained.labels(turn.outcome).inc()
        for card in dict.fromkeys(turn.cards):
            self._cards.labels(card).inc()

    def responded(self, status: int) -> None:
        """Count one HTTP response."""
        self._responses.labels(str(status)).inc()

    def text(self) -> bytes:
        """All numbers in Prometheus' text format. Asks the database: call it outside the event loop."""
        found: bytes = generate_latest(self._registry)
        return found


class _Standing(Collector):
    """What stands in the database; when that fails only `zhiwen_database_up 0` is said."""

    def __init__(self, source: Source, monotonic: Callable[[], float]) -> None:
        self._source, self._monotonic = source, monotonic
        self._asked = float("-inf")
        self._standing: Standing | None = None
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """Called for each scrape."""
        standing = self._now()
        yield GaugeMetricFamily("zhiwen_database_up", "Whether the database answered", value=float(standing is not None))
        yield InfoMetricFamily("zhiwen_build", "What runs and which release is live", value=self._source.about())
        off, topics = self._source.switched_off()
        yield GaugeMetricFamily("zhiwen_switched_off", "Whether the whole bot is switched off", value=float(off))
        yield GaugeMetricFamily("zhiwen_topics_switched_off", "Areas and cards that are switched off", value=topics)
        if standing is not None:
            yield from _gauges(standing)

    def _now(self) -> Standing | None:
        with self._lock:
            if self._monotonic() - self._asked >= _FRESH_SECONDS:
                self._asked = self._monotonic()
                try:
                    self._standing = self._source.standing()
                except Exception:  # said as zhiwen_database_up 0; the next scrape asks again
                    self._standing = None
            return self._standing


def _gauges(standing: Standing) -> Iterator[Metric]:
    yield GaugeMetricFamily("zhiwen_holds", "Consultation times held for somebody who is booking", value=standing.holds)
    yield GaugeMetricFamily("zhiwen_gaps", "Questions without an answer that are kept", value=standing.gaps)
    yield GaugeMetricFamily("zhiwen_open_feedback", "Feedback that nobody has dealt with", value=standing.open_feedback)
    outbox = GaugeMetricFamily("zhiwen_outbox_messages", "Messages to send, by state", labels=("state",))
    for state, count in standing.outbox.items():
        outbox.add_metric((state,), count)
    lag = GaugeMetricFamily("zhiwen_outbox_lag_seconds", "Age of the oldest message that is due, by channel", labels=("channel",))
    for channel, seconds in standing.lag_seconds.items():
        lag.add_metric((channel,), seconds)
    yield from (outbox, lag)
