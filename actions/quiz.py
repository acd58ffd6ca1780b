"""The quiz in the chat."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, say, turn_of
from desk.container import get_container
from desk.outcomes import Outcome
from desk.quiz_desk import BUTTON, Played
from desk.reply import Reply

Domain = dict[str, Any]


class ActionQuiz(Action):
    """Start a round."""

    def name(self) -> str:
        return "action_quiz"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        if tracker.active_loop:
            say(dispatcher, Reply("notice", Outcome.SMALLTALK, "utter_quiz_finish_first"))
            return []
        return _played(dispatcher, get_container().quiz.start(turn.conversation, turn.language, turn.profile, _seen(tracker)))


def heard(dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> list[EventType] | None:
    """The quiz's part in a turn: an answer, or the wish to stop. None when the turn is not for the quiz."""
    record, desk = tracker.get_slot("quiz"), get_container().quiz
    if tracker.active_loop:
        return None
    if (turn.button or "").startswith(f"{BUTTON}:"):
        value = str(turn.button).removeprefix(f"{BUTTON}:")
        return _played(dispatcher, desk.press(turn.conversation, value, turn.language, turn.profile, record, _seen(tracker)))
    if record is None or turn.button:
        return None
    if turn.intent == "cancel" or desk.is_stop(turn.text):
        return _played(dispatcher, desk.stop(record, _seen(tracker)))
    if turn.text.startswith("/") or not desk.is_answer(turn.text, record, turn.conversation, turn.language):
        return None
    return _played(dispatcher, desk.hear(turn.conversation, turn.text, turn.language, turn.profile, record, _seen(tracker)))


def ask_again(dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> None:
    """After another question was answered in the middle of a round: its question once more."""
    if not tracker.active_loop:
        for reply in get_container().quiz.again(turn.conversation, turn.language, tracker.get_slot("quiz")):
            say(dispatcher, reply)


def _seen(tracker: Tracker) -> list[str]:
    return list(tracker.get_slot("quiz_seen") or ())


def _played(dispatcher: CollectingDispatcher, played: Played) -> list[EventType]:
    for reply in played.replies:
        say(dispatcher, reply)
    return [SlotSet("quiz", played.round), SlotSet("quiz_seen", list(played.seen))]
