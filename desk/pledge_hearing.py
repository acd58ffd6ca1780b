"""Hearing the facts of a pledge application in what people type. Pure; the vocabulary is in pledge.yml."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from casework.pledge.amounts import AmountProblem, AmountReading, read_amount
from casework.regions import find_regions
from knowledge.text import normalise

VOCABULARY = Path(__file__).with_name("pledge.yml")
UNKNOWN = "unknown"
_CLAUSE = re.compile(r"[，,。；;！!\n]")
_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "俩": 2}
_NUMBER = r"(?<![0-9.])(?P<n>[0-9]{1,2}(?:\.[0-9])?|[一二两三四五六七八九十]{1,3})"
_YEARS = re.compile(rf"{_NUMBER}\s*(?:个)?(?P<half>年半)?(?:年|years?|-year)(?![度费])", re.I)
_MONTHS = re.compile(rf"{_NUMBER}\s*(?:个月|months?)", re.I)
_UNTIL = re.compile(
    r"(?<![0-9])(?P<year>20[0-9]{2})\s*年?(?:[0-9]{1,2}月)?[^，,。]{0,6}?(?:到期|届满|为止|截止)|(?:到|至|until )\s*(?P<to>20[0-9]{2})"
)
_COUNT = re.compile(r"(?P<n>[0-9]{1,3}|[一二两俩三四五六七八九十]{1,3})\s*(?:项|个|件|份|枚|本|款)(?!月|亿|百|千|万)")
_COUNT_EN = re.compile(
    r"\b(?P<n>[0-9]{1,3}|one|two|three|four|five|six)\s+(?:\w+\s+){0,2}(?:patents?|trademarks?|"
    r"copyrights?|utility models?|designs?|inventions?)",
    re.I,
)
_ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NOT_KNOWN = ("不清楚", "不知道", "不确定", "不太清楚", "不太确定", "说不好", "说不准", "没查过", "记不清", "notsure", "idon'tknow", "noidea")
_OURS = re.compile(
    r"(?:这?都?是|在|登记在|登记的是)*(?:我|我们|咱们?|俺们?|本|我司|自己|企业|公司|我们公司|单位|厂|合作社|农场|个体户|申请人)+(?:公司|厂|企业|自己|单位|合作社|家|店)*(?:的|名下的?|所有|名下)?"
    r"|(?:it is |it's |they are )?(?:us|ours|our|our own|our company|the company|my company|my own|myself|me|mine|we)"
)
_TOGETHER = re.compile(r"(?:跟|和|与|同).{1,14}(?:一起|合作|共同|联合|合伙)|一起申请|共同申请|together with|jointly with")
_NOT_AGREED = re.compile(r"没.{0,5}(?:同意|点头|答应|签)|不同意|未同意|还没|没说|not agree|haven't agreed")
_VAGUE_YEARS = re.compile(r"[一两二三四五六七八九][一两二三四五六七八九]年|[0-9]\s*[-到至~]\s*[0-9]\s*年|几年|\b[0-9]\s*(?:-|to|or)\s*[0-9] years?")
_LEFT = re.compile(r"剩|还有|有效期|保护期|到期|remain|left|expire", re.I)
_NEGATED = re.compile(r"(?:没有?被?|未被?|无(?!效)|不存在|从未|从来没|\bno\b|\bnot\b|\bnever\b)[^，,。；;]{0,14}$", re.I)
_NAMED_COMPANY = re.compile(
    r"(?:公司名称?|企业名称|单位名称|全称|公司(?:的)?名字|company name)\s*(?:是|叫|为|改成|改为|[:：]|is)\s*"
    r"(?P<name>[^，,。；;\s][^，,。；;\n]{1,59})",
    re.I,
)
_NO_COMPANY = re.compile(r"改成|改为|换成|金额|同意|不清楚|不知道|没有|等一下|稍等|执照|提交|怎么|什么|电话|[0-9一二三四五六七八九十]+万")
_COMPANY = re.compile(r"[一-龥A-Za-z0-9（）()·&. -]{2,60}")


@functools.cache
def vocabulary() -> Mapping[str, Any]:
    """The vocabulary, read once."""
    data: Mapping[str, Any] = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    return data


def shown(group: str, value: str, language: str) -> str:
    """How a value of a group is shown."""
    return str(vocabulary()["titles"][group][value]["en" if language == "en" else "zh"])


def word(name: str, language: str) -> str:
    """A single title."""
    return str(vocabulary()["titles"][name]["en" if language == "en" else "zh"])


def _found(group: str, text: str) -> list[tuple[str, int]]:
    """Values with where they stand, longest words first; what was heard is blanked."""
    rest, found = normalise(text), []
    words = sorted(((w, value) for value, names in vocabulary()[group].items() for w in names), key=lambda p: -len(p[0]))
    for name, value in words:
        while (place := rest.find(name)) >= 0:
            found.append((value, place))
            rest = rest[:place] + "\0" * len(name) + rest[place + len(name) :]
    return found


def says_unknown(text: str) -> bool:
    """Whether the whole text is 不清楚 or the like."""
    said = re.sub(r"[\s。.!！，,]|[的了呢吧]$", "", normalise(text))
    words = {re.sub(r"\s", "", w) for w in vocabulary()["unknown"]}
    return said in words or (len(said) <= 12 and said.startswith(_NOT_KNOWN))


def says_unvalued(text: str) -> bool:
    """Whether the whole text is 没评估过 or the like, which answers only the question of value."""
    said = re.sub(r"[\s。.!！，,]|[的了呢吧过]$", "", normalise(text))
    return said in {re.sub(r"\s|过$", "", w) for w in vocabulary()["unvalued"]}


def hear_kinds(text: str) -> list[str]:
    """Every kind of right that is named; 专利 alone gives way to a kind that is named exactly."""
    kinds = {value for value, _ in _found("kinds", text)}
    if kinds & {"invention", "utility_model", "design"}:
        kinds.discard("patent")
    return [kind for kind in vocabulary()["kinds"] if kind in kinds]


def hear_count(text: str) -> int | None:
    """How many rights, summed over what is counted in the text."""
    plain = normalise(text)
    numbers = [_number(m["n"]) for m in _COUNT.finditer(plain)]
    numbers = numbers or [_ENGLISH.get(m["n"]) or _number(m["n"]) for m in _COUNT_EN.finditer(plain)]
    total = sum(int(n) for n in numbers if n)
    return total if 0 < total <= 999 else None


def hear_status(text: str) -> str | None:
    """The status; bad news counts before good (有效，但年费没交)."""
    heard = {value for value, _ in _found("status", text)}
    return next((value for value in ("lapsed", "pending", "overdue", "paid") if value in heard), None)


def hear_owner(text: str) -> str | None:
    """Whose the right is."""
    heard = {value for value, _ in _found("owner", text)}
    if "co" in heard and not heard & {"co_open", "co_agreed"}:
        said = normalise(text)
        if re.search(r"没.{0,4}同意|不同意|未同意|还没|not agree", said):
            return "co_open"
        return "co_agreed" if re.search("同意|agree", said) else "co"
    return next((value for value in ("co_open", "co_agreed", "other_agreed", "other", "self") if value in heard), None)


def hear_owner_asked(text: str) -> str | None:
    """Whose the right is, in answer to that question: 是我们公司的, 跟大学一起申请的, 他们还没同意."""
    said = re.sub(r"[\s。.!！，,]|[呀啊哦呢]$", "", normalise(text))
    if _OURS.fullmatch(said) or _OURS.fullmatch(normalise(text).strip(" .!")):
        return "self"
    if _NOT_AGREED.search(said):
        return "co_open"
    if "同意" in said or "all agree" in normalise(text):
        return "co_agreed"
    return "co" if _TOGETHER.search(normalise(text)) else None


def vague_years(text: str) -> bool:
    """两三年: which of them, has to be asked back."""
    return bool(_VAGUE_YEARS.search(normalise(text)))


def hear_burdens(text: str, *, asked: bool) -> list[str] | None:
    """What lies on the right: a list, ["none"] when it is said that there is nothing, None when nothing is said."""
    heard, denied = set(), False
    for clause in _CLAUSE.split(normalise(text)):
        for value, place in _found("burdens", clause):
            if _NEGATED.search(clause[:place]):
                denied = True
            else:
                heard.add(value)
    if heard:
        return [value for value in vocabulary()["burdens"] if value in heard]
    said = re.sub(r"[\s。.!！]|[的了]$", "", normalise(text))
    plain_no = asked and said in {re.sub(r"\s", "", w) for w in vocabulary()["no_burden"]}
    return ["none"] if denied or plain_no else None


def hear_applicant(text: str, *, asked: bool) -> str | None:
    """Company or private person; 个人 alone counts only when it was asked for."""
    heard = {value: text for value, _ in _found("applicant", text)}
    said = normalise(text)
    exact = any(w in said for w in vocabulary()["applicant"]["person"] if w not in ("个人", "individual"))
    if exact or (asked and "person" in heard and "company" not in heard):
        return "person"
    return "company" if "company" in heard else None


def hear_region(text: str, *, asked: bool) -> str | None:
    """A region's id, or "outside" when another province is named as the place (always when asked)."""
    regions = find_regions(text)
    if len(regions) == 1:
        return regions[0].id
    said = normalise(text)
    placed = asked or re.search(r"注册|总部|公司在|企业在|厂在|我们在|我在|人在|registered|based", said)
    return "outside" if not regions and placed and any(w in said for w in vocabulary()["outside"]) else None


