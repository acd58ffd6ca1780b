"""Messages that must leave: stored in the same transaction as what they tell of, sent later.

At least once, never twice by our doing: a unique deduplication key on the way in, a lease on the way out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from casework.cases import Case


class Channel(str, Enum):
    """Where a message goes."""

    EMAIL = "email"
    TELEGRAM = "telegram"
    LOG = "log"


class Group(str, Enum):
    """What a message is for; cancelling a booking cancels its reminders only."""

    RECEIPT = "receipt"
    REMINDER = "reminder"
    STAFF = "staff"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent. `template` names its wording; `facts` (JSON-able) and `address` are encrypted.

    It is sent at or after `due_at`, and not at all from `not_after` on.
    """

    dedup_key: str
    channel: Channel
    group: Group
    template: str
    due_at: datetime
    address: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    not_after: datetime | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message leased to one sender until `lease_until`; `attempts` counts this one."""

    id: int
    lease: str
    lease_until: datetime
    attempts: int
    message: Message


class Outbox(Protocol):
    """The outbox inside one unit of work."""

    def put(self, messages: Sequence[Message], case: Case | None = None) -> None:
        """Queue messages; one whose deduplication key exists already changes nothing."""

    def cancel(self, case: Case, groups: Sequence[Group]) -> int:
        """Drop what is not sent yet; returns how many."""

    def pending_of(self, case: Case) -> list[Message]:
        """What is still to be sent for a case, earliest first."""

    def claim(self, now: datetime, lease_until: datetime, channels: Sequence[Channel], limit: int) -> list[Claimed]:
        """Lease due messages that nobody has leased."""

    def sent(self, claimed: Claimed, at: datetime) -> bool:
        """Mark as sent; False if the lease was lost meanwhile."""

    def later(self, claimed: Claimed, due_at: datetime, cause: str) -> None:
        """Try again at `due_at`. `cause` is a class name, never content."""

    def give_up(self, claimed: Claimed, cause: str) -> None:
        """Final failure."""

    def counts(self) -> dict[str, int]:
        """How many messages are `waiting`, `sent`, `failed`, `expired`."""

    def drop_settled_before(self, instant: datetime) -> int:
        """Forget what is done with; returns how many."""


class Transport(Protocol):
    """Hands one message over. Raises DeliveryRetryError or DeliveryRefusedError."""

    def send(self, claimed: Claimed) -> None: ...
