"""The dialogue of booking, one turn at a time: what was heard, what it changes, what to ask next.

Pure of Rasa: it gets the form's fields and the message, and gives back changed fields and notices. The form in
Rasa holds the fields; the services below hold seats, consent and bookings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casework.cases import Consent, Person
from casework.consultations import ConsultationService
from casework.consultations.directory import Directory
from casework.consultations.model import Booking, BookingDetails, Mode
from casework.errors import CaseworkError, FreeTimeGoneError, HoldLostError, SeatTakenError, TooManyBookingsError
from casework.regions import all_regions, region_of
from desk.clock import Clock
from desk.consultation_answers import Answers, refused
from desk.consultation_fields import CONSENT_VERSION, FIELDS, FORM, MEMORY
from desk.consultation_hearing import story_of, tells_more
from desk.consultation_times import OFFERED, Times, exactly, query_of, titles_of, why, wish_text
from desk.consultation_words import calendar_words, day_text, facts_text, receipt, summary, time_text
from desk.hearing import label, says_under_14, title, vocabulary
from desk.outcomes import Outcome
from desk.reply import Button, FormState, Reply, button
from desk.steps import Fields, Step, listed, notice
from desk.talk import COMMANDS
from knowledge.cards import Frame

_RIGHT_OF_FRAME = {
    "trademark": "trademark", "well_known_mark": "trademark", "collective_mark": "trademark", "company_name": "trademark",
    "patent": "patent", "invention": "patent", "utility_model": "patent", "design": "patent",
    "copyright": "copyright", "neighbouring_right": "copyright", "software": "copyright", "open_source": "copyright",
    "trade_secret": "trade_secret",
}  # fmt: skip
_PLACE = frozenset({"c_region", "c_mode", "c_language", "c_right"})  # what decides which times there are


class ConsultationDesk:
    """Hears, asks and books. `mails`: whether messages leave by e-mail."""

    def __init__(self, service: ConsultationService, directory: Directory, clock: Clock, operator: str, *, mails: bool = False) -> None:
        self._service, self._directory, self._clock, self._operator, self._mails = service, directory, clock, operator, mails
        self._times = Times(service, clock)
        self._answers = Answers(directory, self._times, clock)

    # -- hearing

    def begin(self, conversation: str, text: str, fields: Fields, frame: Frame | None, language: str) -> Step:
        """The message that opens the form, with what the conversation already showed."""
        if says_under_14(text):
            return Step(notices=(notice("utter_c_under_14", Outcome.REFUSED),), stop=True)
        updates = self._answers.facts(text, {}, "", language)
        if frame is not None and "c_right" not in updates and frame.right in _RIGHT_OF_FRAME and not fields.get("c_right"):
            updates["c_right"] = _RIGHT_OF_FRAME[frame.right]
        story = story_of(text)
        if story and not fields.get("c_problem"):
            updates["c_problem"] = story
        notices = self._said_back(updates, language)
        return self._seated(conversation, Step(updates, notices), fields, language, opening=True)

    def hear(self, conversation: str, text: str, pressed: str | None, asked: str, fields: Fields, language: str) -> Step:
        """One message while the form asks for `asked`."""
        if says_under_14(text):
            return Step(dict.fromkeys((*FIELDS, *MEMORY)), (notice("utter_c_under_14", Outcome.REFUSED),), stop=True)
        step = self._pressed(pressed, asked) if pressed else self._answers.typed(text, asked, fields, language)
        if not step.heard or step.leave or step.stop:
            return step
        if not step.updates:  # heard, and only spoken to: Rasa takes an event that sets nothing for "not heard"
            step = Step({"c_tries": fields.get("c_tries") or 0}, step.notices)
        return self._seated(conversation, step, fields, language)

    def is_command(self, intent: str, text: str, asked: str | None, fields: Fields, language: str) -> bool:
        """Whether a message in the form is for another rule: 取消, 你好, 转人工. Not one that answers or changes a field."""
        if intent not in COMMANDS or intent == "book_consultation" or says_under_14(text):
            return False
        if not asked or text.startswith("/"):
            return True
        if asked == "c_problem":
            return not (self._answers.facts(text, fields, asked, language) or tells_more(text))
        step = self._answers.typed(text, asked, fields, language)
        return not (step.leave or step.stop or (step.heard and set(step.updates) - {"c_tries"}))

    def _pressed(self, pressed: str, asked: str) -> Step:
        kind, name, value = [*pressed.split(":", 2), "", ""][:3]
        if kind != "v" or not self._may_press(name, value, asked):
            return Step(heard=False)
        if name == "c_consent" and value != "yes":
            return refused()
        return Step({name: value})

    def _may_press(self, name: str, value: str, asked: str) -> bool:
        """A client may send any button: only values that are offered count, and yes only to the question that stands."""
        if name in ("c_consent", "c_review"):
            return name == asked and (value == "yes" or (name, value) == ("c_consent", "no"))
        allowed: Mapping[str, Sequence[str]] = {
            "c_right": list(vocabulary()["titles"]["right"]),
            "c_region": [region.id for region in all_regions()],
            "c_mode": [mode.value for mode in Mode],
            "c_email": ["-"],
        }
        return name == "c_time" or value in allowed.get(name, ())

    # -- seats

    def _seated(self, conversation: str, step: Step, fields: Fields, language: str, *, opening: bool = False) -> Step:
        """Hold the chosen time; a time that is gone is said so and chosen again."""
        updates, notices = dict(step.updates), list(step.notices)
        if updates.get("c_consent") == "yes":
            self._service.record_consent(conversation, Consent(CONSENT_VERSION, self._operator, self._clock()))
        notices += self._possible_mode(updates, {**fields, **updates}, language)
        moved = any(fields.get(name) != updates[name] for name in _PLACE & set(updates))
        if moved and fields.get("c_time") and "c_time" not in updates:
            updates |= {"c_time": None, "c_offered": None}
        now = {**fields, **updates}
        wanted = updates.get("c_time")
        if not wanted and not now.get("c_time") and now.get("c_when") and (opening or moved or "c_when" in updates) and self._places_known(now):
            wanted = self._times.fixed(query_of(now), now["c_when"])
        if wanted:
            notices += self._held(conversation, str(wanted), updates, language, said="c_time" not in step.updates or not step.updates["c_time"])
        if updates and "c_tries" not in updates:
            updates["c_tries"] = 0
        return Step(updates, tuple(notices), step.heard, step.stop)

    def _held(self, conversation: str, wanted: str, updates: dict[str, Any], language: str, *, said: bool) -> list[Reply]:
        try:
            hold = self._service.hold(conversation, wanted)
        except (SeatTakenError, FreeTimeGoneError):
            updates |= {"c_time": None, "c_offered": None}
            return [notice("utter_c_time_taken")]
        updates |= {"c_time": wanted, "c_when": exactly(hold.start)}
        return [notice("utter_c_time_set", time=time_text(hold.start, language, hold.provisional))] if said else []

    @staticmethod
    def _places_known(fields: Fields) -> bool:
        return all(fields.get(name) for name in ("c_region", "c_mode", "c_right"))

    def _possible_mode(self, updates: dict[str, Any], fields: Fields, language: str) -> list[Reply]:
        """视频 where the station has none: said, and asked for again."""
        region, mode = fields.get("c_region"), fields.get("c_mode")
        modes = self._answers.modes(fields) if region and mode and {"c_region", "c_mode"} & set(updates) else []
        if not modes or mode in modes:
            return []
        updates["c_mode"] = None
        place = region_of(str(region))
        shown = listed([title("mode", m, language) for m in modes], language)
        return [notice("utter_c_mode_not_here", region=place.zh if language == "zh" else place.en, mode=title("mode", str(mode), language), modes=shown)]

    # -- asking

    def ask(self, name: str, fields: Fields, language: str) -> tuple[Reply, Mapping[str, Any]]:
        """The question for a field, and what to remember with it."""
        state = FormState(FORM, name, FIELDS.index(name) + 1, len(FIELDS))
        progress = {"step": state.step, "of": state.of}
        if name == "c_time":
            return self._ask_time(state, fields, language)
        if name == "c_review":
            hold = self._service.held(fields["conversation"]) if fields.get("conversation") else None
            values: dict[str, Any] = progress | summary(fields, hold, language)
            return Reply("review", Outcome.COLLECTING, "utter_ask_c_review", values=values, buttons=_yes_no("c_review", "confirm", language), form=state), {}
        values = progress | {"operator": self._operator}
        buttons = tuple(self._buttons(name, fields, language))
        return Reply("ask", Outcome.COLLECTING, f"utter_ask_{name}", values=values, buttons=buttons, form=state), {}

    def _buttons(self, name: str, fields: Fields, language: str) -> list[Button]:
        if name == "c_right":
            return [Button(f"v:c_right:{v}", title("right", v, language)) for v in vocabulary()["titles"]["right"]]
        if name == "c_region":
            return [Button(f"v:c_region:{r.id}", r.zh if language == "zh" else r.en) for r in all_regions()]
        if name == "c_mode":
            return [Button(f"v:c_mode:{m}", title("mode", m, language)) for m in self._answers.modes(fields)]
        if name == "c_consent":
            return list(_yes_no("c_consent", "agree", language))
        return [Button("v:c_email:-", label("skip", language))] if name == "c_email" else []

    def _ask_time(self, state: FormState, fields: Fields, language: str) -> tuple[Reply, Mapping[str, Any]]:
        wished = fields.get("c_when")
        found, obstacle = self._times.offered(query_of(fields), wished)
        values: dict[str, Any] = {"step": state.step, "of": state.of}
        if not found:
            offers = (button("human", language), button("cancel", language))
            return Reply("ask", Outcome.COLLECTING, "utter_c_no_times", values=values, buttons=offers, form=state), {"c_offered": None}
        response, told = "utter_ask_c_time", bool(wished and wished.get("told"))
        if wished and not told:
            response = "utter_ask_c_time_wished"
            values["wish"] = wish_text(wished, language)
            if obstacle is not None:
                response, values["why"] = "utter_ask_c_time_other", why(obstacle, values["wish"], found[0], self._clock(), language)
        titles = titles_of(found, language)
        buttons = tuple(Button(f"v:c_time:{i}", shown) for i, shown in titles.items())
        remembered: dict[str, Any] = {"c_offered": titles} | ({"c_when": {**wished, "told": True}} if wished and obstacle else {})
        return Reply("ask", Outcome.COLLECTING, response, values=values, buttons=buttons, form=state), remembered

    def _said_back(self, updates: Fields, language: str) -> tuple[Reply, ...]:
        known = [n for n in FIELDS if updates.get(n) and n not in ("c_problem", "c_review", "c_time")]
        wish = wish_text(updates["c_when"], language) if updates.get("c_when") else ""
        return (notice("utter_c_heard", facts=facts_text(updates, known, language, wish)),) if known or wish else ()

    # -- booking

    def submit(self, conversation: str, fields: Fields, language: str, key: str, telegram_chat: str = "") -> tuple[Reply, bool]:
        """Confirm the held seat. Returns the receipt, or the reason and False. Reminders also go to `telegram_chat`."""
        email = "" if fields.get("c_email") in (None, "-") else fields["c_email"]
        person = Person(fields["c_name"], fields["c_phone"], email, telegram_chat)
        details = BookingDetails(person, str(fields.get("c_problem") or "")[:2000], "telegram" if telegram_chat else "web", language)
        try:
            return self.receipt(self._service.confirm(conversation, key, details), "booked", language), True
        except (HoldLostError, FreeTimeGoneError):
            return notice("utter_c_hold_lost"), False
        except TooManyBookingsError as error:
            return notice("utter_c_too_many", Outcome.REFUSED, limit=error.limit), True

    def receipt(self, booking: Booking, what: str, language: str) -> Reply:
        """The booking in words, with its reference and calendar link."""
        return receipt(booking, self._directory, what, language, self._clock(), mails=self._mails)

    def release(self, conversation: str) -> None:
        """Give a held seat back."""
        self._service.release(conversation)

    # -- find, move, cancel

    def find(self, conversation: str, reference: str, last4: str) -> Booking:
        """The owner's booking; raises what the service raises."""
        return self._service.find(reference, last4, caller=conversation)

    def cancel(self, conversation: str, reference: str, last4: str, language: str, reason: str = "") -> Reply:
        """Cancel, or say why not."""
        try:
            booking = self._service.cancel(reference, last4, reason=reason, caller=conversation)
        except CaseworkError as error:
            return notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return self.receipt(booking, "cancelled", language)

    def move(self, conversation: str, reference: str, last4: str, time_id: str, language: str) -> Reply:
        """Take the new seat, release the old, or say why not."""
        try:
            booking = self._service.move(reference, last4, time_id, caller=conversation)
        except CaseworkError as error:
            return notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return self.receipt(booking, "moved", language)


def _yes_no(name: str, yes: str, language: str) -> tuple[Button, ...]:
    buttons = [Button(f"v:{name}:yes", label(yes, language))]
    cancel = Button("cancel", button("cancel", language).title)
    buttons.append(cancel if name == "c_review" else Button(f"v:{name}:no", label("refuse", language)))
    return tuple(buttons)


__all__ = ["FIELDS", "FORM", "MEMORY", "OFFERED", "ConsultationDesk", "Step", "calendar_words", "day_text", "time_text"]
