"""What is older than the settings allow goes, once a day: cases, gaps, feedback, drafts, and Rasa's conversations."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time

from bot.tracker_store import EncryptedTrackerStore
from casework.oversight import Retention, RetentionPolicy
from desk.container import Container

log = logging.getLogger("zhiwen.retention")
FIRST_SECONDS = 120.0
PAUSE_SECONDS = 24 * 3600.0


def tracker_of(container: Container) -> EncryptedTrackerStore:
    """The conversations' store, outside an agent."""
    return EncryptedTrackerStore(url=container.settings.database_url, keyring=container.keyring)


def retain(container: Container) -> dict[str, int]:
    """Remove what is due; how much of each kind. Safe at any time, also in several processes at once."""
    settings = container.settings
    policy = RetentionPolicy(cases=dt.timedelta(days=settings.case_days), gaps=dt.timedelta(days=settings.gap_days))
    done = Retention(container.store, container.clock, policy).run()
    # Rasa stamps its events with the machine's clock, whatever clock is set for a demonstration.
    before, events, tracker = time.time() - settings.session_hours * 3600, 0, tracker_of(container)
    while gone := tracker.forget_before(before):
        events += gone
    # Telegram repeats an update for a day; one-time links hold for half an hour.
    deliveries = container.deliveries.drop_before(dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=3))
    return {**done, "conversation_events": events, "deliveries": deliveries}


class RetentionLoop:
    """Runs `retain` in a thread of its own: soon after the start, then daily."""

    def __init__(self, container: Container) -> None:
        self._container, self._stop = container, threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="retention", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        pause = FIRST_SECONDS
        while not self._stop.wait(pause):
            pause = PAUSE_SECONDS
            try:
                done = retain(self._container)
                log.info("retention %s", " ".join(f"{name}={count}" for name, count in done.items()))
            except Exception as error:  # tomorrow it is tried again; the class says enough
                log.error("retention failed: %s", type(error).__name__)
