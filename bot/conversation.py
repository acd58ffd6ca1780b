"""One turn of one conversation through Rasa's message processor; every channel and the command line use it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.rendering import form_of, message_of, outcome_of, public
from bot.channels.sanitise import Clean
from bot.channels.sessions import Session
from bot.turnlog import TurnWatch, seen
from bot.web import sentence
from desk import school
from desk.outcomes import Outcome
from desk.talk import reply_language

if TYPE_CHECKING:
    from rasa.core.agent import Agent

_INTENT_BUTTONS = frozenset(
    "book_consultation start_pledge leave_question human help lookup_case cancel continue start_over language_zh language_en "
    "move_booking cancel_booking withdraw_pledge affirm deny start_quiz".split()
)


_PRESS = '/press{{"button": {}}}'  # a button that is no intent of its own


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
    repeated: bool = False  # said before to the same message of the client

    def public(self) -> dict[str, Any]:
        """The body of the chat API's reply."""
        return {"messages": [public(m) for m in self.messages], "outcome": self.outcome.value, "form": self.form}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands: the form's field that is asked for, the language of the last reply, what was shown."""

    asks: str | None
    language: str
    shown: tuple[dict[str, Any], ...] = ()
    latest: tuple[dict[str, Any], ...] = ()  # of these, the messages since the user's last
    at: float = 0.0  # when that was, in seconds since 1970 by the machine's clock


def _named(client_id: str | None) -> dict[str, str]:
    return {"client_id": client_id} if client_id else {}


def _result(sent: list[dict[str, Any]], *, repeated: bool = False) -> TurnResult:
    return TurnResult([message_of(m) for m in sent], outcome_of(sent), form_of(sent), sent, repeated)


