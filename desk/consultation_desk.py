"""The dialogue of booking, one turn at a time: what was heard, what it changes, what to ask next.

Pure of Rasa: it gets the form's fields and the message, and gives back changed fields and notices. The form in
Rasa holds the fields; the services below hold seats, consent and bookings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.cases import Consent, Person
from casework.consultations import ConsultationService
from casework.consultations.calendar_file import CalendarWords
from casework.consultations.directory import Directory
from casework.consultations.model import Booking, BookingDetails, FreeTime, FreeTimeQuery, Language, Mode, Right
from casework.consultations.when import HALVES, When, WhenProblem, read_when
from casework.errors import CaseworkError, FreeTimeGoneError, HoldLostError, SeatTakenError, TooManyBookingsError
from casework.phones import find_phone, mask_phone, mask_phones_in, read_phone
from casework.regions import all_regions, find_regions, region_of
from desk.clock import SHANGHAI, Clock
from desk.hearing import (
    hear,
    hear_choice,
    hear_email,
    hear_name,
    hear_title,
    is_interruption,
    label,
    mentions,
    says,
    says_under_14,
    title,
    vocabulary,
)
from desk.outcomes import Outcome
from desk.reply import Button, FormState, Reply, button
from desk.talk import COMMANDS
from knowledge.cards import Frame
from knowledge.text import sentences

FORM = "consultation_form"
FIELDS = ("c_problem", "c_right", "c_region", "c_mode", "c_time", "c_consent", "c_name", "c_phone", "c_email", "c_review")
MEMORY = ("c_offered", "c_when", "c_language", "c_tries")  # beside the fields: what was offered, wished, how often asked
CONSENT_VERSION = "consultation-1"
OFFERED = 10
_RIGHT_OF_FRAME = {
    "trademark": "trademark", "well_known_mark": "trademark", "collective_mark": "trademark", "company_name": "trademark",
    "patent": "patent", "invention": "patent", "utility_model": "patent", "design": "patent",
    "copyright": "copyright", "neighbouring_right": "copyright", "software": "copyright", "open_source": "copyright",
    "trade_secret": "trade_secret",
}
# 咨询专利侵权, 问问商标被抢注的事: the problem named in the wish itself
_TOPIC = re.compile(r"(?:咨询一?下?|问一?问|请教|关于|(?:about|on) )(?P<topic>[^，,。；;！!？?\n]{3,40})(?:的事|的问题)?")
# 对方电话139…: somebody else's number belongs to the story, where it is masked
_THEIRS = re.compile(r"(?:对方|别人|他们?|她们?|商家|卖家|店家)[^，,。；;\d]{0,8}[+＋]?\d")
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What one message did to the form. `heard` is False when it was no answer at all (an interruption)."""

    updates: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Reply, ...] = ()
    heard: bool = True
    stop: bool = False


