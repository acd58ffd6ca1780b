"""Small talk and standing replies: which fixed wording answers which intent, and in which language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desk import school
from desk.outcomes import Outcome
from desk.reply import Button, Reply, button
from knowledge.text import language_of
from knowledge.themes import load_themes, theme_of

_WORDS = re.compile(r"[A-Za-z\u3400-\u9fff\u0400-\u04ff\u1800-\u18af]{2,}")
_SHOWS_NONE = re.compile(r"\S+@\S+|https?://\S+|\b[A-Za-z]*[0-9][A-Za-z0-9.-]*|\b(?:WQ|ZY|LY|ZL)\b", re.I)
_NAMES = ("c_name", "p_name", "p_company")
_ONE_SHORT_WORD = re.compile(r"[A-Za-z]{1,4}")
_SMALLTALK = {"greet": "utter_greet", "thanks": "utter_thanks", "goodbye": "utter_goodbye", "help": "utter_help"}
_NOTHING = {
    "affirm": "utter_affirm_nothing",
    "deny": "utter_deny_nothing",
    "cancel": "utter_nothing_to_cancel",
    "continue": "utter_nothing_to_continue",
    "inform": "utter_inform_nothing",
}
_OFFERS = ("book_consultation", "start_pledge", "lookup_case", "help")
_PUPILS = {True: ("start_quiz",), False: ()}  # what a school session is offered besides


def _buttons(names: Sequence[str], language: str, profile: str) -> tuple[Button, ...]:
    """A school session is never offered what collects personal data."""
    return tuple(button(name, language) for name in school.allowed(names, profile))


def _notice(outcome: Outcome, response: str, profile: str, buttons: tuple[Button, ...] = ()) -> Reply:
    """Fixed wording, for pupils in theirs."""
    return Reply("notice", outcome, school.worded(response, profile), buttons=buttons)


def reply_language(text: str, session: str, *, is_button: bool, asked: str | None = None) -> str:
    """The language of the reply: that of the message where it shows one, else the session's.

    Addresses, codes and references show none, nor does the answer to a form that asks (`asked`) for a name.
    """
    text = _SHOWS_NONE.sub(" ", text)
    if is_button or asked in _NAMES or text.startswith("/") or not _WORDS.search(text):
        return session
    if _ONE_SHORT_WORD.fullmatch(text.strip()):
        return session  # OK, PCT, app: said in both languages
    found = language_of(text)
    return session if found == "mn" else found


def is_mongolian(text: str) -> bool:
    """Whether a message is in Mongolian, in the traditional or the Cyrillic script."""
    return language_of(text) == "mn"


def named_day(metadata: Mapping[str, Any]) -> dt.date | None:
    """The day that a question is asked about, when the caller names one (evaluation, command line)."""
    value = metadata.get("date")
    return dt.date.fromisoformat(value) if value else None


def opening(language: str, profile: str) -> Reply:
    """The first message of a session."""
    buttons = school.age_buttons(language) if school.is_school(profile) else _buttons(_OFFERS, language, profile)
    return _notice(Outcome.SMALLTALK, "utter_open", profile, buttons)


def smalltalk(intent: str, language: str, profile: str) -> Reply:
    """Greeting, thanks, goodbye, help."""
    names = (*_OFFERS, *_PUPILS[school.is_school(profile)]) if intent in ("greet", "help") else ()
    return _notice(Outcome.SMALLTALK, _SMALLTALK.get(intent, "utter_greet"), profile, _buttons(names, language, profile))


def nothing_running(intent: str, language: str, profile: str) -> Reply:
    """An answer to nothing: no form is open."""
    outcome = Outcome.CLARIFY if intent in ("inform", "deny") else Outcome.SMALLTALK
    names = (*_OFFERS, *_PUPILS[school.is_school(profile)])
    return _notice(outcome, _NOTHING.get(intent, "utter_inform_nothing"), profile, _buttons(names, language, profile))


def hand_over(language: str, profile: str) -> Reply:
    """How to reach a person."""
    names = ("book_consultation", "leave_question")
    return _notice(Outcome.HANDED_OVER, "utter_hand_over", profile, _buttons(names, language, profile))


def restarted(language: str) -> Reply:
    return Reply("notice", Outcome.SMALLTALK, "utter_restarted")


def language_switched(language: str, profile: str) -> Reply:
    return Reply("notice", Outcome.SMALLTALK, f"utter_language_{language}", buttons=_buttons(("help",), language, profile))


def mongolian(language: str, profile: str) -> Reply:
    """Recognised, never mangled: answers are in Chinese and English, an expert can be booked, 12345 helps."""
    names = ("book_consultation", "language_en", "language_zh")
    return _notice(Outcome.SIGNPOSTED, "utter_mongolian", profile, _buttons(names, language, profile))


def gone(language: str, profile: str) -> Reply:
    """A button whose card is no longer there."""
    return _notice(Outcome.CLARIFY, "utter_gone", profile, _buttons(("help",), language, profile))


@dataclass(frozen=True, slots=True)
class Turning:
    """A message to a form: text, intent, pressed button, language, profile, and the field asked for."""

    text: str
    intent: str
    button: str | None
    language: str
    profile: str
    asked: str | None


# Inside a form these are commands, never values of a field.
COMMANDS = frozenset(
    {
        "greet", "thanks", "goodbye", "help", "human", "leave_question", "start_over", "language_zh", "language_en", "cancel",
        "book_consultation", "lookup_case", "move_booking", "cancel_booking", "start_pledge", "withdraw_pledge", "open", "start_quiz",
    }
)


def not_in_school(language: str) -> Reply:
    """A school session books nothing and collects nothing."""
    return Reply("notice", Outcome.REFUSED, "utter_not_in_school")


def left_lookup(language: str, profile: str) -> Reply:
    """Nothing was looked up or changed, which must not sound as if a booking were cancelled."""
    return Reply("notice", Outcome.SMALLTALK, "utter_l_left", buttons=_buttons(("lookup_case", "help"), language, profile))


def left_form(language: str, profile: str, *, held: bool = True) -> Reply:
    """Cancelled, with a way back; `held`: whether it was the booking, which may have held a time."""
    response = "utter_left_form" if held else "utter_left_other_form"
    return Reply("notice", Outcome.CANCELLED, response, buttons=_buttons(("continue", "help"), language, profile))


def paused(what: str, language: str) -> Reply:
    """One form is done; the other (`pledge` or `booking`) waits half-filled."""
    return Reply("notice", Outcome.SMALLTALK, f"utter_paused_{what}", buttons=(button("continue", language),))


def needs_help(text: str) -> bool:
    """Whether a message is met with help before anything else, also in the middle of a form."""
    theme = theme_of(text, load_themes())
    return theme is not None and theme.outcome == Outcome.SIGNPOSTED.value


def has_words(text: str) -> bool:
    """Whether a message says anything beyond numbers and marks."""
    return bool(_WORDS.search(text))
