"""What one message answers in the pledge form: facts wherever they stand, and answers to the field that was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.phones import find_phone, read_phone
from casework.pledge.amounts import AmountReading, amount_text
from casework.pledge.identifiers import CodeProblem, read_credit_code, read_numbers
from casework.regions import all_regions
from desk import pledge_hearing as hearing
from desk.consultation_desk import Step
from desk.hearing import hear_choice, hear_name, is_interruption, says
from desk.outcomes import Outcome
from desk.pledge_hearing import UNKNOWN, joined, word
from desk.pledge_words import value_text
from desk.reply import Reply

FIELDS = (
    "p_kinds", "p_status", "p_owner", "p_burdens", "p_region", "p_applicant", "p_amount", "p_years", "p_left", "p_value",
    "p_consent", "p_company", "p_code", "p_numbers", "p_name", "p_phone", "p_review",
)  # fmt: skip
PERSONAL = FIELDS[10:]  # asked only after the pre-check, which comes with the first of them
MEMORY = ("p_count", "p_tries", "p_shown")
_MAY_BE_OPEN = ("p_status", "p_owner", "p_burdens", "p_region", "p_amount", "p_years", "p_left", "p_value")
_NAMES = ("p_company", "p_code", "p_numbers", "p_name")  # answers full of words that mean something else elsewhere
Fields = Mapping[str, Any]


class Answers:
    """Reads messages; `this_year` tells the present year."""

    def __init__(self, this_year: Callable[[], int]) -> None:
        self._this_year = this_year

    def hear(self, text: str, asked: str, fields: Fields, language: str) -> Step:
        """One typed message while `asked` is asked for."""
        if asked in _MAY_BE_OPEN and hearing.says_unknown(text):
            return Step({asked: UNKNOWN})
        if is_interruption(text) and asked != "p_company":
            return Step(heard=False)
        updates = self.facts(text, asked)
        if not updates.get(asked):
            chosen = self._chosen(text, asked, language)
            if chosen is not None:
                updates = {**updates, **chosen}
        if updates and not (asked in ("p_consent", "p_review") and asked not in updates and set(updates) <= {"p_count"}):
            return self._told(updates, fields, language)
        return self._trouble(text, asked, fields, language)

    def _told(self, updates: dict[str, Any], fields: Fields, language: str) -> Step:
        changed = [n for n in updates if n in FIELDS and fields.get(n) not in (None, updates[n]) and n not in ("p_consent", "p_review")]
        names = joined([hearing.shown("fields", name, language) for name in changed], language)
        notices = (_notice("utter_c_corrected", what=names),) if changed else ()
        if fields.get("p_review") and set(updates) - {"p_review"}:
            updates["p_review"] = None
        return Step(updates, notices)

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
        if asked in _NAMES or asked == "p_phone" or "p_company" in found or "p_numbers" in found:
            return found
        return found | self._application(text, asked)

    def _application(self, text: str, asked: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "p_status": hearing.hear_status(text),
            "p_owner": hearing.hear_owner(text),
            "p_burdens": hearing.hear_burdens(text, asked=asked == "p_burdens"),
            "p_region": hearing.hear_region(text, asked=asked == "p_region"),
            "p_applicant": hearing.hear_applicant(text, asked=asked == "p_applicant"),
        }
        if found["p_owner"] == "co":
            found["p_owner"] = None  # asked: do the others agree?
        if asked not in ("", "p_applicant") and found["p_applicant"] == "company":
            del found["p_applicant"]  # 公司名下 tells whose the right is, not who applies
        if asked in ("", "p_kinds") or hearing.says_change(text):
            found["p_kinds"] = hearing.hear_kinds(text)
            found["p_count"] = hearing.hear_count(text)
        found |= hearing.hear_money(text, asked)[0]
        found |= hearing.hear_years(text, asked, self._this_year())
        return {name: value for name, value in found.items() if value}

    def _chosen(self, text: str, asked: str, language: str) -> dict[str, Any] | None:
        """An answer by number, by title, or by yes and no."""
        if asked in ("p_consent", "p_review"):
            if says("agree", text) or hearing.says_group("agree", text):
                return {asked: "yes"}
            if asked == "p_consent" and (says("refuse", text) or hearing.says_group("refuse", text)):
                return {asked: "no"}
            return None
        if asked == "p_numbers" and (hearing.says_unknown(text) or says("refuse", text)):
            return {asked: "-"}
        if asked == "p_status" and says("agree", text):
            return {asked: "paid"}
        if asked == "p_owner" and says("agree", text):
            return {asked: "self"}
        group = asked.removeprefix("p_")
        if asked == "p_region":
            values = [*(region.id for region in all_regions()), "outside"]
        else:
            known = group in ("kinds", "status", "owner", "burdens", "applicant")
            values = list(hearing.vocabulary()["titles"][group]) if known else []
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
        help_ = (_notice("utter_c_hotline"),) if tries >= 3 else ()
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
        if asked == "p_owner" and hearing.hear_owner(text) == "co":
            return _notice("utter_p_owner_co")
        if asked == "p_review" and says("refuse", text):
            return _notice("utter_p_what_to_change")
        return None


def _amount_notice(reading: AmountReading, language: str) -> Reply:
    problem = reading.problem.value if reading.problem else "missing"
    low = amount_text(reading.low, language) if reading.low else word("unknown", language)
    high = amount_text(reading.high, language) if reading.high else low
    return _notice(f"utter_p_amount_{problem}", low=low, high=high)


def _code_notice(text: str) -> Reply | None:
    reading = read_credit_code(text)
    if reading.problem in (None, CodeProblem.MISSING):
        return None
    values = {"position": reading.position, "character": reading.character, "length": reading.length}
    return _notice(f"utter_p_code_{reading.problem.value}", **values)


def _notice(response: str, **values: Any) -> Reply:
    return Reply("notice", Outcome.COLLECTING, response, values=values)
