"""What one message answers in the pledge form: facts wherever they stand, and answers to the field that was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.phones import find_phone, mask_phone, read_phone
from casework.pledge.amounts import AmountReading, amount_text
from casework.pledge.identifiers import CodeProblem, mask_code, read_credit_code, read_numbers
from casework.regions import all_regions
from desk import pledge_hearing as hearing
from desk.hearing import about_the_form, agrees_first, hear_choice, is_interruption, label, says
from desk.hearing_names import hear_name
from desk.outcomes import Outcome
from desk.pledge_hearing import UNKNOWN, joined, word
from desk.pledge_words import value_text
from desk.reply import Reply
from desk.steps import Step

FIELDS = (
    "p_kinds", "p_status", "p_owner", "p_burdens", "p_region", "p_applicant", "p_amount", "p_years", "p_left", "p_value",
    "p_consent", "p_company", "p_code", "p_numbers", "p_name", "p_phone", "p_review",
)  # fmt: skip
PERSONAL = FIELDS[10:]  # asked only after the pre-check, which comes with the first of them
MEMORY = ("p_count", "p_tries", "p_shown", "p_half")  # p_half: 共有 was said, but not whether all agree
_MAY_BE_OPEN = ("p_status", "p_owner", "p_burdens", "p_region", "p_amount", "p_years", "p_left", "p_value")
_NAMES = ("p_company", "p_code", "p_numbers", "p_name")  # answers full of words that mean something else elsewhere
Fields = Mapping[str, Any]


class Answers:
    """Reads messages; `this_year` tells the present year."""

    def __init__(self, this_year: Callable[[], int]) -> None:
        self._this_year = this_year

    def hear(self, text: str, asked: str, fields: Fields, language: str) -> Step:
        """One typed message while `asked` is asked for."""
        if (short := self._short(text, asked, fields)) is not None:
            return short
        if is_interruption(text) and asked != "p_company" and hearing.hear_owner(text) is None:
            return Step(heard=False)
        updates = self.facts(text, asked)
        if not updates.get(asked):
            chosen = self._chosen(text, asked, fields, language)
            if chosen is not None:
                updates = {**updates, **chosen}
        if asked == "p_owner" and "p_owner" not in updates and (hearing.hear_owner(text) or hearing.hear_owner_asked(text)) == "co":
            return Step({**updates, "p_half": "co"})  # asked next: do the others agree?
        if updates and not (asked in ("p_consent", "p_review") and asked not in updates and set(updates) <= {"p_count"}):
            return self._told(updates, fields, asked, language)
        return self._trouble(text, asked, fields, language)

    @staticmethod
    def _short(text: str, asked: str, fields: Fields) -> Step | None:
        """不清楚, 继续, 算了, and what one wants to know of the form itself."""
        unvalued = asked == "p_value" and (hearing.says_unvalued(text) or says("refuse", text))
        if unvalued or (asked in _MAY_BE_OPEN and hearing.says_unknown(text)):
            return Step({asked: UNKNOWN})
        if asked != "p_value" and fields.get("p_value") is None and hearing.says_unvalued(text):
            return Step({"p_value": UNKNOWN}, (_notice("utter_p_unvalued"),))
        if about_the_form(text) == "why" and asked in PERSONAL:
            return Step({"p_tries": 0}, (_notice("utter_c_why"),))
        refuses = asked in ("p_consent", "p_numbers", "p_burdens") and (says("refuse", text) or hearing.says_group("refuse", text))
        if says("leave", text) and not refuses:
            return Step(leave=True)
        return Step({"p_tries": fields.get("p_tries") or 0}) if says("continue", text) and asked not in ("p_consent", "p_review") else None

    def _told(self, updates: dict[str, Any], fields: Fields, asked: str, language: str) -> Step:
        """What was heard beside the answer, and what it changed, is said back."""
        named = [n for n in updates if n in FIELDS and n not in ("p_consent", "p_review") and updates[n] is not None]
        changed = [n for n in named if fields.get(n) not in (None, updates[n])]
        new = [n for n in named if n != asked and n not in changed]
        notices = []
        if changed:
            pairs = [(hearing.shown("fields", n, language), _said(n, updates[n], language)) for n in changed]
            shown = [label("changed", language).format(field=name, value=value) for name, value in pairs]
            notices.append(_notice("utter_c_corrected", what=joined(shown, language)))
        if new:
            notices.append(_notice("utter_c_heard", facts=joined([_said(n, updates[n], language) for n in new], language)))
        if fields.get("p_review") and set(updates) - {"p_review"}:
            updates["p_review"] = None
        return Step(updates, tuple(notices))

    def facts(self, text: str, asked: str) -> dict[str, Any]:
        """Every fact in a text."""
        found: dict[str, Any] = {}
        if phone := find_phone(text):
            found["p_phone"] = phone.e164
        if (name := hear_name(text, asked=asked == "p_name")) is not None:
            found["p_name"] = name
        if company := hearing.hear_company(text, asked=asked == "p_company"):
            found["p_company"] = company
        if (code := read_credit_code(text).code) is not None:
            found["p_code"] = code
        if asked == "p_numbers" or any(mark in text.upper() for mark in ("ZL", "专利号", "申请号", "注册号", "登记号")):
            read = read_numbers(text.replace(code or "\0", " "), self._this_year())
            if read.numbers and code is None and not (asked != "p_numbers" and read.problem):
                found["p_numbers"] = [number.text for number in read.numbers]
        personal = asked in _NAMES or asked == "p_phone" or "p_company" in found or "p_numbers" in found
        if personal and not hearing.says_change(text):
            return found
        return found | self._application(text, asked)

    def _application(self, text: str, asked: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "p_status": hearing.hear_status(text),
            "p_owner": hearing.hear_owner(text) or (hearing.hear_owner_asked(text) if asked == "p_owner" else None),
            "p_burdens": hearing.hear_burdens(text, asked=asked == "p_burdens"),
            "p_region": hearing.hear_region(text, asked=asked == "p_region"),
            "p_applicant": hearing.hear_applicant(text, asked=asked == "p_applicant"),
        }
        if found["p_owner"] == "co":
            found["p_owner"] = None  # asked: do the others agree?
        if asked not in ("", "p_applicant") and found["p_applicant"] == "company" and not hearing.is_word("applicant", text):
            del found["p_applicant"]  # 公司名下 tells whose the right is, not who applies
        if asked in ("", "p_kinds") or hearing.says_change(text):
            found["p_kinds"] = hearing.hear_kinds(text)
            found["p_count"] = hearing.hear_count(text)
        found |= hearing.hear_money(text, asked)[0]
        found |= hearing.hear_years(text, asked, self._this_year())
        return {name: value for name, value in found.items() if value}

    def _chosen(self, text: str, asked: str, fields: Fields, language: str) -> dict[str, Any] | None:
        """An answer by number, by title, or by yes and no."""
        if asked in ("p_consent", "p_review"):
            number = hear_choice(text, ["", ""])
            if says("agree", text) or hearing.says_group("agree", text) or number == 0 or agrees_first(text):
                return {asked: "yes"}
            if asked == "p_consent" and (says("refuse", text) or hearing.says_group("refuse", text) or number == 1):
                return {asked: "no"}
            return None
        if asked == "p_numbers" and (hearing.says_unknown(text) or says("refuse", text)):
            return {asked: "-"}
        if asked == "p_status" and says("agree", text):
            return {asked: "paid"}
        if asked == "p_owner" and (says("agree", text) or (fields.get("p_half") and says("refuse", text))):
            return {asked: "self" if not fields.get("p_half") else "co_agreed" if says("agree", text) else "co_open"}
        group = asked.removeprefix("p_")
        if asked == "p_region":
            values = [*(region.id for region in all_regions()), "outside"]
        else:
            known = group in ("kinds", "status", "owner", "burdens", "applicant")
            values = list(hearing.vocabulary()["titles"][group]) if known else []
            values = ["co_agreed", "co_open"] if asked == "p_owner" and fields.get("p_half") else values
        choice = hear_choice(text, [value_text(asked, value, language) for value in values])
        if choice is None:
            return None
        return {asked: [values[choice]] if asked in ("p_kinds", "p_burdens") else values[choice]}

    # -- not understood

    def _trouble(self, text: str, asked: str, fields: Fields, language: str) -> Step:
        tries = int(fields.get("p_tries") or 0) + 1
        told, trouble = hearing.hear_money(text, asked)
        if trouble is not None and trouble[0] != asked and asked not in PERSONAL[1:-1] and not told:
            # 金额改成五百多万 while something else is asked: the amount is open again, and asked for
            return Step({trouble[0]: None, "p_review": None}, (_amount_notice(trouble[1], language),))
        notice = self._reason(text, asked, language)
        if notice is None and len(text) > 30:
            return Step(heard=False)
        found = notice or _notice(f"utter_p_retry_{asked[2:]}")
        help_ = (_notice(f"utter_p_example_{asked[2:]}"),) if tries == 2 else (_notice("utter_c_hotline"),) if tries >= 3 else ()
        return Step({"p_tries": tries}, (found, *help_))

    def _reason(self, text: str, asked: str, language: str) -> Reply | None:
        if asked in ("p_amount", "p_value"):
            trouble = hearing.hear_money(text, asked)[1]
            return _amount_notice(trouble[1], language) if trouble is not None else None
        if asked == "p_code":
            return _code_notice(text)
        if asked == "p_numbers":
            read = read_numbers(text, self._this_year())
            return _notice(f"utter_p_number_{read.problem.value}", shown=read.shown[:24]) if read.problem else None
        if asked == "p_phone" and (problem := read_phone(text).problem) and any(c.isdigit() for c in text):
            return _notice(f"utter_c_phone_{problem.value}")
        if asked == "p_years" and hearing.vague_years(text):
            return _notice("utter_p_years_vague")
        if asked == "p_review" and says("refuse", text):
            return _notice("utter_p_what_to_change")
        return None


def _amount_notice(reading: AmountReading, language: str) -> Reply:
    problem = reading.problem.value if reading.problem else "missing"
    low = amount_text(reading.low, language) if reading.low else word("unknown", language)
    high = amount_text(reading.high, language) if reading.high else low
    return _notice(f"utter_p_amount_{problem}", low=low, high=high)


def _said(name: str, value: Any, language: str) -> str:
    """A value said back; what tells who somebody is, masked."""
    if name == "p_phone":
        return mask_phone(value)
    if name == "p_code":
        return mask_code(value) if value != "-" else word("unknown", language)
    if name in ("p_name", "p_company"):
        return str(value)
    return joined(value, language) if name == "p_numbers" and isinstance(value, list) else value_text(name, value, language)


def _code_notice(text: str) -> Reply | None:
    reading = read_credit_code(text)
    if reading.problem in (None, CodeProblem.MISSING):
        return None
    values = {"position": reading.position, "character": reading.character, "length": reading.length}
    return _notice(f"utter_p_code_{reading.problem.value}", **values)


def _notice(response: str, **values: Any) -> Reply:
    return Reply("notice", Outcome.COLLECTING, response, values=values)
