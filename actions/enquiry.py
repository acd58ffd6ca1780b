"""Questions to the knowledge base and the buttons that lead through its cards."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import quiz
from actions.turn import say, served, turn_of
from desk import school, talk
from desk.consultation_fields import FORM as BOOKING
from desk.container import get_container
from desk.enquiry_desk import Served
from desk.enquiry_form import FORM
from desk.lookup_desk import FORM as LOOKUP
from desk.outcomes import Outcome
from desk.pledge_desk import FORM as PLEDGE

Domain = dict[str, Any]
_FORMS = {"book_consultation": BOOKING, "start_pledge": PLEDGE}


class ActionAnswer(Action):
    """Answer the message from the knowledge base."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        if tracker.latest_action_name == self.name():
            # No rule knew how to go on, so Rasa fell back to this action again: back to the form, or the turn ends.
            return [FollowupAction((tracker.active_loop or {}).get("name") or "action_listen")]
        turn = turn_of(tracker)
        if (events := quiz.heard(dispatcher, tracker, turn)) is not None:
            return events
        if (reply := school.first(turn.text, turn.language, turn.profile)) is not None:
            say(dispatcher, reply)
            return []
        if talk.is_mongolian(turn.text):
            say(dispatcher, talk.mongolian(turn.language, turn.profile))
            return []
        form = get_container().enquiry_form
        if not tracker.active_loop and form.opens(turn.text, turn.profile):
            return [FollowupAction(FORM)]
        if not tracker.active_loop and turn.profile == "public" and (wish := get_container().wish(turn.text, turn.conversation)):
            return [FollowupAction(_FORMS.get(wish, LOOKUP))]
        if not talk.has_words(turn.text):
            if turn.memory.misses:
                return served(dispatcher, get_container().enquiries.none_fits(turn.language, turn.profile, turn.memory))
            say(dispatcher, talk.nothing_running("inform", turn.language, turn.profile))
            return [SlotSet("misses", 1.0)]
        desk = get_container().enquiries
        day = talk.named_day(turn.metadata)
        result = desk.ask(turn.text, turn.language, turn.profile, turn.memory, day, turn.conversation)
        events = served(dispatcher, result)
        quiz.ask_again(dispatcher, tracker, turn)
        return [*events, *_unanswered(turn.text, result)]


class ActionPress(Action):
    """A button: a card, a choice, or none of the choices."""

    def name(self) -> str:
        return "action_press"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn, desk = turn_of(tracker), get_container().enquiries
        if (events := quiz.heard(dispatcher, tracker, turn)) is not None:
            return events
        kind, _, value = (turn.button or "").partition(":")
        if (reply := school.pressed(kind, value, turn.language)) is not None:
            say(dispatcher, reply)
            return [SlotSet("age_group", value)] if kind == school.AGE else []
        if kind == "none_of_these":
            return served(dispatcher, desk.none_fits(turn.language, turn.profile, turn.memory))
        found = desk.show(value, turn.language, turn.profile, turn.memory) if kind == "card" else None
        if found is None:
            say(dispatcher, talk.gone(turn.language, turn.profile))
            return []
        return [*served(dispatcher, found), *_unanswered("", found)]


def _unanswered(text: str, result: Served) -> list[EventType]:
    """Remember a question without an answer: it is offered when somebody then leaves a question for the office."""
    outcomes = {reply.outcome for reply in result.replies}
    if outcomes & {Outcome.NOT_FOUND, Outcome.CLARIFY}:
        return [SlotSet("last_miss", text)]
    return [SlotSet("last_miss", None)] if Outcome.ANSWERED in outcomes else []
