"""Themes that are refused or signposted: data, decided before retrieval."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.errors import CardError
from knowledge.text import normalise

THEMES = Path(__file__).with_name("themes.yml")
OUTCOMES = ("refused", "signposted", "out_of_scope")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme with its own reply in both languages."""

    id: str
    outcome: str
    patterns: tuple[re.Pattern[str], ...]
    reply_zh: str
    reply_en: str

    def matches(self, normalised: str) -> bool:
        return any(pattern.search(normalised) for pattern in self.patterns)


def parse_themes(path: Path) -> tuple[Theme, ...]:
    """Read a themes file; raises CardError when an entry lacks a language or has a bad pattern."""
    found = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["themes"]:
        if entry["outcome"] not in OUTCOMES:
            raise CardError(str(path), f"outcome {entry['outcome']!r} of theme {entry['id']}", f"use one of {', '.join(OUTCOMES)}")
        try:
            patterns = tuple(re.compile(p, re.I) for p in entry["patterns"])
        except re.error as error:
            raise CardError(str(path), f"a pattern of theme {entry['id']} is no regular expression ({error})", "correct it") from error
        reply = entry.get("reply") or {}
        if not reply.get("zh") or not reply.get("en"):
            raise CardError(str(path), f"theme {entry['id']} lacks a language", "write reply {zh: …, en: …}")
        found.append(Theme(entry["id"], entry["outcome"], patterns, reply["zh"], reply["en"]))
    return tuple(found)


@functools.cache
def load_themes() -> tuple[Theme, ...]:
    """The project's themes, read once."""
    return parse_themes(THEMES)


def theme_of(text: str, themes: tuple[Theme, ...]) -> Theme | None:
    """The first theme that the text belongs to; None for an ordinary question."""
    normalised = normalise(text)
    return next((theme for theme in themes if theme.matches(normalised)), None)
