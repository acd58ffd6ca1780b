"""Off switches and the live release: rows that every process looks at, at most every two seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from casework.cases import AuditEntry
from casework.errors import ReasonRequiredError
from casework.oversight.model import LiveSnapshot, LiveValue
from casework.timing import Clock
from casework.unit_of_work import Store, settled

#: Keys of the live state.
RELEASE = "live_release"
BOT = "off:bot"
TOPIC = "off:topic:"


class LiveControl:
    """Writes the live state; every change needs who and (for switches) why."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def turn_off(self, actor: str, reason: str, topic: str = "", notice: Mapping[str, str] | None = None) -> LiveValue:
        """Turn the whole bot, or one topic, off. Raises ReasonRequiredError without a written reason.

        `notice` is what users of the whole bot read instead of the standing sentence, by language.
        """
        return self._switch(topic, actor, reason, {"off": True, "notice": dict(notice or {})})

    def turn_on(self, actor: str, reason: str, topic: str = "") -> LiveValue:
        """Turn it on again. Raises ReasonRequiredError without a written reason."""
        return self._switch(topic, actor, reason, {"off": False})

    def set_release(self, release: str, actor: str, reason: str = "", expected_version: int | None = None) -> LiveValue:
        """Make a knowledge release live; the one before it is kept as `previous` for a roll-back.

        Raises ConflictError if somebody else changed it since `expected_version`.
        """
        with self._store(read_only=True) as unit:
            present = unit.live_state.snapshot().values.get(RELEASE)
        previous = present.value.get("release") if present else None
        value = {"release": release, "previous": previous}
        version = expected_version if expected_version is not None else (present.version if present else 0)
        return self._put(RELEASE, value, actor, reason, version)

    def _switch(self, topic: str, actor: str, reason: str, value: Mapping[str, Any]) -> LiveValue:
        if not reason.strip():
            raise ReasonRequiredError("turning something off or on needs a written reason")
        key = f"{TOPIC}{topic}" if topic else BOT
        return settled(lambda: self._put(key, value, actor, reason.strip(), None))

    def _put(self, key: str, value: Mapping[str, Any], actor: str, reason: str, version: int | None) -> LiveValue:
        now = self._clock()
        with self._store() as unit:
            written = unit.live_state.put(key, value, at=now, actor=actor, reason=reason, expected_version=version)
            action = "release" if key == RELEASE else "off" if value["off"] else "on"
            unit.trail.record(AuditEntry(now, actor, action, note=reason, subject=key))
            unit.commit()
        return written


class LiveView:
    """What a process believes about the live state: asks the database at most every `seconds`.

    If the database does not answer, the last known state counts: a fault must not turn the bot on or off.
    """

    def __init__(self, store: Store, seconds: float = 2.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._seconds, self._monotonic = store, seconds, monotonic
        self._snapshot, self._asked = LiveSnapshot(), float("-inf")
        self._lock = threading.Lock()

    def snapshot(self) -> LiveSnapshot:
        """The live state, at most `seconds` old. Raises what the store raises at the very first time only."""
        with self._lock:
            if self._monotonic() - self._asked < self._seconds:
                return self._snapshot
            try:
                with self._store(read_only=True) as unit:
                    self._snapshot = unit.live_state.snapshot()
            except Exception:
                if self._asked == float("-inf"):
                    raise
            self._asked = self._monotonic()
            return self._snapshot

    def release(self) -> str | None:
        """The live knowledge release, if one was ever set."""
        row = self.snapshot().values.get(RELEASE)
        return row.value.get("release") if row else None

    def off_reason(self, topic: str = "") -> str | None:
        """Why the bot (or this topic) is off; None if it is on."""
        values = self.snapshot().values
        for key in (BOT, f"{TOPIC}{topic}") if topic else (BOT,):
            row = values.get(key)
            if row is not None and row.value.get("off"):
                return row.reason
        return None

    def off_notice(self) -> Mapping[str, str] | None:
        """What users read while the whole bot is off, by language (may be empty); None while it is on."""
        row = self.snapshot().values.get(BOT)
        if row is None or not row.value.get("off"):
            return None
        notice: Mapping[str, str] = row.value.get("notice") or {}
        return notice
