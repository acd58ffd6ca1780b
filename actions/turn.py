"""What every action needs to know of a turn, and how it says a reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from desk import school
from desk.enquiry_desk import Memory, Served
from desk.reply import Reply
from knowledge.cards import Frame


@dataclass(frozen=True, slots=True)
class Turn:
    """The user's message with the slots that matter."""

    text: str
    intent: str
    button: str | None
    language: str
    profile: str
    conversation: str
    memory: Memory
    metadata: Mapping[str, Any]


def turn_of(tracker: Tracker) -> Turn:
    """Read the latest message and the slots."""
    message = tracker.latest_message
    frame = tracker.get_slot("frame")
    pressed = next((e["value"] for e in message.get("entities", []) if e.get("entity") == "button"), None)
    return Turn(
        text=message.get("text") or "",
        intent=(message.get("intent") or {}).get("name") or "",
        button=pressed,
        language=tracker.get_slot("language") or "zh",
        profile=school.profile_of(tracker.get_slot("profile") or "public", tracker.get_slot("age_group")),
        conversation=tracker.sender_id,
        memory=Memory(Frame(**frame) if frame else None, int(tracker.get_slot("misses") or 0)),
        metadata=message.get("metadata") or {},
    )


def chat_of(tracker: Tracker) -> str:
    """The Telegram chat that the conversation began in, for its reminders; empty for every other channel.

    It stands with each message from there, and stays when the conversation goes on in the web page.
    """
    found = ((e.get("metadata") or {}).get("telegram_chat") for e in reversed(tracker.events) if e.get("event") == "user")
    return next((str(chat) for chat in found if chat), "")


def say(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Send a reply: approved text as it is, fixed wording by name."""
    dispatcher.utter_message(text=reply.text, response=reply.response, json_message=reply.record(), **dict(reply.values))


def served(dispatcher: CollectingDispatcher, result: Served) -> list[EventType]:
    """Say all replies of the enquiry desk and remember what it remembers."""
    for reply in result.replies:
        say(dispatcher, reply)
    return [SlotSet("frame", result.memory.record()), SlotSet("misses", float(result.memory.misses))]


def slots(values: Mapping[str, Any] | Iterable[str]) -> list[EventType]:
    """Set slots from a mapping, or clear them from a list of names."""
    pairs = values.items() if isinstance(values, Mapping) else ((name, None) for name in values)
    return [SlotSet(name, value) for name, value in pairs]
