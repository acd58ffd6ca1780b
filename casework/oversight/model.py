"""What the office needs to steer the bot: gaps, feedback, and the live state that every process follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol


class FeedbackReason(str, Enum):
    """答非所问, 过期, 看不懂, 不完整; or helpful."""

    OFF_TOPIC = "off_topic"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"
    INCOMPLETE = "incomplete"
    HELPFUL = "helpful"


@dataclass(frozen=True, slots=True)
class Gap:
    """A question without a good answer. `question` is masked before it comes here and encrypted at rest."""

    question: str
    outcome: str
    language: str
    at: datetime
    conversation_id: str
    candidates: Sequence[Mapping[str, Any]] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of one answer. `comment` is masked and encrypted at rest."""

    card: str
    reason: FeedbackReason
    at: datetime
    conversation_id: str
    turn_id: str = ""
    comment: str = ""
    id: int = 0
    closed_at: datetime | None = None
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class LiveValue:
    """One row of the live state. `version` grows with each change of this key."""

    key: str
    value: Mapping[str, Any]
    version: int
    changed_at: datetime
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """All rows at one moment. `stamp` changes with every change, so a poll can stop at comparing it."""

    stamp: int = 0
    values: Mapping[str, LiveValue] = field(default_factory=dict)


class Gaps(Protocol):
    """The store of gaps."""

    def add(self, gap: Gap) -> int: ...

    def newest(self, limit: int) -> list[Gap]: ...

    def drop_before(self, instant: datetime) -> int: ...

    def drop_of(self, conversation_ids: Sequence[str]) -> int: ...


class Feedbacks(Protocol):
    """The store of feedback."""

    def add(self, feedback: Feedback) -> int: ...

    def open(self, reason: FeedbackReason | None, limit: int) -> list[Feedback]: ...

    def close(self, feedback_id: int, at: datetime, actor: str, resolution: str) -> bool: ...

    def drop_before(self, instant: datetime) -> int: ...

    def drop_of(self, conversation_ids: Sequence[str]) -> int: ...


class LiveState(Protocol):
    """Key/value rows that every process polls."""

    def snapshot(self) -> LiveSnapshot: ...

    def put(
        self,
        key: str,
        value: Mapping[str, Any],
        *,
        at: datetime,
        actor: str,
        reason: str = "",
        expected_version: int | None = None,
    ) -> LiveValue:
        """Write a row. Raises ConflictError unless `expected_version` (0: none yet) is the present one."""