class ConsultationDesk:
    """Hears, asks and books."""

    def __init__(self, service: ConsultationService, directory: Directory, clock: Clock, operator: str) -> None:
        self._service, self._directory, self._clock, self._operator = service, directory, clock, operator

    # -- hearing

    def begin(self, conversation: str, text: str, fields: Fields, frame: Frame | None, language: str) -> Step:
        """The message that opens the form, with what the conversation already showed."""
        if says_under_14(text):
            return Step(notices=(_notice("utter_c_under_14", Outcome.REFUSED),), stop=True)
        updates = self._facts(text, {}, "", language)
        if frame is not None and "c_right" not in updates and frame.right in _RIGHT_OF_FRAME:
            updates["c_right"] = _RIGHT_OF_FRAME[frame.right]
        story = _story(text)
        if story and not fields.get("c_problem"):
            updates["c_problem"] = story
        notices = self._said_back(updates, language)
        return self._seated(conversation, Step(updates, notices), {**fields, **updates}, language)

    def hear(self, conversation: str, text: str, pressed: str | None, asked: str, fields: Fields, language: str) -> Step:
        """One message while the form asks for `asked`."""
        if says_under_14(text):
            return Step(dict.fromkeys((*FIELDS, *MEMORY)), (_notice("utter_c_under_14", Outcome.REFUSED),), stop=True)
        step = self._pressed(pressed, asked) if pressed else self._typed(text, asked, fields, language)
        if not step.heard:
            return step
        if not step.updates:  # heard, and only spoken to: Rasa takes an event that sets nothing for "not heard"
            step = Step({"c_tries": fields.get("c_tries") or 0}, step.notices)
        return self._seated(conversation, step, {**fields, **step.updates}, language)

    def is_command(self, intent: str, text: str, asked: str | None, fields: Fields, language: str) -> bool:
        """Whether a message in the form is for another rule: 取消, 你好, 转人工. Not one that changes a field (时间换成周四)."""
        if intent not in COMMANDS or intent == "book_consultation" or says_under_14(text):
            return False
        return not (intent == "move_booking" and asked and not text.startswith("/") and self._facts(text, fields, asked, language))

    def _pressed(self, pressed: str, asked: str) -> Step:
        kind, name, value = [*pressed.split(":", 2), "", ""][:3]
        if kind != "v" or not self._may_press(name, value, asked):
            return Step(heard=False)
        if name == "c_consent" and value != "yes":
            return self._refused()
        if name == "c_when":
            return Step({"c_when": None, "c_time": None, "c_offered": None})
        return Step({name: value})

    def _may_press(self, name: str, value: str, asked: str) -> bool:
        """A client may send any button: only values that are offered count, and yes only to the question that stands."""
        if name in ("c_consent", "c_review"):
            return value == "yes" and name == asked
        allowed: Mapping[str, Sequence[str]] = {
            "c_right": list(vocabulary()["titles"]["right"]),
            "c_region": [region.id for region in all_regions()],
            "c_mode": [mode.value for mode in Mode],
            "c_email": ["-"],
        }
        return name in ("c_time", "c_when") or value in allowed.get(name, ())

    def _typed(self, text: str, asked: str, fields: Fields, language: str) -> Step:
        if asked == "c_time" and (chosen := hear_title(text, fields.get("c_offered") or {})):
            return Step({"c_time": chosen})
        updates = self._facts(text, fields, asked, language)
        if asked == "c_problem" and updates and (told := self._answer_c_problem(text, fields, language)).heard:
            updates = {**updates, **told.updates}
        if asked in updates or (updates and not is_interruption(text)):
            changed = [n for n in updates if fields.get(n) not in (None, updates[n]) and n in FIELDS]
            notices = (_notice("utter_c_corrected", Outcome.COLLECTING, what=_names(changed, language)),) if changed else ()
            if set(updates) - {"c_review"} and fields.get("c_review"):
                updates["c_review"] = None
            return Step(updates, notices)
        answer = getattr(self, f"_answer_{asked}", None)
        return answer(text, fields, language) if answer else Step(heard=False)

    def _facts(self, text: str, fields: Fields, asked: str, language: str) -> dict[str, Any]:
        """Every fact that the text tells, whatever was asked."""
        found: dict[str, Any] = {}
        if (phone := find_phone(text)) and not _THEIRS.search(text):
            found["c_phone"] = phone.e164
        if email := hear_email(text):
            found["c_email"] = email
        if asked != "c_problem" or len(text) < 12:
            if (name := hear_name(text, asked=asked == "c_name")) is not None:
                found["c_name"] = name
        elif (name := hear_name(text, asked=False)) is not None:
            found["c_name"] = name
        regions = find_regions(text)
        if len(regions) == 1 and asked not in ("c_name",):
            found["c_region"] = regions[0].id
        if is_interruption(text) and asked != "c_problem" and "c_phone" not in found:
            return {k: v for k, v in found.items() if k == asked or k == "c_email"}
        if asked not in ("c_name", "c_phone", "c_email"):
            if (mode := hear("mode", text)) and not (mode == "phone" and "c_phone" in found and not mentions_call(text)):
                found["c_mode"] = mode
            if (right := hear("right", text)) and (asked in ("", "c_problem", "c_right") or not fields.get("c_right")):
                found["c_right"] = right
            if mentions("mongolian", text):
                found["c_language"] = "mn"
            if asked in ("", "c_time", "c_problem", "c_review") or mentions_day(text):
                self._hear_when(text, found, language)
        return found

    def _hear_when(self, text: str, found: dict[str, Any], language: str) -> None:
        reading = read_when(text, self._clock(), language)
        if reading.when is not None and reading.problem is None and "anytime" not in reading.when.assumed:
            found |= {"c_when": _when_record(reading.when), "c_time": None, "c_offered": None}

    # -- answers to the field that was asked for

    def _answer_c_problem(self, text: str, fields: Fields, language: str) -> Step:
        story = _story(text)
        if not story or (is_interruption(text) and not _tells(text)):
            return Step(heard=False)
        return Step({"c_problem": story} | ({"c_right": r} if (r := hear("right", text)) else {}))

    def _answer_c_right(self, text: str, fields: Fields, language: str) -> Step:
        values = list(vocabulary()["titles"]["right"])
        chosen = hear_choice(text, [title("right", v, language) for v in values])
        return Step({"c_right": values[chosen]}) if chosen is not None else self._not_understood("c_right", text, fields)

    def _answer_c_region(self, text: str, fields: Fields, language: str) -> Step:
        regions = all_regions()
        chosen = hear_choice(text, [r.zh if language == "zh" else r.en for r in regions])
        if chosen is not None:
            return Step({"c_region": regions[chosen].id})
        if len(find_regions(text)) > 1:
            return _failed("c_region", fields, "utter_c_one_region")
        return self._not_understood("c_region", text, fields)

    def _answer_c_mode(self, text: str, fields: Fields, language: str) -> Step:
        modes = self._modes(fields)
        chosen = hear_choice(text, [title("mode", m, language) for m in modes])
        if chosen is not None:
            return Step({"c_mode": modes[chosen]})
        if says("any", text):
            return Step({"c_mode": modes[0]})
        return self._not_understood("c_mode", text, fields)

    def _answer_c_time(self, text: str, fields: Fields, language: str) -> Step:
        offered = list(fields.get("c_offered") or ())
        chosen = hear_choice(text, [""] * len(offered))
        if chosen is not None:
            return Step({"c_time": offered[chosen]})
        if says("any", text) and offered:
            return Step({"c_time": offered[0]})
        reading = read_when(text, self._clock(), language)
        if reading.problem is WhenProblem.PAST:
            return _failed("c_time", fields, "utter_c_past")
        if reading.problem is WhenProblem.AMBIGUOUS and reading.choices:
            shown = "；".join(_when_text(w, language) for w in reading.choices)
            return _failed("c_time", fields, "utter_c_which_time", choices=shown)
        if reading.problem is WhenProblem.IMPOSSIBLE:
            return _failed("c_time", fields, "utter_c_no_such_day")
        return self._not_understood("c_time", text, fields)

    def _answer_c_consent(self, text: str, fields: Fields, language: str) -> Step:
        if says("agree", text):
            return Step({"c_consent": "yes"})
        if says("refuse", text):
            return self._refused()
        return self._not_understood("c_consent", text, fields)

    def _refused(self) -> Step:
        """Without consent nothing personal is asked for."""
        return Step(dict.fromkeys((*FIELDS, *MEMORY)), (_notice("utter_c_no_consent", Outcome.CANCELLED),), stop=True)

    def _answer_c_name(self, text: str, fields: Fields, language: str) -> Step:
        return self._not_understood("c_name", text, fields)

    def _answer_c_phone(self, text: str, fields: Fields, language: str) -> Step:
        reading = read_phone(text)
        if is_interruption(text) or reading.problem is None or not any(c.isdigit() for c in text):
            return self._not_understood("c_phone", text, fields)
        return _failed("c_phone", fields, f"utter_c_phone_{reading.problem.value}")

    def _answer_c_email(self, text: str, fields: Fields, language: str) -> Step:
        if says("refuse", text):
            return Step({"c_email": "-"})
        return self._not_understood("c_email", text, fields)

    def _answer_c_review(self, text: str, fields: Fields, language: str) -> Step:
        if says("agree", text):
            return Step({"c_review": "yes"})
        if says("refuse", text):
            return Step({}, (_notice("utter_c_what_to_change", Outcome.COLLECTING),))
        return self._not_understood("c_review", text, fields)

    def _not_understood(self, asked: str, text: str, fields: Fields) -> Step:
        if is_interruption(text) or len(text) > 30:
            return Step(heard=False)
        return _failed(asked, fields, f"utter_c_retry_{asked[2:]}")

    # -- seats

    def _seated(self, conversation: str, step: Step, fields: Fields, language: str) -> Step:
        """Hold the chosen time; a time that is gone is said so and chosen again."""
        updates, notices = dict(step.updates), list(step.notices)
        if updates.get("c_consent") == "yes":
            self._service.record_consent(conversation, Consent(CONSENT_VERSION, self._operator, self._clock()))
        moved = {"c_region", "c_mode", "c_language", "c_right"} & set(updates)
        if moved and fields.get("c_time") and "c_time" not in updates:
            updates |= {"c_time": None, "c_offered": None}
        wanted = updates.get("c_time")
        if wanted and not (moved and "c_time" not in step.updates):
            try:
                self._service.hold(conversation, wanted)
            except (SeatTakenError, FreeTimeGoneError):
                updates |= {"c_time": None, "c_offered": None}
                notices.append(_notice("utter_c_time_taken", Outcome.COLLECTING))
        if updates and "c_tries" not in updates:
            updates["c_tries"] = 0
        return Step(updates, tuple(notices), step.heard, step.stop)

    def _query(self, fields: Fields) -> FreeTimeQuery:
        when = fields.get("c_when") or {}
        return FreeTimeQuery(
            right=Right(fields.get("c_right") or "other"),
            region=fields.get("c_region") or "",
            mode=Mode(fields["c_mode"]) if fields.get("c_mode") else None,
            language=Language(fields.get("c_language") or "zh"),
            first=_day(when.get("first")),
            until=_day(when.get("until")),
            window=_window(when.get("window")),
            per_day=None if when else 4,
        )

    def times(self, fields: Fields) -> tuple[list[FreeTime], bool]:
        """About ten free times for the wish; when the wish has none, the next ones and True."""
        found = self._service.free_times(self._query(fields), OFFERED)
        wish = fields.get("c_when")
        if found or not wish:
            return found, False
        if wish.get("window"):  # nothing at three o'clock: what else is there that day
            found = self._service.free_times(self._query({**fields, "c_when": {**wish, "window": None}}), OFFERED)
            if found:
                return found, True
        return self._service.free_times(self._query({**fields, "c_when": None}), OFFERED), True

    def _modes(self, fields: Fields) -> list[str]:
        stations = self._directory.stations_in(fields.get("c_region") or "")
        return [m.value for m in Mode if any(m in s.modes for s in stations)]

    # -- asking

    def ask(self, name: str, fields: Fields, language: str) -> tuple[Reply, Mapping[str, Any]]:
        """The question for a field, and what to remember with it."""
        state = FormState(FORM, name, FIELDS.index(name) + 1, len(FIELDS))
        progress = {"step": state.step, "of": state.of}
        if name == "c_time":
            return self._ask_time(state, fields, language)
        if name == "c_review":
            return Reply("review", Outcome.COLLECTING, "utter_ask_c_review", values=progress | self._summary(fields, language),
                         buttons=_yes_no("c_review", "confirm", language), form=state), {}
        buttons: list[Button] = []
        if name == "c_right":
            buttons = [Button(f"v:c_right:{v}", title("right", v, language)) for v in vocabulary()["titles"]["right"]]
        elif name == "c_region":
            buttons = [Button(f"v:c_region:{r.id}", r.zh if language == "zh" else r.en) for r in all_regions()]
        elif name == "c_mode":
            buttons = [Button(f"v:c_mode:{m}", title("mode", m, language)) for m in self._modes(fields)]
        elif name == "c_consent":
            buttons = list(_yes_no("c_consent", "agree", language))
        elif name == "c_email":
            buttons = [Button("v:c_email:-", label("skip", language))]
        values = progress | {"operator": self._operator}
        return Reply("ask", Outcome.COLLECTING, f"utter_ask_{name}", values=values, buttons=tuple(buttons), form=state), {}

    def _ask_time(self, state: FormState, fields: Fields, language: str) -> tuple[Reply, Mapping[str, Any]]:
        found, missed = self.times(fields)
        progress: dict[str, Any] = {"step": state.step, "of": state.of}
        if not found:
            offers = (button("human", language), button("cancel", language))
            return Reply("ask", Outcome.COLLECTING, "utter_c_no_times", values=progress, buttons=offers, form=state), {"c_offered": None}
        response = "utter_ask_c_time_other" if missed else "utter_ask_c_time"
        buttons = tuple(Button(f"v:c_time:{t.id}", time_text(t.start, language, t.provisional)) for t in found)
        if fields.get("c_when"):
            progress |= {"wish": _when_text(_when_from(fields["c_when"]), language)}
            response = response if missed else "utter_ask_c_time_wished"
        reply = Reply("ask", Outcome.COLLECTING, response, values=progress, buttons=buttons, form=state)
        return reply, {"c_offered": {t.id: b.title for t, b in zip(found, buttons, strict=True)}}

    def _summary(self, fields: Fields, language: str) -> dict[str, Any]:
        offered = self._service.held(fields.get("conversation", "")) if fields.get("conversation") else None
        when = time_text(offered.start, language, offered.provisional) if offered else ""
        region = region_of(fields["c_region"])
        email = fields.get("c_email")
        return {
            "problem": mask_phones_in(str(fields.get("c_problem") or ""), "****"),
            "right": title("right", fields["c_right"], language),
            "region": region.zh if language == "zh" else region.en,
            "mode": title("mode", fields["c_mode"], language),
            "time": when,
            "name": fields["c_name"],
            "phone": mask_phone(fields["c_phone"]),
            "email": label("skip", language) if email in (None, "-") else _mask_email(email),
        }

    def _said_back(self, updates: Fields, language: str) -> tuple[Reply, ...]:
        known = [n for n in FIELDS if updates.get(n) and n not in ("c_problem", "c_review")]
        shown = []
        for name in known:
            if name == "c_right":
                shown.append(title("right", updates[name], language))
            elif name == "c_region":
                region = region_of(updates[name])
                shown.append(region.zh if language == "zh" else region.en)
            elif name == "c_mode":
                shown.append(title("mode", updates[name], language))
            elif name == "c_name":
                shown.append(str(updates[name]))
            elif name == "c_phone":
                shown.append(mask_phone(updates[name]))
        if updates.get("c_when"):
            shown.append(_when_text(_when_from(updates["c_when"]), language))
        if not shown:
            return ()
        return (_notice("utter_c_heard", Outcome.COLLECTING, facts="、".join(shown) if language == "zh" else ", ".join(shown)),)

    # -- booking

    def submit(self, conversation: str, fields: Fields, language: str, key: str) -> tuple[Reply, bool]:
        """Confirm the held seat. Returns the receipt, or the reason and False."""
        person = Person(fields["c_name"], fields["c_phone"], "" if fields.get("c_email") in (None, "-") else fields["c_email"])
        details = BookingDetails(person, str(fields.get("c_problem") or "")[:2000], "web", language)
        try:
            return self.receipt(self._service.confirm(conversation, key, details), "booked", language), True
        except (HoldLostError, FreeTimeGoneError):
            return _notice("utter_c_hold_lost", Outcome.COLLECTING), False
        except TooManyBookingsError as error:
            return _notice("utter_c_too_many", Outcome.REFUSED, limit=error.limit), True

    def receipt(self, booking: Booking, what: str, language: str) -> Reply:
        """The booking in words, with its reference and calendar link."""
        english = language == "en"
        bring = self._directory.bring
        items = [*bring["common"][language], *bring.get(booking.right.value, bring["other"])[language]]
        values = {
            "reference": booking.reference,
            "time": time_text(booking.start, language, booking.provisional),
            "station": booking.station.name_en if english else booking.station.name,
            "address": booking.station.address_en if english else booking.station.address,
            "mode": title("mode", booking.mode.value, language),
            "name": booking.person.name[:1] + "**" if booking.person.name else "",
            "phone": mask_phone(booking.person.phone),
            "bring": ("; " if english else "；").join(items),
            "last4": booking.person.phone[-4:],
        }
        outcome = {"booked": Outcome.BOOKED, "moved": Outcome.MOVED, "cancelled": Outcome.CANCELLED}.get(what, Outcome.LOOKED_UP)
        response = f"utter_c_{what}" if what != "booked" or booking.state.value == "confirmed" else "utter_c_requested"
        if what == "found":
            response = f"utter_c_found_{booking.standing(self._clock())}"
        coming = booking.standing(self._clock()) in ("requested", "confirmed")
        links = ({"title": "calendar", "url": f"/calendar/{booking.download_token}.ics"},) if coming else ()
        return Reply("receipt", outcome, response, values=values, reference=booking.reference, links=links)

    def release(self, conversation: str) -> None:
        """Give a held seat back."""
        self._service.release(conversation)

    # -- find, move, cancel

    def find(self, conversation: str, reference: str, last4: str) -> Booking:
        """The owner's booking; raises what the service raises."""
        return self._service.find(reference, last4, caller=conversation)

    def cancel(self, conversation: str, reference: str, last4: str, language: str) -> Reply:
        """Cancel, or say why not."""
        try:
            booking = self._service.cancel(reference, last4, reason="", caller=conversation)
        except CaseworkError as error:
            return _notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return self.receipt(booking, "cancelled", language)

    def move(self, conversation: str, reference: str, last4: str, time_id: str, language: str) -> Reply:
        """Take the new seat, release the old, or say why not."""
        try:
            booking = self._service.move(reference, last4, time_id, caller=conversation)
        except CaseworkError as error:
            return _notice(f"utter_c_error_{error.code}", Outcome.REFUSED)
        return self.receipt(booking, "moved", language)


