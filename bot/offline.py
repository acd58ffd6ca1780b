"""The whole bot without a server: for the command line and evaluation, beside a running server on the same data."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.agent import import_rasa_for, newest_model, open_agent
from bot.channels.sanitise import TextRefusedError, sanitise
from bot.channels.sessions import Sessions
from desk.container import Container, get_container
from desk.outcomes import Outcome

if TYPE_CHECKING:
    from bot.conversation import Conversations, TurnResult

class Offline:
    """Turns in memory: conversations of the command line leave nothing behind."""

    def __init__(self, conversations: Conversations, container: Container) -> None:
        self.conversations = conversations
        self.sessions = Sessions(container.keyring.derive("sessions"), container.clock, 1)

    async def one(self, question: Mapping[str, Any], profile: str = "public") -> TurnResult:
        """One question in a conversation of its own."""
        from bot.conversation import TurnResult

        session, _ = self.sessions.open(question.get("language") or "zh", profile, prefix="cli")
        try:
            typed = sanitise(question["question"])
        except TextRefusedError:
            return TurnResult([], Outcome.ERROR)
        extra = {"date": question["date"]} if question.get("date") else {}
        return await self.conversations.say(session, typed, extra)


async def open_offline(container: Container | None = None) -> Offline:
    """The bot with an in-memory tracker store."""
    model = newest_model()
    import_rasa_for(model)
    from rasa.core.tracker_store import InMemoryTrackerStore

    from bot.conversation import Conversations

    container = container or get_container()
    agent = await open_agent(container, model)
    logging.getLogger("rasa").setLevel(logging.CRITICAL)
    store = InMemoryTrackerStore(agent.domain)
    agent.tracker_store = store
    if agent.processor is not None:
        agent.processor.tracker_store = store
    return Offline(Conversations(agent), container)
