"""Rasa's SQL tracker store with every event encrypted at rest by the installation's key."""

from __future__ import annotations

import itertools
import json
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session, sessionmaker

from storage import Keyring, open_database


class EncryptedTrackerStore(SQLTrackerStore):
    """Stores sender, type and time in the clear (the sender is a random id), everything said as a sealed token."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        url: str | None = None,
        keyring: Keyring | None = None,
        **kwargs: Any,
    ) -> None:
        if url is None or keyring is None:  # built by a stock `rasa run` from endpoints.yml
            from desk.container import get_container

            container = get_container()
            url, keyring = container.settings.database_url, container.keyring
        self._keyring = keyring
        path = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else None
        if path is not None:
            super().__init__(domain, dialect="sqlite", db=path, event_broker=event_broker)
        else:
            super().__init__(domain, host=url, event_broker=event_broker)
            self.engine.dispose()  # Rasa's pool does not notice that PostgreSQL was started again
            self.engine: Any = open_database(url).engine  # Any: the base class is untyped
            self.sessionmaker = sessionmaker(bind=self.engine, future=True)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not stored yet."""
        await self.stream_events(tracker)
        with self.session_scope() as session:
            for event in self._additional_events(session, tracker):
                data = event.as_dict()
                session.add(
                    self.SQLEvent(
                        sender_id=tracker.sender_id,
                        type_name=event.type_name,
                        timestamp=data.get("timestamp"),
                        intent_name=None,
                        action_name=None,
                        data=self._keyring.seal(json.dumps(data)),
                    )
                )
            session.commit()

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            rows = self._event_query(session, sender_id, fetch_events_from_all_sessions).all()
            events = [json.loads(self._keyring.open(row.data)) for row in rows]
        if not events or self.domain is None:
            return None
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Any:
        stored = self._event_query(session, tracker.sender_id, fetch_events_from_all_sessions=False).count()
        return itertools.islice(tracker.events, stored, len(tracker.events))

    def forget(self, sender_ids: list[str]) -> int:
        """Delete whole conversations; returns the number of events that went."""
        with self.session_scope() as session:
            gone = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id.in_(sender_ids)).delete(synchronize_session=False)
            session.commit()
            return int(gone)

    def forget_before(self, timestamp: float) -> int:
        """Delete the conversations whose last event is older than `timestamp` (seconds since 1970)."""
        import sqlalchemy as sa

        with self.session_scope() as session:
            old = (
                session.query(self.SQLEvent.sender_id)
                .group_by(self.SQLEvent.sender_id)
                .having(sa.func.max(self.SQLEvent.timestamp) < timestamp)
            )
            sender_ids = [row.sender_id for row in old.limit(5000)]
        return self.forget(sender_ids) if sender_ids else 0
