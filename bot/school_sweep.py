"""School conversations go when their session ends: the end stands in the session's id (bot/channels/sessions.py)."""

from __future__ import annotations

import logging
import threading

from bot.channels.sessions import SCHOOL
from bot.retention import tracker_of
from bot.tracker_store import EncryptedTrackerStore
from desk.container import Container

log = logging.getLogger("zhiwen.school")
PAUSE_SECONDS = 300.0


def ends_at(sender_id: str) -> int | None:
    """When a school conversation ends (seconds since 1970, by the server's clock); None for any other conversation."""
    kind, _, rest = sender_id.partition("-")
    stamp = rest.partition("-")[0]
    return int(stamp) if kind == SCHOOL and stamp.isascii() and stamp.isdigit() else None


def forget_ended(store: EncryptedTrackerStore, now: float) -> int:
    """Delete every school conversation that has ended; how many events went."""
    event = store.SQLEvent
    with store.session_scope() as session:
        rows = session.query(event.sender_id).filter(event.sender_id.like(f"{SCHOOL}-%")).distinct()
        ended = [row.sender_id for row in rows if (end := ends_at(row.sender_id)) is not None and end <= now]
    return store.forget(ended) if ended else 0


class SchoolSweep:
    """Looks every five minutes, in a thread of its own."""

    def __init__(self, container: Container) -> None:
        self._container, self._stop = container, threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="school-sweep", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def once(self) -> int:
        """Sweep now; how many events went."""
        return forget_ended(tracker_of(self._container), self._container.clock().timestamp())

    def _run(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            try:
                self.once()
            except Exception as error:  # the next round tries again; the class says enough
                log.error("school sweep failed: %s", type(error).__name__)
