"""Booking a consultation: the form's hearing and asking, submitting, giving up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import quiz
from actions.turn import chat_of, say, slots, turn_of
from desk import talk
from desk.consultation_desk import FIELDS, FORM, MEMORY
from desk.container import get_container
from desk.lookup_hearing import MEMORY as LOOKUP_MEMORY
from desk.pledge_desk import FIELDS as PLEDGE_FIELDS
from desk.pledge_desk import FORM as PLEDGE_FORM
from desk.talk import Turning

Domain = dict[str, Any]


def fields_of(tracker: Tracker) -> dict[str, Any]:
    """The form's slots, with the conversation they belong to."""
    return {name: tracker.get_slot(name) for name in (*FIELDS, *MEMORY)} | {"conversation": tracker.sender_id}


class ValidateConsultationForm(Action):
    """Hear a message: which fields it fills or corrects. Nothing heard: another rule answers, then the form asks again."""

    def name(self) -> str:
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn, desk, fields = turn_of(tracker), get_container().booking, fields_of(tracker)
        asked = tracker.get_slot("requested_slot")
        if talk.needs_help(turn.text) or desk.is_command(turn.intent, turn.text, asked, fields, turn.language):
            return []
        if asked is None or turn.intent == "book_consultation":
            if turn.profile != "public":
                say(dispatcher, talk.not_in_school(turn.language))
                return [SlotSet("requested_slot", None), ActiveLoop(None)]
            text = "" if turn.text.startswith("/") or turn.intent == "continue" else turn.text
            step = desk.begin(turn.conversation, text, fields, turn.memory.frame, turn.language)
        else:
            step = desk.hear(turn.conversation, turn.text, turn.button, asked, fields, turn.language)
        for notice in step.notices:
            say(dispatcher, notice)
        if step.leave:
            return leave(dispatcher, tracker)
        if step.stop:
            return [*slots(dict.fromkeys((*FIELDS, *MEMORY))), SlotSet("requested_slot", None), ActiveLoop(None)]
        return slots(step.updates) if step.heard else []


def leave(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Stop filling in; what was said stays for `continue`, a held time is given back."""
    turn = turn_of(tracker)
    form = (tracker.active_loop or {}).get("name")
    get_container().booking.release(turn.conversation)
    left = talk.left_lookup(turn.language, turn.profile) if form == "lookup_form" else talk.left_form(turn.language, turn.profile, held=form == FORM)
    say(dispatcher, left)
    paused = (_unfinished(tracker) if form == "lookup_form" else None) or form
    return [ActiveLoop(None), *slots(("requested_slot", "c_time", "c_review", "p_review")), SlotSet("paused_form", paused)]


class _AskField(Action, ABC):
    """Ask for one field, with progress and choices."""

    @property
    @abstractmethod
    def field(self) -> str:
        """The slot to ask for; abstract, so that this base is not registered as an action of its own."""

    def name(self) -> str:
        return f"action_ask_{FORM}_{self.field}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        reply, remembered = get_container().booking.ask(self.field, fields_of(tracker), turn.language)
        say(dispatcher, reply)
        return slots(remembered)


class AskProblem(_AskField):
    field = "c_problem"


class AskRight(_AskField):
    field = "c_right"


class AskRegion(_AskField):
    field = "c_region"


class AskMode(_AskField):
    field = "c_mode"


class AskTime(_AskField):
    field = "c_time"


class AskConsent(_AskField):
    field = "c_consent"


class AskName(_AskField):
    field = "c_name"


class AskPhone(_AskField):
    field = "c_phone"


class AskEmail(_AskField):
    field = "c_email"


class AskReview(_AskField):
    field = "c_review"


class ActionSubmitConsultation(Action):
    """Turn the held seat into a booking."""

    def name(self) -> str:
        return "action_submit_consultation"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn, fields = turn_of(tracker), fields_of(tracker)
        if not all(fields[name] for name in FIELDS):
            return []  # the form was stopped, not filled
        chat = chat_of(tracker)
        reply, settled = get_container().booking.submit(turn.conversation, fields, turn.language, str(fields["c_time"]), chat)
        say(dispatcher, reply)
        if settled and any(tracker.get_slot(name) for name in PLEDGE_FIELDS):
            say(dispatcher, talk.paused("pledge", turn.language))
        if settled:
            return slots(dict.fromkeys((*FIELDS, *MEMORY)))
        return [*slots(("c_time", "c_offered", "c_review")), FollowupAction(FORM)]


class ActionLeaveForm(Action):
    """Cancel what is being filled in; what was said stays for `continue`."""

    def name(self) -> str:
        return "action_leave_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        return leave(dispatcher, tracker)


def _unfinished(tracker: Tracker) -> str | None:
    """The booking or intake that was begun, also when another form came between."""
    if any(tracker.get_slot(name) for name in FIELDS):
        return FORM
    return PLEDGE_FORM if any(tracker.get_slot(name) for name in PLEDGE_FIELDS) else None


class ActionContinue(Action):
    """Go back to the form that was left."""

    def name(self) -> str:
        return "action_continue"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn, paused = turn_of(tracker), tracker.get_slot("paused_form") or _unfinished(tracker)
        if paused is None and tracker.get_slot("quiz"):
            quiz.ask_again(dispatcher, tracker, turn)
            return []
        if paused is None:
            say(dispatcher, talk.nothing_running("continue", turn.language, turn.profile))
            return []
        return [SlotSet("paused_form", None), FollowupAction(paused)]


class ValidateLookupForm(Action):
    """Reference and last four digits, in one message or two."""

    def name(self) -> str:
        return "validate_lookup_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        if talk.needs_help(turn.text):
            return []
        turning = Turning(turn.text, turn.intent, turn.button, turn.language, turn.profile, tracker.get_slot("requested_slot"))
        step = get_container().lookup.hear(turning, {n: tracker.get_slot(n) for n in LOOKUP_MEMORY}, turn.conversation)
        for notice in step.notices:
            say(dispatcher, notice)
        if step.stop:
            return [*slots(LOOKUP_MEMORY), SlotSet("requested_slot", None), ActiveLoop(None)]
        return slots(step.updates) if step.heard else []


class AskReference(Action):
    """Ask for the reference."""

    def name(self) -> str:
        return "action_ask_lookup_form_l_reference"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        say(dispatcher, get_container().lookup.ask("l_reference"))
        return []


class AskLast4(Action):
    """Ask for the one fact that opens a case."""

    def name(self) -> str:
        return "action_ask_lookup_form_l_last4"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        say(dispatcher, get_container().lookup.ask("l_last4", tracker.get_slot("l_reference")))
        return []


class AskNewTime(Action):
    """Offer other times for a booking that is to be moved, or ask to confirm its cancelling."""

    def name(self) -> str:
        return "action_ask_lookup_form_l_choice"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        known = {n: tracker.get_slot(n) for n in LOOKUP_MEMORY}
        reply, remembered = get_container().lookup.offer(turn.conversation, known, turn.language)
        say(dispatcher, reply)
        return slots(remembered)


class ActionSubmitLookup(Action):
    """Show, move or cancel the case."""

    def name(self) -> str:
        return "action_submit_lookup"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        known = {n: tracker.get_slot(n) for n in LOOKUP_MEMORY}
        if known["l_reference"] and known["l_last4"] and known["l_choice"] != "said":  # why not was said when asking
            say(dispatcher, get_container().lookup.finish(turn.conversation, known, turn.language))
        return slots(LOOKUP_MEMORY)