def calendar_words(booking: Booking, language: str, *, demo: bool) -> CalendarWords:
    """The wording of a booking's calendar file, with the demonstration notice where it applies."""
    labels = vocabulary()["calendar"]
    english = language == "en"
    station = booking.station.name_en if english else booking.station.name
    address = booking.station.address_en if english else booking.station.address
    values = {"reference": booking.reference, "mode": title("mode", booking.mode.value, language), "station": station}
    notices = [labels["demo"][language]] if demo else []
    if booking.provisional:
        notices.append(labels["provisional"][language])
    return CalendarWords(
        labels["summary"][language].format(**values), labels["description"][language].format(**values),
        f"{station} {address}", notice="\n".join(notices),
    )


def mentions_call(text: str) -> bool:
    """电话咨询 means the mode; 电话 beside a number is only its label."""
    return any(word in text for word in ("电话咨询", "打电话", "通话", "电话沟通", "by phone", "call"))


def mentions_day(text: str) -> bool:
    """Whether a text names a day or a time of day."""
    words = ("今天", "明天", "后天", "周", "星期", "礼拜", "月", "号", "点", "上午", "下午", "早上", "tomorrow", "monday", "tuesday",
             "wednesday", "thursday", "friday", "next week", "morning", "afternoon")
    return any(word in text.lower() for word in words)


