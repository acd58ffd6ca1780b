"""The live release: which generation this process serves, and how it follows a change without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from knowledge import release as releases
from knowledge.encoder import Encoder
from knowledge.errors import ReleaseError
from knowledge.lexicon import Lexicon
from knowledge.snapshot import Snapshot
from knowledge.vectors import single_threaded

log = logging.getLogger("zhiwen.live")
POLL_SECONDS = 1.5  # every process looks at most every two seconds


class LiveRelease:
    """Callable: the generation to serve now. A turn calls it once and keeps what it got."""

    def __init__(self, folder: Path, encoder: Encoder, lexicon: Lexicon, key: bytes, named: Callable[[], str | None]) -> None:
        single_threaded()
        self._folder, self._encoder, self._lexicon, self._key, self._named = folder, encoder, lexicon, key, named
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._follower: threading.Thread | None = None

    def __call__(self) -> Snapshot:
        """The live generation; raises ReleaseError when there is none."""
        if self._snapshot is None:
            with self._lock:
                if self._snapshot is None:
                    self._snapshot = self._load(self._wanted())
        return self._snapshot

    def _wanted(self) -> Path:
        named = self._named()
        if named is not None:
            return self._folder / named
        found = releases.releases(self._folder)
        if not found:
            raise ReleaseError("there is no knowledge release yet: run `zhiwen knowledge build` (or `make run`)")
        return found[0]

    def _load(self, folder: Path) -> Snapshot:
        return releases.load(folder, self._encoder, self._lexicon, self._key)

    def refresh(self) -> bool:
        """Look once whether another generation is live; load and swap it in. True when it changed."""
        wanted = self._wanted()
        if self._snapshot is not None and wanted.name == self._snapshot.id:
            return False
        snapshot = self._load(wanted)
        self._snapshot = snapshot  # one assignment: turns in flight keep the generation they took
        log.info("release live id=%s", snapshot.id)
        return True

    def follow(self) -> None:
        """Start following changes in the background (once)."""
        if self._follower is None:
            self._follower = threading.Thread(target=self._run, name="live-release", daemon=True)
            self._follower.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.refresh()
            except Exception as error:  # the old generation goes on serving; the next poll tries again
                log.error("release not followed: %s", type(error).__name__)
