"""Cards: one approved, cited, dated answer each. The format is described in docs/knowledge-cards.md."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from knowledge import vocabulary as words
from knowledge.errors import CardError

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.S)
# The C loader parses the same safe subset ten times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ID = re.compile(r"[a-z][a-z-]*/[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_KEYS = frozenset(
    "id title kind audience region frame effective_from effective_until checked recheck needs top citations "
    "actions related group succeeds change_note phrasings".split()
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference to a source; `article` like "42", "42,43" or "219-1" (第二百一十九条之一)."""

    source: str
    article: str | None = None

    def article_numbers(self) -> list[int]:
        """The main article numbers named: 219-1 (第二百一十九条之一) counts as 219, the run 213-220 as its two ends."""
        found: list[int] = []
        for part in re.split(r"[,，、]", self.article or ""):
            if part.strip():
                numbers = [int(piece) for piece in part.strip().split("-")]
                found += numbers if len(numbers) > 1 and numbers[1] > numbers[0] else numbers[:1]
        return found


@dataclass(frozen=True, slots=True)
class Frame:
    """What the card is about, for follow-up questions."""

    right: str = "any"
    aspect: str = "concept"
    side: str = "any"


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that differ in one fact: `asks` names it, `value` is this card's case."""

    name: str
    asks: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `sections` maps a heading to its text; `answer` and `english` are complete on their own."""

    id: str
    title_zh: str
    title_en: str
    kind: str
    audience: tuple[str, ...]
    region: str
    frame: Frame
    effective_from: dt.date
    effective_until: dt.date | None
    checked: dt.date | None
    recheck: dt.date
    citations: tuple[Citation, ...]
    answer: str
    sections: Mapping[str, str]
    phrasings_zh: tuple[str, ...]
    phrasings_en: tuple[str, ...]
    path: Path = field(compare=False)
    needs: tuple[int, ...] = ()
    top: bool = False
    actions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    group: Group | None = None
    succeeds: str | None = None
    change_note: Mapping[str, str] = field(default_factory=dict)

    @property
    def area(self) -> str:
        return self.id.split("/")[0]

    @property
    def english(self) -> str:
        return self.sections.get("English", "")

    def holds_on(self, day: dt.date) -> bool:
        """Whether the card may be shown for a question about `day`."""
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(f"{key}:"):
            return number
    return 1


class _Reader:
    """Reads typed values from front matter and says where a bad one stands."""

    def __init__(self, path: Path, text: str, data: Mapping[str, Any]) -> None:
        self.path, self.text, self.data = path, text, data

    def fail(self, key: str, problem: str, remedy: str) -> CardError:
        return CardError(f"{self.path}:{_line_of(self.text, key)}", problem, remedy)

    def one_of(self, key: str, value: object, allowed: tuple[str, ...]) -> str:
        if value not in allowed:
            raise self.fail(key, f"{key} {value!r} is not known", f"use one of: {', '.join(allowed)}")
        return str(value)

    def day(self, key: str, optional: bool = False) -> dt.date | None:
        value = self.data.get(key)
        if value is None and optional:
            return None
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.fail(key, f"{key} is {value!r}", "write a date like 2026-11-22")
        return value

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.fail(key, f"{key} is not a list of texts", "write [a, b]; quote an entry that holds a colon or comma")
        return tuple(item.strip() for item in value)

    def both_languages(self, key: str) -> tuple[str, str]:
        value = self.data.get(key)
        if not isinstance(value, dict) or not all(isinstance(value.get(k), str) and value[k].strip() for k in ("zh", "en")):
            raise self.fail(key, f"{key} lacks a language", "write {zh: …, en: …}")
        return value["zh"].strip(), value["en"].strip()


def _body(reader: _Reader, body: str) -> tuple[str, dict[str, str]]:
    answer, *rest = re.split(r"^## +(.+)$", body, flags=re.M)
    sections = {name.strip(): text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
    for name in sections:
        if name not in words.SECTIONS:
            raise reader.fail("---", f"section {name!r} is not known", f"use one of: {', '.join(words.SECTIONS)}")
    if not answer.strip():
        raise reader.fail("---", "there is no answer before the first heading", "begin the body with the short answer")
    if not sections.get("English"):
        raise reader.fail("---", "the English answer is missing", "add a section `## English`")
    return answer.strip(), sections


def _citations(reader: _Reader) -> tuple[Citation, ...]:
    value = reader.data.get("citations")
    if not isinstance(value, list) or not value:
        raise reader.fail("citations", "the card cites nothing", "add at least one {source: …, article: …}")
    found = []
    for entry in value:
        if not isinstance(entry, dict) or "source" not in entry or set(entry) - {"source", "article"}:
            raise reader.fail("citations", "a citation is not {source, article}", 'write {source: patent-law-2020, article: "42"}')
        article = entry.get("article")
        found.append(Citation(str(entry["source"]), None if article is None else str(article)))
    return tuple(found)


def _group(reader: _Reader) -> Group | None:
    value = reader.data.get("group")
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"name", "asks", "value"}:
        raise reader.fail("group", "group is not {name, asks, value}", "see docs/knowledge-cards.md")
    asks = reader.one_of("group", value["asks"], tuple(words.ASKS))
    return Group(str(value["name"]), asks, reader.one_of("group", value["value"], words.ASKS[asks]))


def parse_card(path: Path, card_id: str, text: str) -> Card:
    """Parse one card.

    Raises CardError with file, line and remedy for the first rule that the card breaks.
    """
    match = _FRONT.match(text.replace("\r\n", "\n"))
    if match is None:
        raise CardError(f"{path}:1", "there is no front matter between two lines '---'", "see docs/knowledge-cards.md")
    try:
        data = yaml.load(match[1], Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise CardError(f"{path}:{line}", f"the front matter is no YAML ({getattr(error, 'problem', '')})",
                        "quote texts that hold ': ', '#' or a comma") from error
    if not isinstance(data, dict):
        raise CardError(f"{path}:1", "the front matter is empty", "see docs/knowledge-cards.md")
    reader = _Reader(path, text, data)
    if unknown := set(data) - _KEYS:
        key = sorted(unknown)[0]
        raise reader.fail(key, f"key {key!r} is not known", f"use only: {', '.join(sorted(_KEYS))}")
    if data.get("id") != card_id or not _ID.match(card_id):
        raise reader.fail("id", f"id {data.get('id')!r} is not the path {card_id!r}", "let id and path agree, in lower case")
    return _card(reader, card_id, match[2])


def _card(reader: _Reader, card_id: str, body: str) -> Card:
    data = reader.data
    title_zh, title_en = reader.both_languages("title")
    answer, sections = _body(reader, body)
    frame = data.get("frame")
    if not isinstance(frame, dict) or set(frame) - {"right", "aspect", "side"}:
        raise reader.fail("frame", "frame is not {right, aspect, side}", "see docs/knowledge-cards.md")
    phrasings = data.get("phrasings") or {}
    effective_from, recheck = reader.day("effective_from"), reader.day("recheck")
    assert effective_from is not None  # day() raises unless optional
    assert recheck is not None
    audience = reader.texts("audience", data.get("audience"))
    return Card(
        id=card_id,
        title_zh=title_zh,
        title_en=title_en,
        kind=reader.one_of("kind", data.get("kind"), words.KINDS),
        audience=tuple(reader.one_of("audience", item, words.AUDIENCES) for item in audience),
        region=reader.one_of("region", data.get("region"), words.REGIONS),
        frame=Frame(
            reader.one_of("frame", frame.get("right", "any"), words.RIGHTS),
            reader.one_of("frame", frame.get("aspect", "concept"), words.ASPECTS),
            reader.one_of("frame", frame.get("side", "any"), words.SIDES),
        ),
        effective_from=effective_from,
        effective_until=reader.day("effective_until", optional=True),
        checked=None if data.get("checked") in ("none", None) else reader.day("checked"),
        recheck=recheck,
        citations=_citations(reader),
        answer=answer,
        sections=sections,
        phrasings_zh=reader.texts("phrasings", phrasings.get("zh", [])),
        phrasings_en=reader.texts("phrasings", phrasings.get("en", [])),
        path=reader.path,
        needs=tuple(int(n) for n in data.get("needs") or []),
        top=bool(data.get("top", False)),
        actions=tuple(reader.one_of("actions", a, words.ACTIONS) for a in reader.texts("actions", data.get("actions") or [])),
        related=reader.texts("related", data.get("related") or []),
        group=_group(reader),
        succeeds=data.get("succeeds"),
        change_note=dict(zip(("zh", "en"), reader.both_languages("change_note"), strict=True)) if data.get("change_note") else {},
    )
