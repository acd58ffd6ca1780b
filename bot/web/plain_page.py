"""The page without JavaScript as text: a pure function of what was said."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from bot.web.plain_text import Block, blocks
from knowledge.text import language_of

_WORDS = Path(__file__).with_name("plain.yml")
_TEMPLATES = Path(__file__).with_name("templates")
_REASONS = ("off_topic", "outdated", "unclear", "incomplete")
Entry = Mapping[str, Any]  # as in the chat API's history


@dataclass(frozen=True, slots=True)
class PlainPage:
    """What the page shows. `entries` as in the chat API's history; the last of the bot's are the present ones."""

    language: str
    sheet: str
    entries: Sequence[Entry] = ()
    outcome: str | None = None
    form: Mapping[str, Any] | None = None
    csrf: str = ""
    client_id: str = ""
    draft: str = ""
    trouble: str = ""
    notice: str = ""
    demo: bool = False
    elder: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """One message, ready for the template; only present ones have buttons."""

    message: Mapping[str, Any]
    lead: str
    blocks: tuple[Block, ...]
    present: bool
    language: str
    buttons: Sequence[Mapping[str, str]]


@functools.cache
def words(language: str) -> Mapping[str, str]:
    """The page's own words in one language."""
    data = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {name: str(both["en" if language == "en" else "zh"]) for name, both in data.items()}


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render(page: PlainPage) -> str:
    """The whole page as HTML."""
    last = max((n for n, entry in enumerate(page.entries) if entry["from"] == "user"), default=-1)
    rows = [entry if entry["from"] == "user" else _row(entry["message"], n > last) for n, entry in enumerate(page.entries)]
    template = _environment().get_template("plain.html")
    return template.render(page=page, rows=rows, last=last, w=words(page.language), reasons=_REASONS, held=held, tongue=tongue)


def render_error(sheet: str, language: str, sentence: str) -> str:
    """A page that says what went wrong, and leads back."""
    return _environment().get_template("error.html").render(sheet=sheet, language=language, sentence=sentence, w=words(language))


def page_from(template: str, language: str, sheet: str, **values: Any) -> str:
    """Another page in the same frame."""
    return _environment().get_template(template).render(sheet=sheet, language=language, w=words(language), **values)


def tongue(text: str) -> str:
    """The language of a text, for fonts and screen readers."""
    return {"zh": "zh-CN", "en": "en", "mn": "mn"}.get(language_of(text), "zh-CN")


def held(cited: Mapping[str, Any], w: Mapping[str, str]) -> str:
    """From when until when a source holds; empty when that is not known."""
    days = {"from": cited.get("effective_from"), "until": cited.get("effective_until")}
    if not any(days.values()):
        return ""
    return w["from_until" if all(days.values()) else "from" if days["from"] else "until"].format(**days)


def _row(sent: Mapping[str, Any], present: bool) -> _Row:
    message: dict[str, Any] = {"understood": None, "reference": None, "links": (), **sent}
    message["citations"] = [{"url": None, **cited} for cited in sent["citations"]]
    text, kind = message["text"], message["kind"]
    first, _, rest = text.partition("\n")
    leads = kind in ("answer", "review", "receipt") and not first.lstrip().startswith(("-", "•"))
    body = blocks(rest if leads else text, facts=kind in ("review", "receipt"))
    buttons = [b for b in message["buttons"] if b["id"] and b["title"]] if present else []
    return _Row(message, first if leads else "", body, present, tongue(text), buttons)


__all__ = ["PlainPage", "held", "page_from", "render", "render_error", "tongue", "words"]
