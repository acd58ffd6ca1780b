"""The dialogue of leaving a question for the office (留言给工作人员), one turn at a time; and reading the reply.

Pure of Rasa, like the booking: it gets the form's fields and the message, gives back changed fields and notices.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from casework.cases import Consent, Person
from casework.enquiries import Enquiry, EnquiryService
from casework.errors import CaseworkError
from casework.forms import Forms
from casework.masking import mask_email, mask_text
from casework.phones import find_phone, mask_phone, read_phone
from desk.clock import SHANGHAI, Clock
from desk.hearing import hear_choice, hear_email, is_interruption, label, says, says_under_14
from desk.outcomes import Outcome
from desk.reply import Button, FormState, Reply, button
from desk.steps import Step
from desk.talk import COMMANDS, Turning, has_words

FORM = "enquiry_form"
FIELDS = ("e_question", "e_consent", "e_contact", "e_review")
MEMORY = ("e_tries", "e_key")  # how often asked in vain; what makes a second confirmation the same question
CONSENT_VERSION = "enquiry-1"
PURPOSE = "enquiry"
NONE = "-"
LONGEST = 2000  # characters, as casework/enquiries allows
_SHOWN = 120
_SHORTEST = 4
# 我想留言：…, 请把我的问题转给工作人员，…: the wish, with the question that may follow it
_WISH = re.compile(
    r"^.{0,10}?(?:留言|留个言|留个问题|(?:转|留)给(?:你们)?工作人员|leave (?:a|my) (?:message|question)|pass my question)"
    r"[^：:，,。.\n]{0,24}[：:，,。.\n]\s*",
    re.I,
)
# The same, so plain that no classifier is asked.
_PLAIN_WISH = re.compile(
    r"^(?:你好|您好)?[，,]?\s*(?:我们?)?(?:想|要|请|帮我|麻烦)*(?:给工作人员)?(?:留言|留个言|把?.{0,6}(?:转|留)给(?:你们)?工作人员)(?:给(?:你们)?工作人员)?\s*[：:\n]"
    r"|^(?:please )?leave a (?:message|question)[^：:.\n]{0,20}[：:\n]",
    re.I,
)
_CHANGED = re.compile(r"^(?:我的|my )?(?:问题|留言|question)\s*(?:改成|改为|换成|is now|[：:])\s*(?P<question>.{4,})", re.S | re.I)
# A number in the question may be anybody's; only one that is said to be one's own is a contact.
_OWN = re.compile(r"(?:我的?|本人)的?(?:电话|手机|号码|邮箱|联系方式)|联系我|打给我|my (?:phone|number|e-?mail)|(?:call|reach) me", re.I)
_PRESSABLE = {"e_question": ("last",), "e_consent": ("yes", "no"), "e_contact": (NONE,), "e_review": ("yes",)}
Fields = Mapping[str, Any]


class EnquiryForm:
    """Hears, asks, submits and shows. `mails`: whether a reply can leave by e-mail."""

    def __init__(self, service: EnquiryService, forms: Forms, clock: Clock, operator: str, *, mails: bool) -> None:
        self._service, self._forms, self._clock, self._operator, self._mails = service, forms, clock, operator, mails

    # -- hearing

    def hear(self, conversation: str, turn: Turning, fields: Fields) -> Step:
        """One message: the one that opens the form (`asked` is None), or an answer."""
        if turn.profile != "public":
            return Step(notices=(_notice("utter_not_in_school", Outcome.REFUSED),), stop=True)
        if says_under_14(turn.text):
            return Step(notices=(_notice("utter_e_under_14", Outcome.REFUSED),), stop=True)
        if turn.asked is None or turn.intent == "leave_question":
            return self._begun(turn, fields)
        step = self._answered(turn, fields)
        if step.updates.get("e_consent") == "yes":
            consent = Consent(CONSENT_VERSION, self._operator, self._clock(), PURPOSE)
            self._forms.record_consent(conversation, consent)
        return step

    def opens(self, text: str, profile: str) -> bool:
        """Whether a text plainly leaves a question: 留言：…"""
        return profile == "public" and bool(_PLAIN_WISH.match(text))

    def _begun(self, turn: Turning, fields: Fields) -> Step:
        updates: dict[str, Any] = {} if fields.get("e_key") else {"e_key": uuid.uuid4().hex}
        said = _WISH.sub("", turn.text, count=1) if _WISH.match(turn.text) else ""
        if has_words(said) and len(said) >= _SHORTEST:
            updates |= self._question(said)
        return Step(updates)

    def _answered(self, turn: Turning, fields: Fields) -> Step:
        asked = turn.asked or ""
        if turn.button:
            kind, name, value = [*turn.button.split(":", 2), "", ""][:3]
            return self._pressed(name, value, fields) if kind == "v" and self._may_press(name, value, asked) else Step(heard=False)
        short = self._short(asked, turn, fields)
        if short is not None:
            return short
        if turn.intent in COMMANDS:
            return Step(heard=False)
        if match := _CHANGED.match(turn.text):
            return Step(self._question(match["question"]) | {"e_review": None})
        if asked == "e_question":
            return self._told(turn.text, fields)
        contact = _contact(turn.text)
        if contact and not is_interruption(turn.text):
            return Step({"e_contact": contact, "e_review": None, "e_tries": 0})
        return self._vain(asked, turn.text, fields)

    def _may_press(self, name: str, value: str, asked: str) -> bool:
        """A client may send any button: only offered values count, and only to the question that stands."""
        return name == asked and value in _PRESSABLE[name]

    def _pressed(self, name: str, value: str, fields: Fields) -> Step:
        if name == "e_question":
            last = fields.get("last_miss")
            return Step(self._question(str(last))) if last else Step(heard=False)
        if name == "e_consent" and value != "yes":
            return Step(notices=(_notice("utter_e_no_consent", Outcome.CANCELLED),), stop=True)
        return Step({name: value, "e_tries": 0})

    def _short(self, asked: str, turn: Turning, fields: Fields) -> Step | None:
        """Yes, no, none, a number: always understood, whatever intent they were taken for."""
        yes = says("agree", turn.text) or turn.intent == "affirm"
        no = says("refuse", turn.text) or turn.intent == "deny"
        chosen = hear_choice(turn.text, self._titles(asked, turn.language, fields))
        if asked == "e_question":
            return self._pressed(asked, "", fields) if fields.get("last_miss") and (yes or chosen == 0) else None
        if asked == "e_contact":
            return Step({"e_contact": NONE, "e_tries": 0}) if no or chosen == 0 else None
        if yes or chosen == 0:
            return self._pressed(asked, "yes", fields)
        if asked == "e_consent" and (no or chosen == 1):
            return self._pressed(asked, "no", fields)
        if asked == "e_review" and chosen == 1:
            return Step(notices=(_notice("utter_e_dropped", Outcome.CANCELLED),), stop=True)
        if asked == "e_review" and no:
            return Step({"e_tries": 0}, (_notice("utter_e_what_to_change", Outcome.COLLECTING),))
        return None

    def _titles(self, asked: str, language: str, fields: Fields) -> list[str]:
        return [b.title for b in self._buttons(asked, language, fields)]

    def _told(self, text: str, fields: Fields) -> Step:
        said = _WISH.sub("", text, count=1)
        if not has_words(said) or len(said.strip()) < _SHORTEST:
            return self._vain("e_question", said, fields)
        if len(said) > LONGEST:
            # An update that changes nothing: Rasa takes an event that sets nothing for "not heard".
            return Step({"e_tries": 0}, (_notice("utter_e_too_long", Outcome.COLLECTING, most=LONGEST),))
        return Step(self._question(said))

    def _question(self, said: str) -> dict[str, Any]:
        found: dict[str, Any] = {"e_question": said.strip()[:LONGEST], "e_tries": 0}
        contact = _contact(said) if _OWN.search(said) else ""
        return found | ({"e_contact": contact} if contact else {})

    def _vain(self, asked: str, text: str, fields: Fields) -> Step:
        """Not understood: why, then an example, then the hotline. A question is answered by somebody else."""
        digits = sum(c.isdigit() for c in text)
        if is_interruption(text) or (len(text) > 30 and digits < 5):
            return Step(heard=False)
        tries = int(fields.get("e_tries") or 0) + 1
        response = f"utter_e_retry_{asked[2:]}"
        if asked == "e_contact" and digits >= 3 and (problem := read_phone(text).problem) is not None:
            response = f"utter_c_phone_{problem.value}"
        notices = [_notice(response, Outcome.COLLECTING)]
        if tries >= 2:
            notices.append(_notice(f"utter_e_example_{asked[2:]}" if tries == 2 else "utter_c_hotline", Outcome.COLLECTING))
        return Step({"e_tries": tries}, tuple(notices))

    # -- asking

    def ask(self, name: str, fields: Fields, language: str) -> Reply:
        """The question for a field, with progress and choices."""
        state = FormState(FORM, name, FIELDS.index(name) + 1, len(FIELDS))
        values: dict[str, Any] = {"step": state.step, "of": state.of, "operator": self._operator}
        response = f"utter_ask_{name}"
        if name == "e_question" and fields.get("last_miss"):
            response, values["question"] = "utter_ask_e_question_offered", _shown(fields["last_miss"])
        if name == "e_review":
            values |= {"question": _shown(fields["e_question"]), "contact": _shown_contact(fields["e_contact"], language)}
        kind = "review" if name == "e_review" else "ask"
        return Reply(kind, Outcome.COLLECTING, response, values=values, buttons=self._buttons(name, language, fields), form=state)

    def _buttons(self, name: str, language: str, fields: Fields) -> tuple[Button, ...]:
        if name == "e_question":
            return (Button("v:e_question:last", label("this_question", language)),) if fields.get("last_miss") else ()
        if name == "e_consent":
            return Button("v:e_consent:yes", label("agree", language)), Button("v:e_consent:no", label("refuse", language))
        if name == "e_contact":
            return (Button(f"v:e_contact:{NONE}", label("skip", language)),)
        return Button("v:e_review:yes", label("confirm", language)), Button("cancel", button("cancel", language).title)

    # -- submitting, reading the reply

    def submit(self, conversation: str, fields: Fields, language: str, telegram_chat: str = "") -> Reply:
        """Hand the question over; the receipt says the reference and the one fact that opens it."""
        phone, email = _parts(fields["e_contact"])
        person = Person(phone=phone, email=email, telegram_chat=telegram_chat)
        key, question, channel = str(fields["e_key"]), str(fields["e_question"]), "telegram" if telegram_chat else "web"
        try:
            enquiry = self._service.submit(conversation, key, question, person, language=language, channel=channel)
        except CaseworkError:
            return _notice("utter_e_not_taken", Outcome.REFUSED)
        response = f"utter_e_submitted_{'phone' if phone else 'code'}" + ("_mail" if email and self._mails else "")
        values = {"reference": enquiry.reference, "code": enquiry.code}
        offers = (button("lookup_case", language), button("help", language))
        return Reply("receipt", Outcome.HANDED_OVER, response, values=values, reference=enquiry.reference, buttons=offers)

    def show(self, conversation: str, reference: str, code: str) -> Reply:
        """The owner's question and its reply; a stranger learns nothing."""
        try:
            enquiry = self._service.find(reference, code, caller=conversation)
        except CaseworkError as error:
            return _notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return _found(enquiry)

    def withdraw(self, conversation: str, reference: str, code: str) -> Reply:
        """Take the question back, or say why not."""
        try:
            enquiry = self._service.withdraw(reference, code, caller=conversation)
        except CaseworkError as error:
            known = error.code in ("not_found", "too_many_attempts")
            return _notice(f"utter_c_error_{error.code}" if known else "utter_e_final", Outcome.REFUSED)
        values = {"reference": enquiry.reference}
        return Reply("receipt", Outcome.WITHDRAWN, "utter_e_withdrawn", values=values, reference=enquiry.reference)


