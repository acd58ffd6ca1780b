"""Adds what was counted of turns to the database every few seconds, and when the server stops."""

from __future__ import annotations

import logging
import threading

from casework.oversight import TurnBook

log = logging.getLogger("zhiwen.counting")
PAUSE_SECONDS = 10.0


class CountingLoop:
    """Flushes the book in a thread of its own."""

    def __init__(self, book: TurnBook) -> None:
        self._book, self._stop = book, threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="counting", daemon=True).start()

    def stop(self) -> None:
        """Flush a last time and end."""
        self._stop.set()
        self._flush()

    def _run(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            self._flush()

    def _flush(self) -> None:
        try:
            self._book.flush()
        except Exception as error:  # what was counted is kept for the next time
            log.warning("counts of turns not stored: %s", type(error).__name__)
