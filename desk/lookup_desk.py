"""Finding, moving and cancelling a case by its reference and one fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.cases import CaseKind
from casework.consultations import ConsultationService
from casework.consultations.model import FreeTimeQuery
from casework.consultations.when import read_when
from casework.errors import CaseworkError
from casework.references import Reference, ReferenceProblem, parse_reference, read_reference
from desk.clock import Clock
from desk.consultation_desk import OFFERED, ConsultationDesk, Step, time_text
from desk.enquiry_form import EnquiryForm
from desk.hearing import hear, hear_choice, is_interruption, label, says
from desk.outcomes import Outcome
from desk.pledge_desk import PledgeDesk
from desk.reply import Button, FormState, Reply, button
from desk.talk import COMMANDS, Turning

FORM = "lookup_form"
_PURPOSES = {"lookup_case": "show", "move_booking": "move", "cancel_booking": "cancel", "withdraw_pledge": "withdraw"}
_FIELDS = ("l_reference", "l_last4", "l_choice")
MEMORY = (*_FIELDS, "l_purpose", "l_when", "l_offered", "l_tries")


class LookupDesk:
    """One form for look-up, moving and cancelling."""

    def __init__(
        self, service: ConsultationService, booking: ConsultationDesk, enquiries: EnquiryForm, pledge: PledgeDesk, clock: Clock
    ) -> None:
        self._service, self._booking, self._enquiries, self._pledge, self._clock = service, booking, enquiries, pledge, clock

    def hear(self, turn: Turning, known: Mapping[str, Any]) -> Step:
        """Read a reference and four digits wherever they stand; `l_purpose` comes from what was asked for."""
        purpose = _purpose(turn)
        if turn.asked == "l_choice" and purpose == known.get("l_purpose") and parse_reference(turn.text) is None:
            return self._choice(turn, known)  # 改到周四下午: the wish again, now with its time
        if turn.asked not in _FIELDS or (purpose != "show" and turn.intent in _PURPOSES):
            if turn.profile != "public":
                return Step(notices=(Reply("notice", Outcome.REFUSED, "utter_not_in_school"),), stop=True)
            updates: dict[str, Any] = {"l_purpose": purpose}
            return self._complete(Step(updates | self._facts(turn.text, "")), known)
        if turn.intent in COMMANDS - {"lookup_case"}:
            return Step(heard=False)
        if turn.asked == "l_choice":
            return self._choice(turn, known)
        found = self._facts(turn.text, turn.asked)
        if found:
            return self._complete(Step(found), known)
        if is_interruption(turn.text) or len(turn.text) > 40:
            return Step(heard=False)
        return Step({"l_tries": 1}, (_notice(self._trouble(turn)),))

    def _complete(self, step: Step, known: Mapping[str, Any]) -> Step:
        """Showing needs no choice once both facts are there."""
        have = {**known, **step.updates}
        if have.get("l_purpose") == "move" and (_is_enquiry(have.get("l_reference")) or _is_intake(have.get("l_reference"))):
            have["l_purpose"] = "show"  # a question has no time that could be moved
            step = Step({**step.updates, "l_purpose": "show"}, step.notices)
        if have.get("l_purpose") == "show" and have.get("l_reference") and have.get("l_last4"):
            return Step({**step.updates, "l_choice": "show"})
        return step

    def _facts(self, text: str, asked: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        reference = parse_reference(text)
        if reference is not None:
            found["l_reference"] = reference.text
        rest = "".join(c for c in text.replace(reference.text if reference else "\0", " ") if c.isdigit() or c == " ")
        last4 = [part for part in rest.split() if len(part) == 4]
        if last4 and (asked == "l_last4" or reference is not None):
            found["l_last4"] = last4[-1]
        return found

    def _trouble(self, turn: Turning) -> str:
        if turn.asked == "l_last4":
            return "utter_l_retry_last4"
        reading = read_reference(turn.text)
        return "utter_l_check_digit" if reading.problem is ReferenceProblem.CHECK_DIGIT else "utter_l_retry_reference"

    def _choice(self, turn: Turning, known: Mapping[str, Any]) -> Step:
        if turn.button and turn.button.startswith("v:l_choice:"):
            return Step({"l_choice": turn.button.removeprefix("v:l_choice:")})
        offered = known.get("l_offered") or {}
        if known.get("l_purpose") in ("cancel", "withdraw"):
            if says("agree", turn.text):
                return Step({"l_choice": "yes"})
            if says("refuse", turn.text):
                return Step({"l_choice": "no"})
            return Step({"l_tries": 1}) if turn.intent == "cancel_booking" else Step(heard=False)
        chosen = hear_choice(turn.text, list(offered.values()))
        if chosen is not None:
            return Step({"l_choice": list(offered)[chosen]})
        reading = read_when(turn.text, self._clock(), turn.language)
        if reading.when is not None and reading.problem is None and reading.when.first is not None:
            until = reading.when.until or reading.when.first
            wish: dict[str, Any] = {"first": reading.when.first.isoformat(), "until": until.isoformat()}
            wish |= {"window": [t.isoformat() for t in reading.when.window]} if reading.when.window else {}
            return Step({"l_when": wish})
        return Step(heard=False)

    def ask(self, name: str, reference: Any = None) -> Reply:
        """The question for a field; a question to the office may be opened by its code instead of a phone."""
        state = FormState(FORM, name, _FIELDS.index(name) + 1, len(_FIELDS) - 1)
        code = "_enquiry" if name == "l_last4" and _is_enquiry(reference) else ""
        return Reply("ask", Outcome.COLLECTING, f"utter_ask_{name}{code}", form=state)

    def offer(self, conversation: str, known: Mapping[str, Any], language: str) -> tuple[Reply, Mapping[str, Any]]:
        """Before moving: times; before cancelling: the question whether. A show needs no choice."""
        state = FormState(FORM, "l_choice", 3, 3)
        if _is_enquiry(known.get("l_reference")):
            no = Button("cancel", button("cancel", language).title)
            buttons: tuple[Button, ...] = (Button("v:l_choice:yes", label("confirm", language)), no)
            return Reply("review", Outcome.COLLECTING, "utter_ask_e_withdraw", buttons=buttons, form=state), {}
        if _is_intake(known.get("l_reference")):
            refused = self._pledge.may_withdraw(conversation, known["l_reference"], known["l_last4"], language)
            if refused is not None:
                return refused, {"l_choice": "said", "requested_slot": None}
            buttons = (Button("v:l_choice:yes", label("confirm", language)), Button("cancel", button("cancel", language).title))
            return Reply("review", Outcome.COLLECTING, "utter_ask_p_withdraw", buttons=buttons, form=state), {}
        try:
            booking = self._service.find(known["l_reference"], known["l_last4"], caller=conversation)
        except CaseworkError as error:
            return _notice(f"utter_c_error_{error.code}", Outcome.REFUSED), {"l_choice": "said", "requested_slot": None}
        standing = booking.standing(self._clock())
        if standing not in ("requested", "confirmed"):
            code = "already_past" if standing == "past" else "forbidden_transition"
            return _notice(f"utter_c_error_{code}", Outcome.REFUSED), {"l_choice": "said", "requested_slot": None}
        values = {"time": time_text(booking.start, language, booking.provisional)}
        if known["l_purpose"] in ("cancel", "withdraw"):
            buttons = (Button("v:l_choice:yes", label("confirm", language)), Button("cancel", button("cancel", language).title))
            return Reply("review", Outcome.COLLECTING, "utter_ask_l_cancel", values=values, buttons=buttons, form=state), {}
        query = FreeTimeQuery(booking.service.id, booking.right, booking.station.region, booking.station.id, booking.mode, booking.language)
        found = self._service.free_times(self._wish(query, known.get("l_when")), OFFERED) or self._service.free_times(query, OFFERED)
        buttons = tuple(Button(f"v:l_choice:{t.id}", time_text(t.start, language, t.provisional)) for t in found)
        reply = Reply("ask", Outcome.COLLECTING, "utter_ask_l_move", values=values, buttons=buttons, form=state)
        return reply, {"l_offered": {b.id.removeprefix("v:l_choice:"): b.title for b in buttons}}

    def _wish(self, query: FreeTimeQuery, wish: Mapping[str, Any] | None) -> FreeTimeQuery:
        import dataclasses
        import datetime as dt

        if not wish:
            return query
        window = wish.get("window")
        return dataclasses.replace(
            query,
            first=dt.date.fromisoformat(wish["first"]),
            until=dt.date.fromisoformat(wish["until"]),
            window=(dt.time.fromisoformat(window[0]), dt.time.fromisoformat(window[1])) if window else None,
        )

    def finish(self, conversation: str, known: Mapping[str, Any], language: str) -> Reply:
        """Show, move or cancel; a stranger learns nothing."""
        reference, last4, purpose, choice = (known.get(n) for n in ("l_reference", "l_last4", "l_purpose", "l_choice"))
        parsed: Reference | None = parse_reference(str(reference))
        if parsed is not None and parsed.kind is CaseKind.ENQUIRY:
            return self._enquiry(conversation, parsed.text, str(last4), purpose, choice)
        if parsed is not None and parsed.kind is CaseKind.INTAKE:
            return self._intake(conversation, parsed.text, str(last4), purpose, choice, language)
        if parsed is None or parsed.kind is not CaseKind.CONSULTATION:
            return _notice("utter_c_error_not_found", Outcome.REFUSED)
        if purpose in ("cancel", "withdraw"):
            if choice != "yes":
                return _notice("utter_l_kept", Outcome.SMALLTALK)
            return self._booking.cancel(conversation, parsed.text, str(last4), language)
        if purpose == "move":
            return self._booking.move(conversation, parsed.text, str(last4), str(choice), language)
        try:
            booking = self._service.find(parsed.text, str(last4), caller=conversation)
        except CaseworkError as error:
            return _notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return self._booking.receipt(booking, "found", language)

    def _enquiry(self, conversation: str, reference: str, code: str, purpose: Any, choice: Any) -> Reply:
        if purpose not in ("cancel", "withdraw"):
            return self._enquiries.show(conversation, reference, code)
        if choice != "yes":
            return _notice("utter_e_kept", Outcome.SMALLTALK)
        return self._enquiries.withdraw(conversation, reference, code)

    def _intake(self, conversation: str, reference: str, last4: str, purpose: Any, choice: Any, language: str) -> Reply:
        if purpose not in ("cancel", "withdraw"):
            return self._pledge.show(conversation, reference, last4, language)
        if choice != "yes":
            return _notice("utter_p_kept", Outcome.SMALLTALK)
        return self._pledge.withdraw(conversation, reference, last4)


def _is_intake(reference: Any) -> bool:
    return str(reference or "").startswith("ZY")


def _is_enquiry(reference: Any) -> bool:
    return str(reference or "").startswith("LY")


def _purpose(turn: Turning) -> str:
    """What is wanted with the case: a reference in the sentence must not hide the wish to move or cancel."""
    said = _PURPOSES.get(turn.intent, "show")
    if said == "show":
        wish = hear("purpose", turn.text)
        said = wish or said
    return said


def _notice(response: str, outcome: Outcome = Outcome.COLLECTING) -> Reply:
    return Reply("notice", outcome, response)
