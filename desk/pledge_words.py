"""Pre-check, checklist and steps in words: from the rules' own sentences and the registry of sources."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from casework.pledge import PledgeService
from casework.pledge.amounts import amount_text
from casework.pledge.model import Application, Citation, Finding, Intake, Item, Paper, Precheck, Weight
from casework.pledge.partners import Partner, Step
from casework.pledge.records import application_of
from casework.pledge.summary import SummaryFacts
from casework.regions import region_of
from desk.pledge_hearing import UNKNOWN, joined, shown, vocabulary, word
from knowledge.answerer import Cited
from knowledge.sources import Source, load_sources

NO_BURDEN = "none"


@functools.cache
def _sources() -> Mapping[str, Source]:
    return load_sources()


def _title(source: Source, language: str) -> str:
    if language == "en":
        return source.title_en
    # The supplement's headline is longer than the sentence it supports.
    return "2023年知识产权宣传周专版" if source.kind == "newspaper" else f"《{source.title_zh}》"


def _article(article: str, language: str) -> str | None:
    if not article:
        return None
    parts = article.split(",")
    return f"Art. {', '.join(parts)}" if language == "en" else "第" + "、".join(parts) + "条"


def cite(citation: Citation, language: str) -> str:
    """`《专利法》第43、44条`; `Patent Law Art. 43, 44`."""
    source = _sources()[citation.source]
    article = _article(citation.article, language)
    gap = " " if language == "en" else ""
    return _title(source, language) + (gap + article if article else "")


def cited(items: Sequence[Item], language: str) -> tuple[Cited, ...]:
    """The sources of these items, each once, articles together, in the order of the rules."""
    articles: dict[str, list[str]] = {}
    for item in items:
        for citation in item.citations:
            known = articles.setdefault(citation.source, [])
            known += [a for a in citation.article.split(",") if a and a not in known]
    found = []
    for name, numbers in articles.items():
        source = _sources()[name]
        title = source.title_en if language == "en" else f"《{source.title_zh}》（{source.version}）"
        article = _article(",".join(sorted(numbers, key=int)), language)
        found.append(Cited(title, article, source.page, source.effective_from, source.effective_until))
    return tuple(found)


def application_from(fields: Mapping[str, Any]) -> Application:
    """The form's fields as facts; 不清楚 becomes None."""

    def known(name: str) -> Any:
        value = fields.get(name)
        return None if value == UNKNOWN else value

    burdens = known("p_burdens")
    return application_of(
        {
            "kinds": known("p_kinds"),
            "status": known("p_status"),
            "owner": known("p_owner"),
            "burdens": burdens if burdens is None else [b for b in burdens if b != NO_BURDEN],
            "applicant": known("p_applicant"),
            "region": known("p_region"),
            "amount": known("p_amount"),
            "loan_years": known("p_years"),
            "years_left": known("p_left"),
            "value": known("p_value"),
            "count": fields.get("p_count"),
        }
    )


def value_text(name: str, value: Any, language: str) -> str:
    """A field's value as it is said back."""
    if value in (None, UNKNOWN, "-"):
        return word("unknown", language)
    if name == "p_region":
        region = None if value == "outside" else region_of(value)
        return word("outside", language) if region is None else region.en if language == "en" else region.zh
    if name in ("p_amount", "p_value"):
        return amount_text(int(value), language)
    if name in ("p_years", "p_left"):
        return str(vocabulary()["titles"]["sentences"]["years"][language].format(n=f"{value:g}"))
    group = name.removeprefix("p_")
    values = value if isinstance(value, list) else [value]
    return joined([shown(group, v, language) for v in values], language)


def wish_text(application: Application, language: str) -> str:
    """`以3项发明专利质押，借300万元，3年`."""
    words = vocabulary()["titles"]["sentences"]
    kinds = [kind for kind in vocabulary()["titles"]["kinds"] if kind in {k.value for k in application.kinds}]
    amount, years = application.amount, application.loan_years
    return str(
        words["wish"][language].format(
            count=words["count"][language].format(n=application.count) if application.count else "",
            kinds=joined([shown("kinds", kind, language) for kind in kinds], language),
            amount=amount_text(amount, language) if amount is not None else words["open_amount"][language],
            years=words["years"][language].format(n=f"{years:g}") if years is not None else words["open_years"][language],
        )
    )


def precheck_text(checked: Precheck, language: str) -> str:
    """Every item with its reason: what is open first, with what to do, then what is in order."""
    lines = [_open_item(number, item, language) for number, item in enumerate(checked.open_items, 1)]
    passed = [item.reason[language] for item in checked.items if item.finding is Finding.PASS]
    if passed:
        lines.append(f"{word('passed', language)}{_colon(language)}{('; ' if language == 'en' else '；').join(passed)}")
    return "\n".join(lines)


def _open_item(number: int, item: Item, language: str) -> str:
    mark = shown("weight", "stop", language) if item.weight is Weight.STOP else shown("finding", item.finding.value, language)
    sources = joined([cite(c, language) for c in item.citations], language)
    shape = "{}. [{}] {}{}" if language == "en" else "{}.【{}】{}{}"
    cites = "" if not sources else f" ({sources})" if language == "en" else f"（{sources}）"
    head = shape.format(number, mark, item.reason[language], cites)
    return f"{head}\n   {word('advice', language)}{_colon(language)}{item.advice[language]}"


def papers_text(papers: Sequence[Paper], language: str) -> str:
    """The checklist, cited."""
    return "\n".join(f"- {p.text[language]}（{joined([cite(c, language) for c in p.citations], language)}）" for p in papers)


def steps_text(steps: Sequence[Step], language: str) -> str:
    """Who does what."""
    return "\n".join(f"{n}. {s.who[language]}{_colon(language)}{s.what[language]}" for n, s in enumerate(steps, 1))


def partners_text(partners: Sequence[Partner], language: str) -> str:
    """Names of banks and agencies."""
    return joined([partner.name[language] for partner in partners], language)


def summary_facts(intake: Intake, service: PledgeService, language: str, *, demo: bool) -> SummaryFacts:
    """What the printed summary shows beside the intake itself."""
    application = intake.details.application
    return SummaryFacts(
        wish=wish_text(application, language),
        partners=service.partners(application),
        steps=service.directory.steps,
        cite=lambda citation: cite(citation, language),
        demo=str(vocabulary()["titles"]["sentences"]["demo"][language]) if demo else "",
    )


def _colon(language: str) -> str:
    return ": " if language == "en" else "："
