"""Finding, moving and cancelling a case by its reference and one fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.cases import CaseKind
from casework.consultations import ConsultationService
from casework.consultations.model import Booking, FreeTimeQuery
from casework.errors import CaseworkError
from casework.references import Reference, ReferenceProblem, parse_reference, read_reference
from desk import lookup_hearing as hearing
from desk.clock import Clock
from desk.consultation_desk import ConsultationDesk
from desk.consultation_times import Times, is_exact, titles_of, why, wish_text
from desk.consultation_words import time_text
from desk.enquiry_form import EnquiryForm
from desk.hearing import label, says
from desk.lookup_hearing import FIELDS
from desk.outcomes import Outcome
from desk.pledge_desk import PledgeDesk
from desk.reply import Button, FormState, Reply
from desk.steps import Step, notice
from desk.talk import Turning

FORM = "lookup_form"
_SAID = {"l_choice": "said", "requested_slot": None}  # the form ends: why not was said when asking
Known = Mapping[str, Any]


class LookupDesk:
    """One form for look-up, moving and cancelling."""

    def __init__(
        self, service: ConsultationService, booking: ConsultationDesk, enquiries: EnquiryForm, pledge: PledgeDesk, clock: Clock
    ) -> None:
        self._service, self._booking, self._enquiries, self._pledge, self._clock = service, booking, enquiries, pledge, clock
        self._times = Times(service, clock)
        self._choices = hearing.Choices(self._times, clock)

    # -- hearing

    def hear(self, turn: Turning, known: Known, conversation: str = "") -> Step:
        """Read a reference and four digits wherever they stand; `l_purpose` comes from what was asked for."""
        if turn.asked not in FIELDS:
            return self._begun(turn, known, conversation)
        purpose, before = hearing.purpose_of(turn), known.get("l_purpose")
        switched = purpose not in ("show", before) and not (before == "withdraw" and purpose == "cancel")
        switched = switched and not turn.button and not says("leave", turn.text)
        if switched and turn.asked == "l_choice" and before == "cancel":
            return Step({"l_purpose": purpose} | self._facts(turn, purpose, known))
        if turn.asked == "l_choice" and not (switched and purpose != "move") and parse_reference(turn.text) is None:
            return self._choices.heard(turn, known)
        found = self._facts(turn, purpose if switched else before, known)
        if found or switched:
            return self._complete(Step({**found, **({"l_purpose": purpose} if switched else {}), "l_tries": 0}), known)
        return Step(heard=False) if hearing.leaves_to_others(turn) else hearing.trouble(turn.asked, turn.text, known)

    def _begun(self, turn: Turning, known: Known, conversation: str) -> Step:
        if turn.profile != "public":
            return Step(notices=(notice("utter_not_in_school", Outcome.REFUSED),), stop=True)
        purpose = hearing.purpose_of(turn)
        updates: dict[str, Any] = {"l_purpose": purpose, **self._facts(turn, purpose, {})}
        if "l_reference" not in updates and read_reference(turn.text).problem is ReferenceProblem.CHECK_DIGIT:
            return self._complete(Step(updates, (notice("utter_l_check_digit"),)), known)
        if "l_reference" not in updates and conversation:
            mine = hearing.newest(self._service.references_of(conversation), hearing.kind_meant(turn.text, purpose))
            if mine is not None:
                updates["l_reference"] = mine
                return self._complete(Step(updates, (notice("utter_l_yours", reference=mine),)), known)
        return self._complete(Step(updates), known)

    def _facts(self, turn: Turning, purpose: Any, known: Known) -> dict[str, Any]:
        return hearing.facts_of(turn.text, turn.asked or "", purpose, known, self._clock, turn.language)

    @staticmethod
    def _complete(step: Step, known: Known) -> Step:
        """Showing needs no choice once both facts are there."""
        have = {**known, **step.updates}
        if have.get("l_purpose") == "move" and _kind(have.get("l_reference")) in (CaseKind.ENQUIRY, CaseKind.INTAKE):
            have["l_purpose"] = "show"  # a question has no time that could be moved
            step = Step({**step.updates, "l_purpose": "show"}, step.notices)
        if have.get("l_purpose") == "show" and have.get("l_reference") and have.get("l_last4"):
            return Step({**step.updates, "l_choice": "show"}, step.notices)
        return step

    # -- asking

    def ask(self, name: str, reference: Any = None) -> Reply:
        """The question for a field; a question to the office may be opened by its code instead of a phone."""
        state = FormState(FORM, name, FIELDS.index(name) + 1, len(FIELDS) - 1)
        code = "_enquiry" if name == "l_last4" and _kind(reference) is CaseKind.ENQUIRY else ""
        return Reply("ask", Outcome.COLLECTING, f"utter_ask_{name}{code}", form=state)

    def offer(self, conversation: str, known: Known, language: str) -> tuple[Reply, Known]:
        """Before moving: times; before cancelling: the question whether. A show needs no choice."""
        state = FormState(FORM, "l_choice", 3, 3)
        kind = _kind(known.get("l_reference"))
        if kind is CaseKind.ENQUIRY:
            return _question("utter_ask_e_withdraw", "withdraw", state, language), {}
        if kind is CaseKind.INTAKE:
            refused = self._pledge.may_withdraw(conversation, known["l_reference"], known["l_last4"], language)
            return (refused, _SAID) if refused is not None else (_question("utter_ask_p_withdraw", "withdraw", state, language), {})
        try:
            booking = self._service.find(known["l_reference"], known["l_last4"], caller=conversation)
        except CaseworkError as error:
            return notice(f"utter_c_error_{error.code}", Outcome.REFUSED), _SAID
        standing = booking.standing(self._clock())
        if standing not in ("requested", "confirmed"):
            code = "already_past" if standing == "past" else "forbidden_transition"
            return notice(f"utter_c_error_{code}", Outcome.REFUSED), _SAID
        if known["l_purpose"] in ("cancel", "withdraw"):
            return _question("utter_ask_l_cancel", "cancel", state, language, time=time_text(booking.start, language, booking.provisional)), {}
        return self._offer_times(booking, known.get("l_when"), state, language)

    def _offer_times(self, booking: Booking, wished: Known | None, state: FormState, language: str) -> tuple[Reply, Known]:
        query = FreeTimeQuery(booking.service.id, booking.right, booking.station.region, booking.station.id, booking.mode, booking.language)
        found, obstacle = self._times.offered(query, wished)
        values: dict[str, Any] = {"time": time_text(booking.start, language, booking.provisional)}
        titles = titles_of(found, language)
        buttons = tuple(Button(f"v:l_choice:{i}", shown) for i, shown in titles.items())
        response = "utter_ask_l_move" if found else "utter_l_no_times"
        if found and obstacle is not None and wished and not wished.get("told"):
            response, values["why"] = "utter_ask_l_move_other", why(obstacle, wish_text(wished, language), found[0], self._clock(), language)
        elif found and wished and not is_exact(wished) and not wished.get("told"):
            response, values["wish"] = "utter_ask_l_move_wished", wish_text(wished, language)
        elif len(found) == 1 and is_exact(wished):
            response, values["new"] = "utter_ask_l_move_one", next(iter(titles.values()))
            buttons = (Button(buttons[0].id, label("confirm", language)), Button("v:l_choice:no", label("keep", language)))
        reply = Reply("ask", Outcome.COLLECTING, response, values=values, buttons=buttons, form=state)
        return reply, {"l_offered": titles} | ({"l_when": {**wished, "told": True}} if wished and obstacle else {})

    # -- doing

    def finish(self, conversation: str, known: Known, language: str) -> Reply:
        """Show, move or cancel; a stranger learns nothing."""
        reference, last4, purpose, choice = (known.get(n) for n in ("l_reference", "l_last4", "l_purpose", "l_choice"))
        parsed: Reference | None = parse_reference(str(reference))
        if parsed is not None and parsed.kind is CaseKind.ENQUIRY:
            return self._enquiry(conversation, parsed.text, str(last4), purpose, choice)
        if parsed is not None and parsed.kind is CaseKind.INTAKE:
            return self._intake(conversation, parsed.text, str(last4), purpose, choice, language)
        if parsed is None or parsed.kind is not CaseKind.CONSULTATION:
            return notice("utter_c_error_not_found", Outcome.REFUSED)
        if purpose in ("move", "cancel", "withdraw") and choice == "no":
            return notice("utter_l_kept", Outcome.SMALLTALK)
        if purpose in ("cancel", "withdraw"):
            if choice != "yes":
                return notice("utter_l_kept", Outcome.SMALLTALK)
            reason = str((known.get("l_when") or {}).get("reason") or "")
            return self._booking.cancel(conversation, parsed.text, str(last4), language, reason)
        if purpose == "move":
            return self._booking.move(conversation, parsed.text, str(last4), str(choice), language)
        try:
            booking = self._service.find(parsed.text, str(last4), caller=conversation)
        except CaseworkError as error:
            return notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return self._booking.receipt(booking, "found", language)

    def _enquiry(self, conversation: str, reference: str, code: str, purpose: Any, choice: Any) -> Reply:
        if purpose not in ("cancel", "withdraw"):
            return self._enquiries.show(conversation, reference, code)
        if choice != "yes":
            return notice("utter_e_kept", Outcome.SMALLTALK)
        return self._enquiries.withdraw(conversation, reference, code)

    def _intake(self, conversation: str, reference: str, last4: str, purpose: Any, choice: Any, language: str) -> Reply:
        if purpose not in ("cancel", "withdraw"):
            return self._pledge.show(conversation, reference, last4, language)
        if choice != "yes":
            return notice("utter_p_kept", Outcome.SMALLTALK)
        return self._pledge.withdraw(conversation, reference, last4)


def _kind(reference: Any) -> CaseKind | None:
    parsed = parse_reference(str(reference or ""))
    return parsed.kind if parsed else None


def _question(response: str, verb: str, state: FormState, language: str, **values: Any) -> Reply:
    """Whether really: the buttons say what they do, since 取消 alone could mean either."""
    buttons = (Button("v:l_choice:yes", label(f"really_{verb}", language)), Button("v:l_choice:no", label("keep", language)))
    return Reply("review", Outcome.COLLECTING, response, values=values, buttons=buttons, form=state)