def _found(enquiry: Enquiry) -> Reply:
    values = {"reference": enquiry.reference, "question": _shown(enquiry.question)}
    response = f"utter_e_found_{enquiry.state.value}"
    if enquiry.replies:
        values["reply"] = "\n".join(f"{r.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {r.text}" for r in enquiry.replies)
        if enquiry.state.value == "closed":
            response = "utter_e_found_answered"
    return Reply("receipt", Outcome.LOOKED_UP, response, values=values, reference=enquiry.reference)


def _contact(text: str) -> str:
    """`+8613800138000`, an e-mail address, or both with a space between; empty when there is neither."""
    phone = find_phone(text)
    return " ".join(part for part in (phone.e164 if phone else "", hear_email(text) or "") if part)


def _parts(contact: Any) -> tuple[str, str]:
    parts = [] if contact in (None, NONE) else str(contact).split()
    phone = next((p for p in parts if p.startswith("+")), "")
    return phone, next((p for p in parts if "@" in p), "")


def _shown_contact(contact: Any, language: str) -> str:
    phone, email = _parts(contact)
    return " ".join(part for part in (mask_phone(phone) if phone else "", mask_email(email)) if part) or label("skip", language)


def _shown(question: Any) -> str:
    masked = mask_text(str(question))
    return masked if len(masked) <= _SHOWN else masked[:_SHOWN] + "…"


def _notice(response: str, outcome: Outcome, **values: Any) -> Reply:
    return Reply("notice", outcome, response, values=values)
