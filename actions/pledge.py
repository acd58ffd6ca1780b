"""The pledge-financing intake: the form's hearing and asking, submitting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.consultation import leave
from actions.turn import say, slots, turn_of
from desk import talk
from desk.consultation_desk import FIELDS as BOOKING_FIELDS
from desk.container import get_container
from desk.pledge_desk import FIELDS, FORM, MEMORY

Domain = dict[str, Any]


def fields_of(tracker: Tracker) -> dict[str, Any]:
    """The form's slots."""
    return {name: tracker.get_slot(name) for name in (*FIELDS, *MEMORY)}


class ValidatePledgeForm(Action):
    """Hear a message: which fields it fills or corrects. Nothing heard: another rule answers, then the form asks again."""

    def name(self) -> str:
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn, desk, fields = turn_of(tracker), get_container().pledge, fields_of(tracker)
        asked = tracker.get_slot("requested_slot")
        if talk.needs_help(turn.text) or desk.is_command(turn.intent, turn.text, asked, fields, turn.language):
            return []
        # `asked` may still be a field of another form that was left for this one.
        if asked not in FIELDS or turn.intent == "start_pledge":
            if turn.profile != "public":
                say(dispatcher, talk.not_in_school(turn.language))
                return [SlotSet("requested_slot", None), ActiveLoop(None)]
            text = "" if turn.text.startswith("/") or turn.intent == "continue" else turn.text
            step = desk.begin(turn.conversation, text, fields, turn.language)
        else:
            step = desk.hear(turn.conversation, turn.text, turn.button, asked, fields, turn.language)
        for notice in step.notices:
            say(dispatcher, notice)
        if step.leave:
            return leave(dispatcher, tracker)
        if step.stop:
            return [*slots(step.updates), SlotSet("requested_slot", None), ActiveLoop(None)]
        return slots(step.updates) if step.heard else []


class _AskField(Action, ABC):
    """Ask for one field, with progress and choices; the pre-check comes with the first personal one."""

    @property
    @abstractmethod
    def field(self) -> str:
        """The slot to ask for; abstract, so that this base is not registered as an action of its own."""

    def name(self) -> str:
        return f"action_ask_{FORM}_{self.field}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        replies, remembered = get_container().pledge.ask(self.field, fields_of(tracker), turn_of(tracker).language)
        for reply in replies:
            say(dispatcher, reply)
        return slots(remembered)


class ActionSubmitPledge(Action):
    """Hand the intake over to the service team."""

    def name(self) -> str:
        return "action_submit_pledge"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn, fields = turn_of(tracker), fields_of(tracker)
        if not all(fields[name] for name in FIELDS):
            return []  # the form was stopped, not filled
        reply, settled = get_container().pledge.submit(turn.conversation, fields, turn.language)
        say(dispatcher, reply)
        if not settled:
            return [SlotSet("p_review", None), SlotSet("paused_form", FORM)]
        if any(tracker.get_slot(name) for name in BOOKING_FIELDS):
            say(dispatcher, talk.paused("booking", turn.language))
        paused = tracker.get_slot("paused_form")
        return [*slots(dict.fromkeys((*FIELDS, *MEMORY))), SlotSet("paused_form", None if paused == FORM else paused)]


class AskPledgeKinds(_AskField):
    field = "p_kinds"


class AskPledgeStatus(_AskField):
    field = "p_status"


class AskPledgeOwner(_AskField):
    field = "p_owner"


class AskPledgeBurdens(_AskField):
    field = "p_burdens"


class AskPledgeRegion(_AskField):
    field = "p_region"


class AskPledgeApplicant(_AskField):
    field = "p_applicant"


class AskPledgeAmount(_AskField):
    field = "p_amount"


class AskPledgeYears(_AskField):
    field = "p_years"


class AskPledgeLeft(_AskField):
    field = "p_left"


class AskPledgeValue(_AskField):
    field = "p_value"


class AskPledgeConsent(_AskField):
    field = "p_consent"


class AskPledgeCompany(_AskField):
    field = "p_company"


class AskPledgeCode(_AskField):
    field = "p_code"


class AskPledgeNumbers(_AskField):
    field = "p_numbers"


class AskPledgeName(_AskField):
    field = "p_name"


class AskPledgePhone(_AskField):
    field = "p_phone"


class AskPledgeReview(_AskField):
    field = "p_review"