def hear_money(text: str, asked: str) -> tuple[dict[str, int], tuple[str, AmountReading] | None]:
    """Amounts by what they are (p_amount, p_value), and the reading of a bad one that was given as the answer."""
    found: dict[str, int] = {}
    trouble: tuple[str, AmountReading] | None = None
    for clause in re.split(r"[，。；;！!\n]|,(?![0-9]{3})", text):
        said = normalise(clause)
        value = any(w in said for w in vocabulary()["valuation"])
        loan = any(w in said for w in vocabulary()["loan"])
        name = "p_value" if value and not loan else "p_amount" if loan or asked != "p_value" else "p_value"
        reading = read_amount(clause, bare=asked in ("p_amount", "p_value") and len(said) <= 12)
        if reading.yuan is not None:
            found.setdefault(name, reading.yuan)
        elif reading.problem is not AmountProblem.MISSING and trouble is None:
            trouble = (name, reading)
    return found, None if found else trouble


def hear_years(text: str, asked: str, this_year: int) -> dict[str, float]:
    """Years of the loan (p_years) and years that the right still runs (p_left)."""
    found: dict[str, float] = {}
    for clause in _CLAUSE.split(normalise(text)):
        name = asked if asked in ("p_years", "p_left") else "p_years"
        if _LEFT.search(clause) and not re.search("贷|借|融资|loan", clause):
            name = "p_left"
        if match := _UNTIL.search(clause):
            found.setdefault("p_left", float(max(0, int(match["year"] or match["to"]) - this_year)))
        elif _VAGUE_YEARS.search(clause):
            continue
        elif match := _YEARS.search(clause):
            found.setdefault(name, (_number(match["n"]) or 0) + (0.5 if "年半" in clause[match.start() : match.end() + 1] else 0))
        elif match := _MONTHS.search(clause):
            found.setdefault(name, round((_number(match["n"]) or 0) / 12, 2))
        elif asked in ("p_years", "p_left") and re.fullmatch(r"\s*[0-9]{1,2}(?:\.[0-9])?\s*", clause):
            found.setdefault(asked, float(clause))
    return {name: number for name, number in found.items() if name == "p_left" or 0 < number <= 30}


