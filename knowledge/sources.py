"""The registry of sources: which laws, documents and pages a card may cite, and when they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import CardError

REGISTRY = Path(__file__).with_name("sources.yml")


@dataclass(frozen=True, slots=True)
class Source:
    """One citable source. `effective_until` is exclusive; `articles` is (first, last) or None."""

    id: str
    title_zh: str
    title_en: str
    kind: str
    version: str = ""
    articles: tuple[int, int] | None = None
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    page: str | None = None
    note: str = ""
    checked: dt.date | None = None

    def holds_throughout(self, start: dt.date, end: dt.date | None) -> bool:
        """Whether the source is in force on every day of [start, end) (end None: open)."""
        if self.effective_from is not None and start < self.effective_from:
            return False
        if self.effective_until is None:
            return True
        return end is not None and end <= self.effective_until


def _source(entry: Mapping[str, Any]) -> Source:
    articles = entry.get("articles")
    return Source(
        id=entry["id"],
        title_zh=entry["title"]["zh"],
        title_en=entry["title"]["en"],
        kind=entry["kind"],
        version=str(entry.get("version", "")),
        articles=(articles[0], articles[1]) if articles else None,
        effective_from=entry.get("effective_from"),
        effective_until=entry.get("effective_until"),
        page=entry.get("page"),
        note=entry.get("note", ""),
        checked=entry.get("checked"),
    )


def load_sources(path: Path = REGISTRY) -> dict[str, Source]:
    """Read the registry.

    Raises CardError when the file is not the registry's form or names an id twice.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        found = [_source(entry) for entry in entries]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise CardError(str(path), f"not a source registry ({type(error).__name__})", "see docs/knowledge-cards.md") from error
    registry = {source.id: source for source in found}
    if len(registry) != len(found):
        twice = next(s.id for i, s in enumerate(found) if s.id in {f.id for f in found[:i]})
        raise CardError(str(path), f"source id {twice!r} stands twice", "give each source its own id")
    return registry
