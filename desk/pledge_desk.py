"""The dialogue of the pledge-financing intake, one turn at a time: hear, ask, pre-check, submit.

Pure of Rasa, like the booking. First the facts that the pre-check needs, none of them personal; then, after consent,
company and contact.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from casework.cases import Consent, Person
from casework.errors import CaseworkError
from casework.masking import mask_name
from casework.phones import mask_phone
from casework.pledge import Intake, IntakeDetails, PledgeService
from casework.pledge.identifiers import mask_code
from casework.pledge.model import PLEDGEABLE, Finding
from casework.pledge.service import PURPOSE
from casework.regions import all_regions
from desk import pledge_words as words
from desk.clock import Clock
from desk.hearing import says_under_14
from desk.outcomes import Outcome
from desk.pledge_answers import FIELDS, MEMORY, PERSONAL, Answers
from desk.pledge_hearing import UNKNOWN, joined, shown, vocabulary, word
from desk.reply import Button, FormState, Reply, button
from desk.steps import Step
from desk.talk import COMMANDS

FORM = "pledge_form"
CONSENT_VERSION = "intake-1"
_CHOICES = ("p_kinds", "p_status", "p_owner", "p_burdens", "p_applicant")
_MAY_BE_OPEN = ("p_status", "p_owner", "p_burdens", "p_region", "p_amount", "p_years", "p_left", "p_value", "p_numbers")
_NEVER_OFFERED = ("trade_secret", "moral_right")
Fields = Mapping[str, Any]


class PledgeDesk:
    """Hears, asks, checks and submits. `link` makes the address of the printed summary from a reference."""

    def __init__(self, service: PledgeService, clock: Clock, operator: str, link: Callable[[str], str]) -> None:
        self._service, self._clock, self._operator, self._link = service, clock, operator, link
        self._answers = Answers(lambda: service.today.year)

    # -- hearing

    def is_command(self, intent: str, text: str, asked: str | None, fields: Fields, language: str) -> bool:
        """Whether a message in the form is for another rule: 取消, 你好, 转人工, 我要预约咨询.

        An answer to the question that stands (个人) is none, whatever the classifier takes it for.
        """
        if intent not in COMMANDS or intent == "start_pledge" or says_under_14(text):
            return False
        if asked not in FIELDS or text.startswith("/"):
            return True
        step = self._answers.hear(text, asked, fields, language)
        return not (step.leave or (step.heard and set(step.updates) - {"p_tries"}))

    def begin(self, conversation: str, text: str, fields: Fields, language: str) -> Step:
        """The message that opens the form, with every fact in it."""
        if says_under_14(text):
            return Step(dict.fromkeys((*FIELDS, *MEMORY)), (_notice("utter_p_under_14", Outcome.REFUSED),), stop=True)
        updates = self._answers.facts(text, "")
        heard = [words.value_text(n, updates[n], language) for n in FIELDS if n in updates and n not in (*PERSONAL, "p_left")]
        notices = (_notice("utter_c_heard", Outcome.COLLECTING, facts=joined(heard, language)),) if heard else ()
        return self._settled(conversation, Step(updates, notices), fields, language)

    def hear(self, conversation: str, text: str, pressed: str | None, asked: str, fields: Fields, language: str) -> Step:
        """One message while the form asks for `asked`."""
        if says_under_14(text):
            return Step(dict.fromkeys((*FIELDS, *MEMORY)), (_notice("utter_p_under_14", Outcome.REFUSED),), stop=True)
        step = self._pressed(pressed, asked) if pressed else self._answers.hear(text, asked, fields, language)
        return self._settled(conversation, step, fields, language) if step.heard else step

    def _pressed(self, pressed: str, asked: str) -> Step:
        """A client may send any button: only offered values count, and only to the question that stands."""
        kind, name, value = [*pressed.split(":", 2), "", ""][:3]
        if kind != "v" or name != asked or value not in self._values(name):
            return Step(heard=False)
        return Step({name: [value] if name in ("p_kinds", "p_burdens") and value != UNKNOWN else "-" if name == "p_numbers" else value})

    def _values(self, name: str) -> list[str]:
        if name == "p_region":
            return [*(region.id for region in all_regions()), "outside", UNKNOWN]
        if name in ("p_consent", "p_review"):
            return ["yes", "no"][: 2 if name == "p_consent" else 1]
        titles = vocabulary()["titles"][name.removeprefix("p_")] if name in _CHOICES else ()
        return [*(v for v in titles if v not in _NEVER_OFFERED), *([UNKNOWN] if name in _MAY_BE_OPEN else [])]

    def _settled(self, conversation: str, step: Step, fields: Fields, language: str) -> Step:
        """What follows from what was heard: fields that need no asking, consent, an early end."""
        updates, notices = dict(step.updates), step.notices
        now = {**fields, **updates}
        kinds = now.get("p_kinds") or []
        if "p_kinds" in updates and kinds and not {k.value for k in PLEDGEABLE} & set(kinds):
            ended = [_precheck(self._service, {"p_kinds": kinds}, language, only_failed=True)]
            return Step(dict.fromkeys((*FIELDS, *MEMORY)), (*notices, *ended), stop=True)
        if kinds and set(kinds) <= {"copyright", "software"} and not now.get("p_left"):
            updates["p_left"] = UNKNOWN  # fifty years and more: no question of remaining term
        if updates.get("p_applicant") == "person":
            updates |= {"p_company": "-", "p_code": "-"}
        elif updates.get("p_applicant") == "company" and fields.get("p_company") == "-":
            updates |= {"p_company": None, "p_code": None}
        if updates.get("p_consent") == "no":
            return Step({**updates, "p_consent": None}, (*notices, _kept(language)), stop=True)
        if updates.get("p_consent") == "yes":
            self._service.forms.record_consent(conversation, Consent(CONSENT_VERSION, self._operator, self._clock(), PURPOSE))
        if updates and "p_tries" not in updates:
            updates["p_tries"] = 0
        return Step(updates, notices, step.heard, step.stop)

    # -- asking

    def ask(self, name: str, fields: Fields, language: str) -> tuple[list[Reply], Mapping[str, Any]]:
        """The question for a field; before consent, and after facts changed, the pre-check comes first."""
        replies: list[Reply] = []
        remembered: dict[str, Any] = {}
        if name in PERSONAL:
            facts = _digest(fields)
            if fields.get("p_shown") != facts:
                replies.append(_precheck(self._service, fields, language))
                remembered["p_shown"] = facts
        stage = PERSONAL if name in PERSONAL else tuple(n for n in FIELDS if n not in PERSONAL)
        state = FormState(FORM, name, stage.index(name) + 1, len(stage))
        values = {"step": state.step, "of": state.of, "operator": self._operator}
        if name == "p_review":
            summary = values | self._summary(fields, language)
            confirm = Button("v:p_review:yes", word("confirm", language))
            buttons: tuple[Button, ...] = (confirm, button("cancel", language))
            question = Reply("review", Outcome.COLLECTING, "utter_ask_p_review", values=summary, buttons=buttons, form=state)
        else:
            half = name == "p_owner" and fields.get("p_half")  # 共有 was said; what is open is whether all agree
            buttons = tuple(b for b in self._buttons(name, language) if not half or ":co_" in b.id)
            response = "utter_p_owner_co" if half else f"utter_ask_{name}"
            question = Reply("ask", Outcome.COLLECTING, response, values=values, buttons=buttons, form=state)
        return [*replies, question], remembered

    def _buttons(self, name: str, language: str) -> tuple[Button, ...]:
        if name == "p_consent":
            return (Button("v:p_consent:yes", word("submit", language)), Button("v:p_consent:no", word("keep", language)))
        titles = {v: words.value_text(name, v, language) for v in self._values(name)}
        return tuple(Button(f"v:{name}:{value}", title) for value, title in titles.items())

    def _summary(self, fields: Fields, language: str) -> dict[str, str]:
        application = words.application_from(fields)
        code, numbers = fields["p_code"], fields["p_numbers"]
        return {
            "wish": words.wish_text(application, language),
            "region": words.value_text("p_region", fields["p_region"], language),
            "company": words.value_text("p_applicant", "person", language) if fields["p_company"] == "-" else fields["p_company"],
            "code": "-" if code == "-" else mask_code(code),
            "numbers": word("unknown", language) if numbers == "-" else joined(numbers, language),
            "name": fields["p_name"],
            "phone": mask_phone(fields["p_phone"]),
        }

    # -- submitting, finding, withdrawing

    def submit(self, conversation: str, fields: Fields, language: str) -> tuple[Reply, bool]:
        """Hand the intake over. Returns the receipt, or the reason and False."""
        details = IntakeDetails(
            application=words.application_from(fields),
            person=Person(fields["p_name"], fields["p_phone"]),
            company="" if fields["p_company"] == "-" else fields["p_company"],
            credit_code="" if fields["p_code"] == "-" else fields["p_code"],
            numbers=() if fields["p_numbers"] == "-" else tuple(fields["p_numbers"]),
            language=language,
        )
        try:
            intake = self._service.submit(conversation, _key(fields), details)
        except CaseworkError:
            return _notice("utter_p_not_submitted", Outcome.ERROR), False
        return self.receipt(intake, language), True

    def receipt(self, intake: Intake, language: str) -> Reply:
        """Reference, checklist, steps, who can help, and the link of the printed summary."""
        application, checked = intake.details.application, intake.precheck
        values = {
            "reference": intake.reference,
            "result": shown("result", checked.result.value, language),
            "papers": words.papers_text(checked.papers, language),
            "steps": words.steps_text(self._service.directory.steps, language),
            "partners": words.partners_text(self._service.partners(application), language),
            "wish": words.wish_text(application, language),
        }
        return Reply(
            "receipt", Outcome.INTAKE_SUBMITTED, "utter_p_submitted", values=values, reference=intake.reference, links=self._links(intake)
        )

    def _links(self, intake: Intake) -> tuple[Mapping[str, str], ...]:
        return ({"title": "pdf", "url": f"/intake/{self._link(intake.reference)}.pdf"},)

    def show(self, conversation: str, reference: str, last4: str, language: str) -> Reply:
        """Where an intake stands, for whoever knows reference and last four digits."""
        try:
            intake = self._service.find(reference, last4, caller=conversation)
        except CaseworkError as error:
            return _notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        values = {
            "reference": intake.reference,
            "wish": words.wish_text(intake.details.application, language),
            "result": shown("result", intake.precheck.result.value, language),
            "name": mask_name(intake.details.person.name),
        }
        response = f"utter_p_found_{intake.state.value}"
        return Reply("receipt", Outcome.LOOKED_UP, response, values=values, reference=intake.reference, links=self._links(intake))

    def may_withdraw(self, conversation: str, reference: str, last4: str, language: str) -> Reply | None:
        """Why it cannot be withdrawn; None when reference and digits open a case."""
        try:
            self._service.find(reference, last4, caller=conversation)
        except CaseworkError as error:
            return _notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return None

    def withdraw(self, conversation: str, reference: str, last4: str) -> Reply:
        """Take it back, or say why not."""
        try:
            intake = self._service.withdraw(reference, last4, caller=conversation)
        except CaseworkError as error:
            closed = error.code == "forbidden_transition"
            return _notice("utter_p_closed" if closed else f"utter_c_error_{error.code}", Outcome.REFUSED)
        values = {"reference": intake.reference}
        return Reply("receipt", Outcome.WITHDRAWN, "utter_p_withdrawn", values=values, reference=intake.reference)


def _precheck(service: PledgeService, fields: Fields, language: str, *, only_failed: bool = False) -> Reply:
    """`only_failed`: nothing else was asked yet, so what is open says nothing."""
    application = words.application_from(fields)
    checked = service.check(application)
    if only_failed:
        checked = dataclasses.replace(checked, items=tuple(item for item in checked.items if item.finding is Finding.FAIL))
    response = f"utter_p_precheck_{checked.result.value}"
    values = {"items": words.precheck_text(checked, language)}
    return Reply("notice", Outcome.PRECHECK, response, values=values, citations=words.cited(checked.items, language))


def _digest(fields: Fields) -> str:
    """Names the facts that the last shown pre-check rests on."""
    facts = asdict(words.application_from(fields))
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=_plain).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    return sorted(str(v) for v in value) if isinstance(value, frozenset) else str(value)


def _key(fields: Fields) -> str:
    """The same answers confirmed twice are one intake."""
    answers = {name: fields.get(name) for name in FIELDS}
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:32]


def _kept(language: str) -> Reply:
    offers = (button("continue", language), button("book_consultation", language))
    return Reply("notice", Outcome.CANCELLED, "utter_p_no_consent", buttons=offers)


def _notice(response: str, outcome: Outcome, **values: Any) -> Reply:
    return Reply("notice", outcome, response, values=values)


__all__: Sequence[str] = ["FIELDS", "FORM", "MEMORY", "PledgeDesk"]
