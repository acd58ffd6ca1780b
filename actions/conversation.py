"""Opening, small talk, hand-over, language, starting over."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, AllSlotsReset, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import quiz
from actions.turn import say, turn_of
from desk import school, talk
from desk.container import get_container
from desk.lookup_desk import FORM as LOOKUP

Domain = dict[str, Any]


class ActionPerceive(Action):
    """Before anything else: the language of this reply and the session's profile."""

    def name(self) -> str:
        return "action_perceive"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        # What shows no language (a number, a button) is answered like the turn before it.
        session = tracker.get_slot("language") or tracker.get_slot("session_language") or turn.metadata.get("language") or "zh"
        profile = turn.metadata.get("profile") or tracker.get_slot("profile") or "public"
        asked = tracker.get_slot("requested_slot") if tracker.active_loop else None
        events = [SlotSet("language", talk.reply_language(turn.text, session, is_button=turn.button is not None, asked=asked))]
        if profile != tracker.get_slot("profile"):
            events.append(SlotSet("profile", profile))
        if profile == school.SCHOOL and (group := school.age_group(turn.text)):
            events.append(SlotSet("age_group", group))
        return events


class ActionOpen(Action):
    """The opening message of a session."""

    def name(self) -> str:
        return "action_open"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        say(dispatcher, talk.opening(turn.language, turn.profile))
        return []


class ActionSmalltalk(Action):
    """Greeting, thanks, goodbye, help."""

    def name(self) -> str:
        return "action_smalltalk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        say(dispatcher, talk.smalltalk(turn.intent, turn.language, turn.profile))
        return []


class ActionNothingRunning(Action):
    """Yes, no, cancel, continue or a bare fact when no form asks for one."""

    def name(self) -> str:
        return "action_nothing_running"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        if (events := quiz.heard(dispatcher, tracker, turn)) is not None:
            return events
        if turn.intent == "cancel" and turn.profile == "public" and get_container().wish(turn.text, turn.conversation):
            return [FollowupAction(LOOKUP)]  # 取消吧, after a booking was made here
        say(dispatcher, talk.nothing_running(turn.intent, turn.language, turn.profile))
        return []


class ActionHandOver(Action):
    """A person, please: hotlines first, then booking, then a message to the office."""

    def name(self) -> str:
        return "action_hand_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        say(dispatcher, talk.hand_over(turn.language, turn.profile))
        return [SlotSet("misses", 0.0)]


class ActionStartOver(Action):
    """Forget what was said; keep the session's language and profile."""

    def name(self) -> str:
        return "action_start_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        say(dispatcher, talk.restarted(turn.language))
        kept = [SlotSet(name, tracker.get_slot(name)) for name in ("language", "session_language", "profile", "age_group", "quiz_seen")]
        return [ActiveLoop(None), AllSlotsReset(), *kept]


class ActionSwitchLanguage(Action):
    """Answer in the other language from now on."""

    def name(self) -> str:
        return "action_switch_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        turn = turn_of(tracker)
        language = "en" if turn.intent == "language_en" else "zh"
        say(dispatcher, talk.language_switched(language, turn.profile))
        return [SlotSet("session_language", language), SlotSet("language", language)]
