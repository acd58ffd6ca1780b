"""Deletes a conversation for good: what Rasa keeps of it, and what hangs on it in our own tables."""

from __future__ import annotations

from functools import cached_property

from bot.retention import tracker_of
from bot.tracker_store import EncryptedTrackerStore
from casework.oversight.conversations import ConversationEraser
from desk.container import Container


class Forgetting:
    """Callable with a conversation's id; blocking, so call it in a thread."""

    def __init__(self, container: Container) -> None:
        self._container = container

    @cached_property
    def _tracker(self) -> EncryptedTrackerStore:
        return tracker_of(self._container)

    def __call__(self, conversation_id: str) -> None:
        self._tracker.forget([conversation_id])
        ConversationEraser(self._container.store, self._container.clock).erase(conversation_id)
