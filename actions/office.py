"""Leaving a question for the office: the form's hearing and asking, handing it over."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import chat_of, say, slots, turn_of
from desk import talk
from desk.container import get_container
from desk.enquiry_form import FIELDS, FORM, MEMORY
from desk.talk import Turning

Domain = dict[str, Any]


def fields_of(tracker: Tracker) -> dict[str, Any]:
    """The form's slots, with the question that had no answer."""
    return {name: tracker.get_slot(name) for name in (*FIELDS, *MEMORY, "last_miss")}


class ValidateEnquiryForm(Action):
    """Hear a message. Nothing heard: another rule answers it, then the form asks again."""

    def name(self) -> str:
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        if talk.needs_help(turn.text):
            return []
        turning = Turning(turn.text, turn.intent, turn.button, turn.language, turn.profile, tracker.get_slot("requested_slot"))
        step = get_container().enquiry_form.hear(turn.conversation, turning, fields_of(tracker))
        for notice in step.notices:
            say(dispatcher, notice)
        if step.stop:
            return [*slots((*FIELDS, *MEMORY)), SlotSet("requested_slot", None), ActiveLoop(None)]
        return slots(step.updates) if step.heard else []


class _AskField(Action, ABC):
    """Ask for one field."""

    @property
    @abstractmethod
    def field(self) -> str:
        """The slot to ask for; abstract, so that this base is not registered as an action of its own."""

    def name(self) -> str:
        return f"action_ask_{FORM}_{self.field}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        say(dispatcher, get_container().enquiry_form.ask(self.field, fields_of(tracker), turn_of(tracker).language))
        return []


class AskQuestion(_AskField):
    field = "e_question"


class AskEnquiryConsent(_AskField):
    field = "e_consent"


class AskContact(_AskField):
    field = "e_contact"


class AskEnquiryReview(_AskField):
    field = "e_review"


class ActionSubmitEnquiry(Action):
    """Hand the question over."""

    def name(self) -> str:
        return "action_submit_enquiry"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn, fields = turn_of(tracker), fields_of(tracker)
        if not all(fields[name] for name in FIELDS):
            return []  # the form was stopped, not filled
        say(dispatcher, get_container().enquiry_form.submit(turn.conversation, fields, turn.language, chat_of(tracker)))
        return slots((*FIELDS, *MEMORY, "last_miss"))