class Conversations:
    """Turns, openings, histories.

    `watch` is told of every turn; `paused(language)` is what to say while the bot is switched off, None while it is on.
    """

    def __init__(self, agent: Agent, watch: TurnWatch | None = None, paused: Callable[[str], str | None] = lambda language: None) -> None:
        self._agent, self._watch, self._paused = agent, watch or TurnWatch(), paused

    async def open(self, session: Session) -> TurnResult:
        """The opening messages of a new session."""
        return await self._handle(session, "/open", {}, "open")

    async def say(
        self, session: Session, typed: Clean, extra: Mapping[str, Any] | None = None, client_id: str | None = None
    ) -> TurnResult:
        """A text turn. A message with the `client_id` of an earlier one is that one again: it gets the same reply."""
        if session.profile == school.SCHOOL:
            return await self._said_by_pupil(session, typed, {**(extra or {}), **_named(client_id)})
        result = await self._handle(session, typed.text, {**(extra or {}), **_named(client_id)}, "text")
        if not typed.personal:
            return result
        notice = message_of({"text": sentence("personal_data", reply_language(typed.text, session.language, is_button=False))})
        return replace(result, messages=[notice, *result.messages])

    async def _said_by_pupil(self, session: Session, typed: Clean, extra: dict[str, Any]) -> TurnResult:
        """A pupil's text turn: what is personal is taken out before anything stores it; a cry for help goes no further as text."""
        heard, language = school.hear(typed.text), reply_language(typed.text, session.language, is_button=False)
        if heard.help is not None:
            press = _PRESS.format(json.dumps(f"{school.HELP}:{heard.help}:{language}"))
            return await self._handle(session, press, {**extra, "title": "…"}, "button")
        collects = await self.intent(heard.text) in school.COLLECTING
        text = _PRESS.format(json.dumps(school.REFUSED)) if collects else heard.text
        title = {"title": heard.text} if collects else {}
        result = await self._handle(session, text, {**extra, **title}, "button" if collects else "text")
        if not (heard.personal or typed.personal):
            return result
        return replace(result, messages=[message_of({"text": sentence("personal_data_child", language)}), *result.messages])

    async def press(self, session: Session, button_id: str, title: str = "", client_id: str | None = None) -> TurnResult:
        """A button turn. Only known names become intents; everything else is a value for `press`."""
        if session.profile == school.SCHOOL and button_id in school.COLLECTING:
            button_id = school.REFUSED
        if button_id in _INTENT_BUTTONS:
            text = f"/{button_id}"
        else:
            text = _PRESS.format(json.dumps(button_id, ensure_ascii=False))
        return await self._handle(session, text, {"title": title or button_id, **_named(client_id)}, "button")

    async def history(self, session: Session) -> list[dict[str, Any]]:
        """The conversation so far: `{"from": "user", "text"}` and `{"from": "bot", "message"}` entries.

        A user's entry also has the `client_id` that the client gave it.
        """
        tracker = await self._agent.tracker_store.retrieve(session.id)
        found: list[dict[str, Any]] = []
        for event in tracker.events if tracker else []:
            if isinstance(event, UserUttered):
                text = event.text or ""
                if text == "/open":
                    continue
                shown = event.metadata.get("title", text) if text.startswith("/") else text
                found.append({"from": "user", "text": shown, **_named(event.metadata.get("client_id"))})
            elif isinstance(event, BotUttered):
                found.append({"from": "bot", "message": public(message_of({"text": event.text, **(event.data or {})}))})
        return found

    async def standing(self, session: Session) -> Standing:
        """For channels that have to know, before a turn, what was said last."""
        tracker = await self._agent.tracker_store.retrieve(session.id)
        if tracker is None:
            return Standing(None, session.language)
        shown: list[dict[str, Any]] = []
        since, at = 0, 0.0
        for event in tracker.events:
            if isinstance(event, UserUttered):
                since, at = len(shown), event.timestamp
            elif isinstance(event, BotUttered):
                shown.append(public(message_of({"text": event.text, **(event.data or {})})))
        asks = tracker.get_slot("requested_slot") if tracker.active_loop_name else None
        language = tracker.get_slot("language") or tracker.get_slot("session_language") or session.language
        return Standing(asks, language, tuple(shown), tuple(shown[since:]), at)

    async def intent(self, text: str) -> str:
        """What Rasa takes a text for, without a turn."""
        parsed = await self._agent.parse_message(text)
        return str(parsed["intent"]["name"] or "")

    async def _handle(self, session: Session, text: str, metadata: dict[str, Any], kind: str) -> TurnResult:
        started = time.perf_counter()
        language = reply_language(text, session.language, is_button=kind != "text")
        pause = self._paused(language)
        if pause is None:
            result = await self._turn(session, text, metadata, kind, language, started)
        else:  # Rasa does not see the message, so a form under way stays as it is
            message = message_of({"text": pause, "custom": {"outcome": Outcome.SIGNPOSTED.value}})
            result = TurnResult([message], Outcome.SIGNPOSTED)
        if not result.repeated:
            self._note(session, kind, result, language, started, paused=pause is not None)
        return result

    async def _turn(self, session: Session, text: str, metadata: dict[str, Any], kind: str, language: str, started: float) -> TurnResult:
        collector = _Collector()
        metadata |= {"language": session.language, "profile": session.profile}
        if session.telegram_chat:
            metadata["telegram_chat"] = session.telegram_chat
        message = UserMessage(text, collector, session.id, input_channel="zhiwen", message_id=uuid.uuid4().hex, metadata=metadata)
        try:
            async with self.undisturbed(session):
                before = await self._reply_to(session, metadata.get("client_id"))
                if before is None:
                    await self._agent.processor.handle_message(message)
        except Exception:
            self._note(session, kind, TurnResult([], Outcome.ERROR), language, started)
            raise
        if before is not None:
            return _result(before, repeated=True)
        return _result(collector.sent)

    def undisturbed(self, session: Session) -> AbstractAsyncContextManager[Any]:
        """Nothing else happens in this conversation meanwhile: Rasa's own lock, which `Agent.handle_message` takes too."""
        return self._agent.lock_store.lock(session.id)

    async def _reply_to(self, session: Session, client_id: str | None) -> list[dict[str, Any]] | None:
        """What was said to the message with this id; None when it is new."""
        tracker = await self._agent.tracker_store.retrieve(session.id) if client_id else None
        found: list[dict[str, Any]] | None = None
        for event in tracker.events if tracker else ():
            if isinstance(event, UserUttered):
                if found is not None:
                    break
                found = [] if event.metadata.get("client_id") == client_id else None
            elif found is not None and isinstance(event, BotUttered):
                found.append({"text": event.text, **(event.data or {})})
        return found

    async def latest(self, session: Session) -> TurnResult:
        """What was said last, as its turn gave it; empty for a conversation that has not begun."""
        tracker = await self._agent.tracker_store.retrieve(session.id)
        sent: list[dict[str, Any]] = []
        for event in tracker.events if tracker else ():
            if isinstance(event, UserUttered):
                sent = []
            elif isinstance(event, BotUttered):
                sent.append({"text": event.text, **(event.data or {})})
        return _result(sent, repeated=True)

    async def cards(self, session: Session) -> set[str]:
        """The cards that this conversation has shown."""
        return {entry["message"]["card"] for entry in await self.history(session) if entry["from"] == "bot" and entry["message"]["card"]}

    def _note(self, session: Session, kind: str, result: TurnResult, language: str, started: float, *, paused: bool = False) -> None:
        form = result.form["name"] if result.form else None
        spent = time.perf_counter() - started
        release = self._watch.release()
        turn = seen(
            session, kind, result.outcome, result.messages, seconds=spent, language=language, release=release, form=form, paused=paused
        )
        self._watch(session, turn)
