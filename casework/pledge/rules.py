"""The pre-check: which rules an application passes, fails, or leaves open. Pure; the rules are data (rules.yml)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import lru_cache
from pathlib import Path

from casework.datafile import Node, optional, required, rows_of
from casework.pledge.amounts import amount_text
from casework.pledge.model import (
    OUTSIDE,
    PLEDGEABLE,
    Application,
    Burden,
    Citation,
    Finding,
    Item,
    Paper,
    Precheck,
    Result,
    RightKind,
    Weight,
)

RULES = Path(__file__).with_name("rules.yml")
_KEYS = {"id", "fact", "answers", "leave_out", "only", "weight", "open", "cites", "pass", "fail", "unknown", "do", "papers"}
_WHEN = {"owner", "burdens", "applicant"}
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Cite:
    citation: Citation
    only: frozenset[RightKind]
    first: date | None
    until: date | None

    def holds(self, kinds: frozenset[RightKind], day: date) -> bool:
        fits = not self.only or not kinds or bool(self.only & kinds)
        return fits and (self.first is None or self.first <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class _PaperRow:
    text: Words
    only: frozenset[RightKind]
    when: Mapping[str, frozenset[str]]
    cites: tuple[_Cite, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of rules.yml."""

    id: str
    fact: str
    answers: Mapping[str, Finding]
    leave_out: frozenset[str]
    only: frozenset[RightKind]
    weight: Weight
    open: Weight
    cites: tuple[_Cite, ...]
    words: Mapping[Finding, Words]
    advice: Words
    papers: tuple[_PaperRow, ...] = field(default=())


@lru_cache(maxsize=1)
def load_rules(path: Path = RULES) -> tuple[Rule, ...]:
    """The rules in their order. Raises DataFileError with file, line and remedy."""
    return tuple(_rule(row) for row in rows_of(path))


def precheck(application: Application, day: date, rules: Sequence[Rule] | None = None) -> Precheck:
    """What the rules say to these facts on this day. A right that nobody named leaves every rule in."""
    kinds = application.kinds
    fitting = [r for r in rules or load_rules() if not r.only or r.only & kinds or (not kinds and not _special(r))]
    applying = [r for r in fitting if not (r.leave_out and r.leave_out & _answers(application, r.fact))]
    items = tuple(_item(rule, application, day) for rule in applying)
    papers = [p for rule in applying for p in _papers(rule, application, day)]
    return Precheck(_result(items), items, tuple(papers))


def _special(rule: Rule) -> bool:
    return not rule.only & PLEDGEABLE


def _result(items: Sequence[Item]) -> Result:
    weights = {item.weight for item in items if item.finding is not Finding.PASS}
    if Weight.STOP in weights:
        return Result.NOT_NOW
    return Result.NEEDS_WORK if Weight.WORK in weights else Result.LIKELY


def _item(rule: Rule, application: Application, day: date) -> Item:
    finding = _FACTS[rule.fact](application) if rule.fact in _FACTS else _by_answer(rule, application)
    weight = {Finding.FAIL: rule.weight, Finding.UNKNOWN: rule.open, Finding.PASS: Weight.NOTE}[finding]
    reason = {language: text.format(**_values(application, language)) for language, text in rule.words[finding].items()}
    advice = rule.advice if finding is not Finding.PASS else dict.fromkeys(rule.advice, "")
    return Item(rule.id, finding, weight, reason, advice, _citations(rule.cites, application.kinds, day))


def _papers(rule: Rule, application: Application, day: date) -> list[Paper]:
    found = []
    for row in rule.papers:
        wanted = not row.only or not application.kinds or row.only & application.kinds
        if wanted and all(_answers(application, fact) & values for fact, values in row.when.items()):
            found.append(Paper(row.text, rule.id, _citations(row.cites, application.kinds, day)))
    return found


def _citations(cites: Sequence[_Cite], kinds: frozenset[RightKind], day: date) -> tuple[Citation, ...]:
    return tuple(cite.citation for cite in cites if cite.holds(kinds, day))


def _answers(application: Application, fact: str) -> frozenset[str]:
    value = getattr(application, fact)
    if isinstance(value, frozenset):
        return frozenset(member.value for member in value)
    return frozenset({value.value}) if isinstance(value, Enum) else frozenset()


def _values(application: Application, language: str) -> dict[str, str]:
    def money(yuan: int | None) -> str:
        return amount_text(yuan, language) if yuan is not None else ""

    def years(number: float | None) -> str:
        return f"{number:g}" if number is not None else ""

    return {
        "amount": money(application.amount),
        "value": money(application.value),
        "years": years(application.loan_years),
        "left": years(application.years_left),
    }


