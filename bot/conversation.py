"""One turn of one conversation through Rasa's message processor; every channel and the command line use it."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.rendering import form_of, message_of, outcome_of, public
from bot.channels.sanitise import Clean
from bot.channels.sessions import Session
from bot.web import sentence
from desk.outcomes import Outcome
from desk.talk import reply_language

if TYPE_CHECKING:
    from rasa.core.agent import Agent

log = logging.getLogger("zhiwen.turn")
_INTENT_BUTTONS = frozenset(
    "book_consultation start_pledge leave_question human help lookup_case cancel continue start_over language_zh language_en "
    "move_booking cancel_booking withdraw_pledge affirm deny".split()
)


class _Collector(OutputChannel):
    """Keeps every message whole, as the dialogue engine sent it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "collector"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.sent.append(dict(message))


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What one turn said."""

    messages: list[dict[str, Any]]
    outcome: Outcome
    form: dict[str, Any] | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)

    def public(self) -> dict[str, Any]:
        """The body of the chat API's reply."""
        return {"messages": [public(m) for m in self.messages], "outcome": self.outcome.value, "form": self.form}


class Conversations:
    """Turns, openings, histories."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    async def open(self, session: Session) -> TurnResult:
        """The opening messages of a new session."""
        return await self._handle(session, "/open", {}, "open")

    async def say(self, session: Session, typed: Clean, extra: Mapping[str, Any] | None = None) -> TurnResult:
        """A text turn."""
        result = await self._handle(session, typed.text, dict(extra or {}), "text")
        if not typed.personal:
            return result
        notice = message_of({"text": sentence("personal_data", reply_language(typed.text, session.language, is_button=False))})
        return replace(result, messages=[notice, *result.messages])

    async def press(self, session: Session, button_id: str, title: str = "") -> TurnResult:
        """A button turn. Only known names become intents; everything else is a value for `press`."""
        if button_id in _INTENT_BUTTONS:
            text = f"/{button_id}"
        else:
            text = "/press" + json.dumps({"button": button_id}, ensure_ascii=False)
        return await self._handle(session, text, {"title": title or button_id}, "button")

    async def history(self, session: Session) -> list[dict[str, Any]]:
        """The conversation so far: `{"from": "user", "text"}` and `{"from": "bot", "message"}` entries."""
        tracker = await self._agent.tracker_store.retrieve(session.id)
        found: list[dict[str, Any]] = []
        for event in tracker.events if tracker else []:
            if isinstance(event, UserUttered):
                text = event.text or ""
                if text == "/open":
                    continue
                found.append({"from": "user", "text": event.metadata.get("title", text) if text.startswith("/") else text})
            elif isinstance(event, BotUttered):
                found.append({"from": "bot", "message": public(message_of({"text": event.text, **(event.data or {})}))})
        return found

    async def _handle(self, session: Session, text: str, metadata: dict[str, Any], kind: str) -> TurnResult:
        started = time.perf_counter()
        collector = _Collector()
        metadata |= {"language": session.language, "profile": session.profile}
        message = UserMessage(text, collector, session.id, input_channel="zhiwen", message_id=uuid.uuid4().hex, metadata=metadata)
        await self._agent.handle_message(message)
        messages = [message_of(m) for m in collector.sent]
        result = TurnResult(messages, outcome_of(collector.sent), form_of(collector.sent), collector.sent)
        _log_turn(kind, result.outcome, messages, time.perf_counter() - started)
        return result


def _log_turn(kind: str, outcome: Outcome, messages: Sequence[Mapping[str, Any]], seconds: float) -> None:
    """One structured line per turn: never what was said, never who said it."""
    card = next((m["card"] for m in messages if m.get("card")), None)
    confidence = next((m["confidence"] for m in messages if m.get("confidence") is not None), None)
    log.info(
        "turn kind=%s outcome=%s card=%s confidence=%s parts=%d ms=%.1f", kind, outcome.value, card, confidence, len(messages), seconds * 1000
    )
