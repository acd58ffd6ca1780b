"""Takes due messages out of the outbox and hands them to their transport, again later where that fails."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from casework.errors import DeliveryRefusedError, DeliveryRetryError
from casework.notify.model import Channel, Claimed, Transport
from casework.timing import Clock
from casework.unit_of_work import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DispatchPolicy:
    """`lease` must outlast a batch; the back-off doubles from `first_retry` to `longest_retry`."""

    batch: int = 10
    lease: timedelta = timedelta(minutes=5)
    first_retry: timedelta = timedelta(minutes=1)
    longest_retry: timedelta = timedelta(hours=6)
    tries: int = 12

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after the n-th failed try."""
        doubled: timedelta = self.first_retry * (1 << min(max(attempts, 1) - 1, 20))
        return min(self.longest_retry, doubled)


class Dispatcher:
    """Any number of dispatchers in any number of processes may run at once."""

    def __init__(
        self,
        store: Store,
        transports: Mapping[Channel, Transport],
        clock: Clock,
        policy: DispatchPolicy | None = None,
    ) -> None:
        self._store, self._transports, self._clock = store, transports, clock
        self._policy = policy or DispatchPolicy()

    def run_once(self) -> Counter[str]:
        """Send what is due, one batch. Counts `sent`, `retried`, `failed`, `skipped`."""
        now = self._clock()
        with self._store() as unit:
            batch = unit.outbox.claim(now, now + self._policy.lease, tuple(self._transports), self._policy.batch)
            unit.commit()
        return Counter(self._handed_over(claimed) for claimed in batch)

    def _handed_over(self, claimed: Claimed) -> str:
        if self._clock() >= claimed.lease_until:
            return "skipped"  # somebody else may have it by now
        try:
            self._transports[claimed.message.channel].send(claimed)
        except DeliveryRefusedError as error:
            return self._failed(claimed, error.cause)
        except DeliveryRetryError as error:
            return self._retried(claimed, error.cause, error.after_seconds)
        except Exception as error:  # a transport's own fault must not stop the other messages
            return self._retried(claimed, type(error).__name__, None)
        with self._store() as unit:
            unit.outbox.sent(claimed, self._clock())
            unit.commit()
        return "sent"

    def _retried(self, claimed: Claimed, cause: str, after_seconds: float | None) -> str:
        if claimed.attempts >= self._policy.tries:
            return self._failed(claimed, cause)
        pause = timedelta(seconds=after_seconds) if after_seconds else self._policy.pause(claimed.attempts)
        _log.warning("outbox message %s not delivered (%s), try %s", claimed.id, cause, claimed.attempts)
        with self._store() as unit:
            unit.outbox.later(claimed, self._clock() + pause, cause)
            unit.commit()
        return "retried"

    def _failed(self, claimed: Claimed, cause: str) -> str:
        _log.error("outbox message %s given up (%s)", claimed.id, cause)
        with self._store() as unit:
            unit.outbox.give_up(claimed, cause)
            unit.commit()
        return "failed"