# -- facts that are more than one answer


def _by_answer(rule: Rule, application: Application) -> Finding:
    value = getattr(application, rule.fact)
    return Finding.UNKNOWN if value is None else rule.answers.get(value.value, Finding.PASS)


def _judge(known: bool, good: bool) -> Finding:
    if not known:
        return Finding.UNKNOWN
    return Finding.PASS if good else Finding.FAIL


def _pledgeable(application: Application) -> Finding:
    return _judge(bool(application.kinds), bool(application.kinds & PLEDGEABLE))


def _term(application: Application) -> Finding:
    left, loan = application.years_left, application.loan_years
    if left is None or loan is None:
        return Finding.UNKNOWN
    return _judge(True, left >= loan)


def _amount(application: Application) -> Finding:
    amount, value = application.amount, application.value
    if amount is None or value is None:
        return Finding.UNKNOWN
    return _judge(True, amount <= value)


def _without(kind: RightKind) -> Callable[[Application], Finding]:
    return lambda application: _judge(True, kind not in application.kinds)


def _free_of(burden: Burden) -> Callable[[Application], Finding]:
    def found(application: Application) -> Finding:
        return Finding.UNKNOWN if application.burdens is None else _judge(True, burden not in application.burdens)

    return found


_FACTS: Mapping[str, Callable[[Application], Finding]] = {
    "pledgeable": _pledgeable,
    "trade_secret": _without(RightKind.TRADE_SECRET),
    "moral_right": _without(RightKind.MORAL_RIGHT),
    "term": _term,
    "amount": _amount,
    "valuation": lambda application: _judge(application.value is not None, True),
    "region": lambda application: _judge(application.region is not None, application.region != OUTSIDE),
    **{burden.value: _free_of(burden) for burden in Burden},
}


# -- reading the file


def _rule(row: Node) -> Rule:
    keys = row.mapping(_KEYS)
    fact = required(row, keys, "fact")
    if fact.text() not in _FACTS and fact.text() not in ("status", "owner", "applicant"):
        raise fact.error(f"there is no fact {fact.text()!r}", f"Use one of {', '.join(sorted(_FACTS))}, status, owner, applicant.")
    answers = keys["answers"].node if "answers" in keys else None
    return Rule(
        id=required(row, keys, "id").slug(),
        fact=fact.text(),
        answers={k.value: Node(row.path, v).one_of(Finding) for k, v in answers.value} if answers is not None else {},
        leave_out=frozenset(item.text() for item in keys["leave_out"].items()) if "leave_out" in keys else frozenset(),
        only=optional(keys, "only", _kinds, frozenset()),
        weight=required(row, keys, "weight").one_of(Weight),
        open=required(row, keys, "open").one_of(Weight),
        cites=_cites(required(row, keys, "cites")),
        words={finding: _words(required(row, keys, finding.value)) for finding in Finding},
        advice=_words(required(row, keys, "do")),
        papers=tuple(_paper(item) for item in keys["papers"].items()) if "papers" in keys else (),
    )


def _words(node: Node) -> Words:
    zh, en = node.both_languages()
    return {"zh": zh, "en": en}


def _kinds(node: Node) -> frozenset[RightKind]:
    return node.set_of(RightKind)


def _cites(node: Node) -> tuple[_Cite, ...]:
    found = []
    for item in node.items():
        keys = item.mapping({"source", "article", "only", "from", "until"})
        citation = Citation(required(item, keys, "source").slug(), optional(keys, "article", Node.text, ""))
        only: frozenset[RightKind] = optional(keys, "only", _kinds, frozenset())
        found.append(_Cite(citation, only, _day(keys, "from"), _day(keys, "until")))
    return tuple(found)


def _day(keys: dict[str, Node], name: str) -> date | None:
    return keys[name].day() if name in keys else None


def _paper(item: Node) -> _PaperRow:
    keys = item.mapping({"zh", "en", "only", "when", "cites"})
    when = keys["when"].mapping(_WHEN) if "when" in keys else {}
    return _PaperRow(
        text={language: required(item, keys, language).text() for language in ("zh", "en")},
        only=optional(keys, "only", _kinds, frozenset()),
        when={fact: frozenset(value.text() for value in node.items()) for fact, node in when.items()},
        cites=_cites(required(item, keys, "cites")),
    )