def _notice(response: str, outcome: Outcome, **values: Any) -> Reply:
    return Reply("notice", outcome, response, values=values)


def _failed(asked: str, fields: Fields, response: str, **values: Any) -> Step:
    """A try that did not fill the field."""
    tries = int(fields.get("c_tries") or 0) + 1
    return Step({"c_tries": tries}, (_notice(response, Outcome.COLLECTING, **values), *_help(asked, tries)))


def _help(asked: str, tries: int) -> tuple[Reply, ...]:
    """After two failed tries an example; after the third the hotline."""
    if tries == 2:
        return (_notice(f"utter_c_example_{asked[2:]}", Outcome.COLLECTING),)
    return (_notice("utter_c_hotline", Outcome.COLLECTING),) if tries >= 3 else ()


def _yes_no(name: str, yes: str, language: str) -> tuple[Button, ...]:
    buttons = [Button(f"v:{name}:yes", label(yes, language))]
    cancel = Button("cancel", button("cancel", language).title)
    buttons.append(cancel if name == "c_review" else Button(f"v:{name}:no", label("refuse", language)))
    return tuple(buttons)


def _names(fields: Sequence[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(title("fields", name, language) for name in fields)


def _tells(text: str) -> bool:
    return any(word in text for word in ("我", "我们", "公司", "本店", "my ", "we ", "our ", "i ")) and len(text) >= 8


def _story(text: str) -> str:
    """What a message tells of the problem: its sentences less the wish to book and the personal facts."""
    told = []
    for sentence in sentences(text):
        for clause in sentence.replace("，", ",").split(","):
            bare = clause.strip(" 。.!！?？")
            words = ("预约", "约", "咨询", "专家", "我叫", "姓名", "我的电话", "我电话", "手机", "appointment", "book", "consult", "my name")
            if len(bare) >= 4 and (_THEIRS.search(bare) or not find_phone(bare)) and not any(word in bare.lower() for word in words):
                told.append(bare)
    if not told and (match := _TOPIC.search(text)):
        told = [match["topic"].strip()]
    return mask_phones_in("，".join(told), "****")[:1000]


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _window(value: Sequence[str] | None) -> tuple[dt.time, dt.time] | None:
    return (dt.time.fromisoformat(value[0]), dt.time.fromisoformat(value[1])) if value else None


def _when_record(when: When) -> dict[str, Any]:
    return {
        "first": when.first.isoformat() if when.first else None,
        "until": when.until.isoformat() if when.until else None,
        "window": [t.isoformat() for t in when.window] if when.window else None,
    }


def _when_from(record: Mapping[str, Any]) -> When:
    return When(first=_day(record.get("first")), until=_day(record.get("until")), window=_window(record.get("window")))


def _when_text(when: When, language: str) -> str:
    parts = []
    if when.first is not None:
        parts.append(day_text(when.first, language))
        if when.until is not None and (when.until - when.first).days > 1:
            parts.append("—" + day_text(when.until - dt.timedelta(days=1), language))
    half = next((h for h, window in HALVES.items() if window == when.window), None)
    if half is not None:
        parts.append(title("halves", half.value, language))
    elif when.window is not None:
        first, last = (t.hour * 60 + t.minute for t in when.window)
        parts.append(f"{when.window[0]:%H:%M}" + (f"–{when.window[1]:%H:%M}" if last - first > 1 and last < 23 * 60 + 59 else ""))
    return " ".join(parts)


def day_text(day: dt.date, language: str) -> str:
    """`11月25日（周三）`, `Wed 25 Nov`."""
    weekday = vocabulary()["titles"]["weekdays"][language][day.weekday()]
    if language == "en":
        return f"{weekday} {day.day} {day:%b}"
    return f"{day.month}月{day.day}日（{weekday}）"


def time_text(moment: dt.datetime, language: str, provisional: bool = False) -> str:
    """Day, weekday and time in Asia/Shanghai; the year when it is not this one; a star when it may change."""
    local = moment.astimezone(SHANGHAI)
    year = f"{local.year}年" if provisional and language == "zh" else ""
    note = vocabulary()["calendar"]["provisional"][language] if provisional else ""
    mark = "" if not note else f"（{note}）" if language == "zh" else f" ({note.lower()})"
    return f"{year}{day_text(local.date(), language)} {local:%H:%M}{mark}"


def _mask_email(email: str) -> str:
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
