"""What a message tells the look-up form: what is wanted, which case, the one fact that opens it, and the new time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from casework.cases import CaseKind
from casework.consultations.when import WhenProblem
from casework.phones import last_digits
from casework.references import Reference, ReferenceProblem, parse_reference, read_reference
from desk.clock import Clock
from desk.consultation_times import Times, asks_which_day, heard_when
from desk.hearing import agrees_first, clauses, hear, hear_choice, is_interruption, says
from desk.steps import Step, notice
from desk.talk import COMMANDS, Turning

FIELDS = ("l_reference", "l_last4", "l_choice")
MEMORY = (*FIELDS, "l_purpose", "l_when", "l_offered", "l_tries")
PURPOSES = {"lookup_case": "show", "move_booking": "move", "cancel_booking": "cancel", "withdraw_pledge": "withdraw"}
_MINE = re.compile(r"(?i)(?:wq|zy|ly)[\W_]*(?:[0-9〇零一幺二两三四五六七八九][\W_]*){8}[0-9〇零一幺二两三四五六七八九]")
_YEAR = re.compile(r"20[0-9]{2}(?=年|[-/.])")
_FOUR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_KINDS = (
    (CaseKind.ENQUIRY, ("留言", "答复", "question")),
    (CaseKind.INTAKE, ("质押", "融资", "受理", "贷款", "pledge")),
    (CaseKind.CONSULTATION, ("约", "book", "appoint")),
)
Known = Mapping[str, Any]


def purpose_of(turn: Turning) -> str:
    """What is wanted with the case: a reference in the sentence must not hide the wish to move or cancel."""
    said = PURPOSES.get(turn.intent, "show")
    return hear("purpose", turn.text) or said if said == "show" else said


def kind_meant(text: str, purpose: str) -> CaseKind | None:
    """Which of several cases of one conversation is meant; None when any."""
    if purpose in ("move", "cancel"):
        return CaseKind.CONSULTATION
    return next((kind for kind, words in _KINDS if any(word in text.lower() for word in words)), None)


def newest(references: Sequence[Reference], kind: CaseKind | None) -> str | None:
    """The newest case of this conversation that can be meant."""
    return next((r.text for r in references if kind is None or r.kind is kind), None)


def facts_of(text: str, asked: str, purpose: Any, known: Known, clock: Clock, language: str) -> dict[str, Any]:
    """Reference, four digits and, for moving, the wished time, wherever they stand."""
    found: dict[str, Any] = {}
    reference = parse_reference(text)
    if reference is not None:
        found["l_reference"] = reference.text
    rest = _YEAR.sub(" ", _MINE.sub(" ", text)) if reference is None or _MINE.search(text) else ""
    digits = last_digits(rest)
    if digits and (asked in ("l_last4", "l_reference") or reference is not None):
        found["l_last4"] = digits
    if purpose == "move" and (wished := heard_when(_FOUR.sub(" ", rest), known.get("l_when"), clock, language)[0]):
        found["l_when"] = wished
    return found


def trouble(asked: str, text: str, known: Known) -> Step:
    """Not understood: why; the second time an example, from the third on the hotline."""
    tries = int(known.get("l_tries") or 0) + 1
    if asked == "l_last4":
        response = "utter_l_retry_code" if str(known.get("l_reference") or "").startswith("LY") else "utter_l_retry_last4"
    else:
        wrong = read_reference(text).problem is ReferenceProblem.CHECK_DIGIT
        response = "utter_l_check_digit" if wrong else "utter_l_retry_reference"
    help_ = (notice(f"utter_l_example_{asked[2:]}"),) if tries == 2 else (notice("utter_c_hotline"),) if tries > 2 else ()
    return Step({"l_tries": tries}, (notice(response), *help_))


def leaves_to_others(turn: Turning) -> bool:
    """Whether a message that told nothing is for another rule."""
    return turn.intent in COMMANDS - set(PURPOSES) or is_interruption(turn.text) or len(turn.text) > 40


class Choices:
    """The last question: yes or no before cancelling, a time before moving."""

    def __init__(self, times: Times, clock: Clock) -> None:
        self._times, self._clock = times, clock

    def heard(self, turn: Turning, known: Known) -> Step:
        """One message while the choice is asked for."""
        if turn.button:
            value = turn.button.removeprefix("v:l_choice:")
            allowed = value in ("yes", "no") or value in (known.get("l_offered") or {})
            return Step({"l_choice": value}) if turn.button.startswith("v:l_choice:") and allowed else Step(heard=False)
        return self._new_time(turn, known) if known.get("l_purpose") == "move" else self._yes_or_no(turn, known)

    def _yes_or_no(self, turn: Turning, known: Known) -> Step:
        text = turn.text
        number = hear_choice(text, ["", ""])
        if says("keep", text) or says("refuse", text) or number == 1:
            return Step({"l_choice": "no"})
        if says("agree", text) or says("do_cancel", text) or number == 0:
            return Step({"l_choice": "yes"})
        if agrees_first(text) or (says("do_cancel", clauses(text)[0]) if clauses(text) else False):
            return Step({"l_choice": "yes", "l_when": {"reason": "，".join(clauses(text)[1:])[:200]}})
        if says("leave", text) or turn.intent in ("cancel", "cancel_booking", "withdraw_pledge"):
            return Step({"l_tries": int(known.get("l_tries") or 0) + 1}, (notice("utter_l_yes_or_no"),))
        return Step(heard=False) if leaves_to_others(turn) else Step({"l_tries": 1}, (notice("utter_l_yes_or_no"),))

    def _new_time(self, turn: Turning, known: Known) -> Step:
        text, offered, wished = turn.text, known.get("l_offered") or {}, known.get("l_when")
        if chosen := self._times.chosen(text, offered, wished, turn.language):
            return Step({"l_choice": chosen})
        if says("more", text):
            return Step({"l_when": self._times.later(offered), "l_offered": None})
        if asks_which_day(text):
            return Step({"l_when": None, "l_offered": None})
        if says("keep", text) or says("leave", text) or says("refuse", text):
            return Step({"l_choice": "no"})
        found, reading = heard_when(text, wished, self._clock, turn.language)
        if found:
            return Step({"l_when": found})
        if leaves_to_others(turn):
            return Step(heard=False)
        problems = {WhenProblem.PAST: "utter_c_past", WhenProblem.IMPOSSIBLE: "utter_c_no_such_day"}
        response = problems.get(reading.problem, "utter_c_retry_time") if reading.problem else "utter_c_retry_time"
        return Step({"l_tries": int(known.get("l_tries") or 0) + 1}, (notice(response),))