def hear_company(text: str, *, asked: bool) -> str | None:
    """A company's name: after 公司名称是, or the whole text when it was asked for."""
    if match := _NAMED_COMPANY.search(text):
        return match["name"].strip(" 。.")
    bare = re.sub(r"^(?:我们?(?:公司)?(?:叫|是)|公司叫|名称是|就叫)\s*", "", text.strip(" ，,。.!！"))
    if not asked or _NO_COMPANY.search(bare) or not _COMPANY.fullmatch(bare) or len(re.findall("[一-龥A-Za-z]", bare)) < 4:
        return None
    return bare


def says_group(group: str, text: str) -> bool:
    """Whether the whole text is one of a group's words."""
    said = re.sub(r"[\s，,。.!！~]|[的了吧啊呀]$", "", normalise(text))
    return said in {re.sub(r"\s", "", w) for w in vocabulary()[group]}


def _number(text: str) -> float | None:
    if text[:1].isdigit():
        return float(text)
    tens, ten, ones = text.partition("十")
    if ten:
        return float((_DIGIT.get(tens, 1) if tens else 1) * 10 + (_DIGIT.get(ones, 0) if ones else 0))
    return float(_DIGIT[text]) if text in _DIGIT else None


def joined(parts: Sequence[str], language: str) -> str:
    """`甲、乙`; `a, b`."""
    return ("、" if language == "zh" else ", ").join(parts)


def is_word(group: str, text: str) -> bool:
    """Whether the whole text is one of the words for a value of a group (个人, 公司, 发明专利)."""
    said, values = normalise(text).strip(" 。.!！"), vocabulary().get(group)
    return isinstance(values, Mapping) and any(said in names for names in values.values())


def says_change(text: str) -> bool:
    """Whether a text corrects something (改成, 不是……是, 应该是)."""
    return bool(re.search(r"改成|改为|换成|不对|应该是|说错|更正|不是.{1,12}是|change|actually|should be", normalise(text)))
