"""What one typed message does to the booking form: facts wherever they stand, then the answer to the field asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any

from casework.consultations.directory import Directory
from casework.consultations.model import Mode
from casework.consultations.when import WhenProblem
from casework.phones import read_phone
from casework.regions import all_regions, find_regions
from desk.clock import Clock
from desk.consultation_fields import FIELDS, MEMORY
from desk.consultation_hearing import facts_of, field_to_change, story_of, tells, tells_more
from desk.consultation_times import Times, asks_which_day, heard_when, wish_text
from desk.consultation_words import facts_text, value_text, when_text
from desk.hearing import about_the_form, agrees_first, hear_choice, is_interruption, label, says, title, vocabulary
from desk.outcomes import Outcome
from desk.pledge_hearing import hear_region
from desk.steps import Fields, Step, listed, notice

_STORY = 2000  # characters of the problem that are kept


class Answers:
    """Reads typed messages for the booking form."""

    def __init__(self, directory: Directory, times: Times, clock: Clock) -> None:
        self._directory, self._times, self._clock = directory, times, clock

    def facts(self, text: str, fields: Fields, asked: str, language: str) -> dict[str, Any]:
        """Every fact that a text tells, whatever was asked."""
        return facts_of(text, fields, asked, self._clock, language)

    def typed(self, text: str, asked: str, fields: Fields, language: str) -> Step:
        """One typed message while `asked` is asked for."""
        if (short := self._short(text, asked, fields)) is not None:
            return short
        if asked == "c_time" and (chosen := self._times.chosen(text, fields.get("c_offered") or {}, fields.get("c_when"), language)):
            return Step({"c_time": chosen})
        updates = self.facts(text, fields, asked, language)
        told = self._problem(text, fields, language) if asked == "c_problem" else Step()
        if "c_problem" in told.updates:
            updates = {**updates, **told.updates}
        if asked == "c_consent" and "c_consent" not in updates and agrees_first(text):
            updates["c_consent"] = "yes"
        if self._taken(text, asked, updates):
            return self._told(updates, fields, asked, language)
        if (again := field_to_change(text)) is not None and fields.get(again) is not None and again != asked:
            more: dict[str, Any] = {"c_when": None, "c_offered": None} if again == "c_time" else {}
            return Step({again: None, "c_review": None, **more}, (notice("utter_c_again", what=title("fields", again, language)),))
        if asked in ("c_right", "c_region", "c_mode", "c_time") and tells_more(text):
            told_all = f"{fields.get('c_problem') or ''}，{story_of(text)}".strip("，")[:_STORY]
            return Step({"c_problem": told_all}, (notice("utter_c_noted_problem"),))
        answer: Callable[[str, Fields, str], Step] | None = getattr(self, f"_{asked[2:]}", None)
        return answer(text, fields, language) if answer else Step(heard=False)

    def _short(self, text: str, asked: str, fields: Fields) -> Step | None:
        """继续, 算了: always understood; so is what one wants to know of the form itself."""
        about = about_the_form(text)
        if about == "why" and asked in ("c_consent", "c_name", "c_phone", "c_email"):
            return Step({}, (notice("utter_c_why"),))
        if about == "how_long" and (service := self._directory.services.get("consultation")):
            return Step({}, (notice("utter_c_how_long", minutes=service.duration // dt.timedelta(minutes=1)),))
        if asked == "c_email" and says("skip", text):
            return Step({"c_email": "-"})
        if says("leave", text) and not (asked == "c_consent" and says("refuse", text)):
            return Step(leave=True)
        if says("continue", text) and asked != "c_review":
            return Step({"c_tries": fields.get("c_tries") or 0})
        return None

    @staticmethod
    def _taken(text: str, asked: str, updates: dict[str, Any]) -> bool:
        wished = asked == "c_time" and "c_when" in updates
        return asked in updates or wished or bool(updates and not is_interruption(text))

    def _told(self, updates: dict[str, Any], fields: Fields, asked: str, language: str) -> Step:
        notices = self._said(updates, fields, asked, language)
        if set(updates) - {"c_review"} and fields.get("c_review"):
            updates["c_review"] = None
        return Step(updates, notices)

    def _said(self, updates: dict[str, Any], fields: Fields, asked: str, language: str) -> tuple[Any, ...]:
        """What was heard beside the answer, and what it changed."""
        names = [n for n in FIELDS if updates.get(n) and n not in (asked, "c_review", "c_consent", "c_time", "c_problem")]
        changed = [n for n in names if fields.get(n) not in (None, updates[n])]
        new = [n for n in names if n not in changed]
        wish = wish_text(updates["c_when"], language) if updates.get("c_when") and asked != "c_time" else ""
        if wish and fields.get("c_time"):
            changed, new, wish = [*changed, "c_time"], new, ""
        notices = []
        if changed:
            notices.append(notice("utter_c_corrected", what=self._changed(changed, updates, language)))
        if new or wish:
            notices.append(notice("utter_c_heard", facts=facts_text(updates, new, language, wish)))
        return tuple(notices)

    @staticmethod
    def _changed(names: Sequence[str], updates: dict[str, Any], language: str) -> str:
        def shown(name: str) -> str:
            value = wish_text(updates["c_when"], language) if name == "c_time" else value_text(name, updates[name], language)
            return label("changed", language).format(field=title("fields", name, language), value=value)

        return listed([shown(name) for name in names], language)

    # -- answers to the field that was asked for

    def _problem(self, text: str, fields: Fields, language: str) -> Step:
        if says("tell_later", text):
            return Step({"c_problem": label("told_later", language)})
        story = story_of(text)
        if not story or (is_interruption(text) and not tells(text)):
            return Step(heard=False) if is_interruption(text) else self._not_understood("c_problem", text, fields)
        return Step({"c_problem": story[:_STORY]})

    def _right(self, text: str, fields: Fields, language: str) -> Step:
        values = list(vocabulary()["titles"]["right"])
        chosen = hear_choice(text, [title("right", v, language) for v in values])
        if chosen is None and says("any", text):
            return Step({"c_right": "other"})
        return Step({"c_right": values[chosen]}) if chosen is not None else self._not_understood("c_right", text, fields)

    def _region(self, text: str, fields: Fields, language: str) -> Step:
        regions = all_regions()
        chosen = hear_choice(text, [r.zh if language == "zh" else r.en for r in regions])
        if chosen is not None:
            return Step({"c_region": regions[chosen].id})
        if len(find_regions(text)) > 1:
            return failed("c_region", fields, "utter_c_one_region")
        if hear_region(text, asked=True) == "outside" and not is_interruption(text):
            return failed("c_region", fields, "utter_c_outside")
        return self._not_understood("c_region", text, fields)

    def _mode(self, text: str, fields: Fields, language: str) -> Step:
        modes = self.modes(fields)
        chosen = hear_choice(text, [title("mode", m, language) for m in modes])
        if chosen is not None:
            return Step({"c_mode": modes[chosen]})
        if says("any", text):
            return Step({"c_mode": modes[0]})
        return self._not_understood("c_mode", text, fields)

    def modes(self, fields: Fields) -> list[str]:
        """How one can meet in the chosen region."""
        stations = self._directory.stations_in(fields.get("c_region") or "")
        return [m.value for m in Mode if any(m in s.modes for s in stations)]

    def _time(self, text: str, fields: Fields, language: str) -> Step:
        offered = fields.get("c_offered") or {}
        if says("more", text):
            return Step({"c_when": self._times.later(offered), "c_offered": None})
        if asks_which_day(text):
            return Step({"c_when": None, "c_offered": None})
        reading = heard_when(text, fields.get("c_when"), self._clock, language)[1]
        if is_interruption(text) or reading.problem is None:
            return self._not_understood("c_time", text, fields)
        if reading.problem is WhenProblem.PAST:
            return failed("c_time", fields, "utter_c_past")
        if reading.problem is WhenProblem.AMBIGUOUS and reading.choices:
            shown = label("or", language).join(when_text(w, language) for w in reading.choices)
            return failed("c_time", fields, "utter_c_which_time", choices=shown)
        if reading.problem is WhenProblem.IMPOSSIBLE:
            return failed("c_time", fields, "utter_c_no_such_day")
        return self._not_understood("c_time", text, fields)

    def _consent(self, text: str, fields: Fields, language: str) -> Step:
        if says("agree", text) or hear_choice(text, ["", ""]) == 0:
            return Step({"c_consent": "yes"})
        if says("refuse", text) or hear_choice(text, ["", ""]) == 1:
            return refused()
        return self._not_understood("c_consent", text, fields)

    def _name(self, text: str, fields: Fields, language: str) -> Step:
        return self._not_understood("c_name", text, fields)

    def _phone(self, text: str, fields: Fields, language: str) -> Step:
        reading = read_phone(text)
        if is_interruption(text) or reading.problem is None or not (_has_digits(text)):
            return self._not_understood("c_phone", text, fields)
        return failed("c_phone", fields, f"utter_c_phone_{reading.problem.value}")

    def _email(self, text: str, fields: Fields, language: str) -> Step:
        if hear_choice(text, [""]) == 0:
            return Step({"c_email": "-"})
        return self._not_understood("c_email", text, fields)

    def _review(self, text: str, fields: Fields, language: str) -> Step:
        if says("agree", text) or says("continue", text) or hear_choice(text, ["", ""]) == 0:
            return Step({"c_review": "yes"})
        if hear_choice(text, ["", ""]) == 1:
            return Step(leave=True)
        if says("refuse", text) or says("change", text):
            return Step({}, (notice("utter_c_what_to_change"),))
        return self._not_understood("c_review", text, fields)

    @staticmethod
    def _not_understood(asked: str, text: str, fields: Fields) -> Step:
        if is_interruption(text) or len(text) > 40:
            return Step(heard=False)
        return failed(asked, fields, f"utter_c_retry_{asked[2:]}")


def refused() -> Step:
    """Without consent nothing personal is asked for."""
    return Step(dict.fromkeys((*FIELDS, *MEMORY)), (notice("utter_c_no_consent", Outcome.CANCELLED),), stop=True)


def failed(asked: str, fields: Fields, response: str, **values: Any) -> Step:
    """A try that did not fill the field: after two an example, after the third the hotline."""
    tries = int(fields.get("c_tries") or 0) + 1
    help_ = (notice(f"utter_c_example_{asked[2:]}"),) if tries == 2 else (notice("utter_c_hotline"),) if tries >= 3 else ()
    return Step({"c_tries": tries}, (notice(response, **values), *help_))


def _has_digits(text: str) -> bool:
    return re.search(r"[\d零一二三四五六七八九〇]", text) is not None
