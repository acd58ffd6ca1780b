"""What a school session may say and hear: nothing personal, help before anything else, words for the age group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casework.phones import mask_phones_in
from desk.hearing import is_interruption
from desk.outcomes import Outcome
from desk.reply import Button, Reply, button
from outreach.safety import AGE_GROUPS, load_safety

SCHOOL = "school"
HELP = "help_lines"  # a button's kind: `help_lines:<id>:<language>`
AGE = "age"  # a button's kind: `age:kids`
_AGE_ONLY, _NOTHING_ELSE = 14, 10  # characters: a longer message says more than an age, more than what was hidden
# What may stand on a button of a school session; everything else collects something or belongs to adults.
ALLOWED = frozenset({"help", "start_quiz", "human", "language_zh", "language_en", "cancel", "continue", "none_of_these"})
# Intents that begin a form. A school session's channel never passes them on; each form refuses it besides.
COLLECTING = frozenset(
    {"book_consultation", "lookup_case", "move_booking", "cancel_booking", "start_pledge", "withdraw_pledge", "leave_question"}
)
REFUSED = "not_in_school"  # a button's kind: what stands for such an intent
# The fixed wordings that speak to adults, and what is said to a pupil instead.
_WORDS = {
    "utter_open": "utter_open_school",
    "utter_greet": "utter_greet_school",
    "utter_goodbye": "utter_goodbye_school",
    "utter_help": "utter_help_school",
    "utter_hand_over": "utter_hand_over_school",
    "utter_affirm_nothing": "utter_affirm_nothing_school",
    "utter_deny_nothing": "utter_deny_nothing_school",
    "utter_nothing_to_cancel": "utter_nothing_to_cancel_school",
    "utter_nothing_to_continue": "utter_nothing_to_cancel_school",
    "utter_inform_nothing": "utter_deny_nothing_school",
    "utter_mongolian": "utter_mongolian_school",
    "utter_clarify": "utter_clarify_school",
    "utter_rephrase": "utter_rephrase_school",
    "utter_not_found": "utter_not_found_school",
    "utter_not_found_again": "utter_not_found_again_school",
    "utter_out_of_scope": "utter_out_of_scope_school",
    "utter_out_of_scope_again": "utter_out_of_scope_school",
    "utter_gone": "utter_gone_school",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A pupil's message as it may be passed on. `help`: the help that it cries for; then the text is not passed on at all."""

    text: str
    personal: bool
    help: str | None = None


def is_school(profile: str) -> bool:
    """Whether a profile is a pupil's: `school`, or `kids` and `teens` where the age group is known."""
    return profile == SCHOOL or profile in AGE_GROUPS


def hear(text: str) -> Heard:
    """A pupil's message without names, schools, numbers and addresses."""
    safety = load_safety()
    line = safety.help_for(text)
    if line is not None:
        return Heard("", False, line.id)
    safe, personal = safety.without_personal_data(text)
    unphoned = mask_phones_in(safe, safety.hidden)
    return Heard(unphoned, personal or unphoned != safe)


def worded(response: str, profile: str) -> str:
    """The name of the wording for a profile."""
    return _WORDS.get(response, response) if is_school(profile) else response


def age_group(text: str) -> str | None:
    """`kids` or `teens` where a message says how old its writer is."""
    return load_safety().age_group(text)


def profile_of(profile: str, group: str | None) -> str:
    """The profile that a turn is answered for: the age group of a school session where it is known."""
    return group if profile == SCHOOL and group in AGE_GROUPS else profile


def theme_reply(theme: str, text: str, language: str, profile: str) -> str:
    """A theme's reply: what is said to everybody, or its wording for pupils."""
    said = load_safety().themes.get(theme) if is_school(profile) else None
    return said["en" if language == "en" else "zh"] if said else text


def help_lines(help_id: str, language: str) -> Reply | None:
    """Help lines and the next adult; None for an id that is none."""
    line = load_safety().help_line(help_id)
    if line is None:
        return None
    return Reply("notice", Outcome.SIGNPOSTED, text=line.reply["en" if language == "en" else "zh"])


def first(text: str, language: str, profile: str) -> Reply | None:
    """What is said to a pupil's message that asks nothing: it tells the age, or only what was taken out. None for a question."""
    if not is_school(profile) or is_interruption(text):
        return None
    bare = text.replace(load_safety().hidden, "")
    if (group := age_group(text)) and len(bare) <= _AGE_ONLY:
        return age_chosen(group, language)
    if bare != text and len(bare) <= _NOTHING_ELSE:
        return Reply("notice", Outcome.CLARIFY, "utter_deny_nothing_school", buttons=(button("start_quiz", language), button("help", language)))
    return None


def pressed(kind: str, value: str, language: str) -> Reply | None:
    """What a button of a school session says: an age group, help lines; None for any other."""
    if kind == AGE and value in AGE_GROUPS:
        return age_chosen(value, language)
    if kind == HELP:
        help_id, _, said_in = value.partition(":")
        return help_lines(help_id, said_in or language)
    if kind == REFUSED:
        return Reply("notice", Outcome.REFUSED, "utter_not_in_school", buttons=(button("start_quiz", language), button("help", language)))
    return None


def age_chosen(group: str, language: str) -> Reply:
    """The age group is set for this session."""
    return Reply("notice", Outcome.SMALLTALK, f"utter_age_{group}", buttons=(button("start_quiz", language), button("help", language)))


def age_buttons(language: str) -> tuple[Button, ...]:
    """The choice of an age group, then the quiz."""
    return (*(Button(f"{AGE}:{group}", button(f"age_{group}", language).title) for group in AGE_GROUPS), button("start_quiz", language))


def allowed(names: Sequence[str], profile: str) -> list[str]:
    """The names of buttons that a profile may see."""
    return [name for name in names if name in ALLOWED] if is_school(profile) else list(names)
