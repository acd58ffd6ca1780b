"""What stands in the database at one moment, and what happened in a span of days: numbers without persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Standing:
    """`outbox` counts messages by state, `lag_seconds` is the age of the oldest due message by channel."""

    holds: int = 0
    gaps: int = 0
    open_feedback: int = 0
    outbox: Mapping[str, int] = field(default_factory=dict)
    lag_seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GapSeen:
    """A gap for clustering. `source` tells conversations apart without naming one."""

    question: str
    source: str
    cards: tuple[str, ...] = ()


class Figures(Protocol):
    """Reads numbers; the spans are half-open."""

    def standing(self, now: datetime) -> Standing: ...

    def case_count(self) -> int: ...

    def cases(self, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
        """Cases submitted in the span, by kind and present state."""

    def feedback(self, since: datetime, until: datetime) -> dict[str, int]:
        """Feedback by reason."""

    def gaps(self, since: datetime, until: datetime, limit: int) -> list[GapSeen]:
        """Gaps, newest first."""
