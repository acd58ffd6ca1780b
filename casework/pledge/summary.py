"""The one-page summary of an intake as a PDF with Chinese type. Pure: facts in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import yaml
from fpdf import FPDF

from casework.masking import mask_name
from casework.phones import mask_phone
from casework.pledge.identifiers import mask_code
from casework.pledge.model import Citation, Finding, Intake, Item
from casework.pledge.partners import Partner, Step
from casework.timing import SHANGHAI

_LABELS = Path(__file__).with_name("data") / "summary.yml"
_FONT_PACKAGE, _FONT_FILE = "cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf"
_WIDTH = 180  # millimetres of text on A4
_INK, _GREY = (30, 30, 30), (110, 110, 110)


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """What is printed beside the intake: the wish in words, who can help, what follows, and how a source is named."""

    wish: str
    partners: Sequence[Partner]
    steps: Sequence[Step]
    cite: Callable[[Citation], str]
    demo: str = ""


def summary_pdf(intake: Intake, facts: SummaryFacts, language: str, now: datetime) -> bytes:
    """A PDF (A4, fonts embedded as a subset) without the person's full name, phone or credit code."""
    page = _Page(labels(), language)
    page.head(intake, facts.demo)
    page.lines(_who(intake, language), facts.wish, page.say("wish"))
    page.result(intake, facts.cite)
    page.listed("papers", [f"{p.text[language]}（{_named(p.citations, facts.cite)}）" for p in intake.precheck.papers])
    page.listed("steps", [f"{s.who[language]}：{s.what[language]}（{facts.cite(s.citation)}）" for s in facts.steps])
    page.listed("partners", [partner.name[language] for partner in facts.partners])
    page.foot(now)
    return page.bytes()


@lru_cache(maxsize=1)
def labels() -> Mapping[str, Mapping[str, str]]:
    """The wording of the summary, by name and language."""
    data: Mapping[str, Mapping[str, str]] = yaml.safe_load(_LABELS.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The Chinese font of the font package. Raises FileNotFoundError with the remedy."""
    found = find_spec(_FONT_PACKAGE)
    for folder in found.submodule_search_locations or () if found else ():
        path = Path(folder) / _FONT_FILE
        if path.is_file():
            return path
    raise FileNotFoundError(f"{_FONT_FILE} is missing: install the package cvttf-NotoSansCJK-Regular")


def _who(intake: Intake, language: str) -> list[tuple[str, str]]:
    details = intake.details
    person = f"{mask_name(details.person.name)} {mask_phone(details.person.phone)}"
    company = details.company or labels()["private"][language]
    code = [("code", mask_code(details.credit_code))] if details.credit_code else []
    return [("applicant", company), *code, ("contact", person)]


def _named(citations: Sequence[Citation], cite: Callable[[Citation], str]) -> str:
    return "；".join(cite(citation) for citation in citations)


class _Page:
    """fpdf with the few shapes of this page."""

    def __init__(self, words: Mapping[str, Mapping[str, str]], language: str) -> None:
        self._words, self._language = words, language
        self._pdf = FPDF(format="A4")
        self._pdf.set_margins(15, 12)
        self._pdf.set_auto_page_break(True, 10)
        self._pdf.add_page()
        self._pdf.add_font("cjk", "", str(font_file()))
        self._pdf.set_title(words["title"][language])
        self._pdf.set_lang("en" if language == "en" else "zh-CN")

    def say(self, name: str) -> str:
        return self._words[name][self._language]

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def _text(self, text: str, size: float = 8.5, colour: tuple[int, int, int] = _INK, indent: float = 0) -> None:
        self._pdf.set_font("cjk", size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.set_x(15 + indent)
        self._pdf.multi_cell(_WIDTH - indent, size * 0.5, text, new_x="LMARGIN", new_y="NEXT", align="L")

    def _heading(self, text: str) -> None:
        self._pdf.ln(1.5)
        self._text(text, 10.5)
        self._pdf.set_draw_color(*_GREY)
        self._pdf.line(15, self._pdf.get_y(), 15 + _WIDTH, self._pdf.get_y())
        self._pdf.ln(1)

    def head(self, intake: Intake, demo: str) -> None:
        self._text(self.say("title"), 15)
        when = intake.created_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        parts = {"reference": intake.reference, "submitted": when, "checked": intake.checked_on.isoformat()}
        self._text("    ".join(f"{self.say(name)}：{value}" for name, value in parts.items()), 9.5)
        if demo:
            self._text(demo, 8.5, (180, 40, 40))

    def lines(self, pairs: Sequence[tuple[str, str]], wish: str, wish_label: str) -> None:
        for name, value in pairs:
            self._text(f"{self.say(name)}：{value}", 9)
        self._text(f"{wish_label}：{wish}", 9)

    def result(self, intake: Intake, cite: Callable[[Citation], str]) -> None:
        checked = intake.precheck
        self._heading(f"{self.say('result')}：{self.say(checked.result.value)}")
        for item in (*checked.open_items, *(i for i in checked.items if i.finding is Finding.PASS)):
            self._item(item, cite)
        self._text(self.say("notice"), 7.5, _GREY)

    def _item(self, item: Item, cite: Callable[[Citation], str]) -> None:
        mark = self.say(item.finding.value)
        self._text(f"【{mark}】{item.reason[self._language]}（{_named(item.citations, cite)}）", 8)
        if item.advice[self._language]:
            self._text(f"{self.say('advice')}：{item.advice[self._language]}", 7.5, _GREY, indent=6)

    def listed(self, name: str, rows: Sequence[str]) -> None:
        if rows:
            self._heading(self.say(name))
        for number, row in enumerate(rows, 1):
            self._text(f"{number}. {row}", 8)

    def foot(self, now: datetime) -> None:
        self._pdf.ln(1)
        self._text(now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"), 7, _GREY)
