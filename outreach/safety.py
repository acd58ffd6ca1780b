"""What is safe for a child: personal data in what a pupil types, cries for help, the age group. Data in safety.yml."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from outreach.errors import BankError

FILE = Path(__file__).with_name("safety.yml")
AGE_GROUPS = ("kids", "teens")  # 8 to 12, 13 to 18: audiences of the cards
_AGE = re.compile(
    r"(?:我(?:今年|才|刚|现在|快)?|^|[，,。；;]\s*|今年)(?P<zh>\d{1,2}|[一二三四五六七八九十]{1,3})(?:周)?岁|\bi(?:'m| am) (?P<en>\d{1,2})\b", re.I
)
_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九十")}
_KIDS, _TEENS = range(5, 13), range(13, 19)  # years of age; younger and older ones are no pupils
Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A cry for help and what is said to it, in both languages."""

    id: str
    patterns: Patterns
    reply: Mapping[str, str]


@dataclass(frozen=True)
class Safety:
    """The file, compiled."""

    hidden: str
    personal: Patterns
    ages: Mapping[str, Patterns]
    helps: tuple[HelpLine, ...]
    themes: Mapping[str, Mapping[str, str]]

    def without_personal_data(self, text: str) -> tuple[str, bool]:
        """The text with names, schools, classes, accounts, addresses and the like taken out, and whether there were any."""
        safe = text
        for pattern in self.personal:
            safe = pattern.sub(self._hide, safe)
        return safe, safe != text

    def _hide(self, match: re.Match[str]) -> str:
        return (match.groupdict().get("kept") or "") + self.hidden

    def help_for(self, text: str) -> HelpLine | None:
        """The help that a text cries for; None for an ordinary one."""
        said = unicodedata.normalize("NFKC", text)
        return next((line for line in self.helps if any(p.search(said) for p in line.patterns)), None)

    def help_line(self, help_id: str) -> HelpLine | None:
        """A help by its id."""
        return next((line for line in self.helps if line.id == help_id), None)

    def age_group(self, text: str) -> str | None:
        """`kids` or `teens` where a text says it (我十岁, 初二); None otherwise."""
        said = unicodedata.normalize("NFKC", text)
        if match := _AGE.search(said):
            years = _number(match["zh"] or match["en"])
            return "kids" if years in _KIDS else "teens" if years in _TEENS else None
        return next((group for group, patterns in self.ages.items() if any(p.search(said) for p in patterns)), None)


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.partition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else _DIGITS.get(tens, 0)) + _DIGITS.get(ones, 0)


@functools.cache
def load_safety() -> Safety:
    """The project's file, read once."""
    return read_safety(FILE)


def read_safety(path: Path) -> Safety:
    """Read a file. Raises BankError where a pattern is none or a reply lacks a language."""
    data: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    helps = tuple(HelpLine(e["id"], _patterns(path, e["id"], e["patterns"]), _both(path, e["id"], e["reply"])) for e in data["help"])
    return Safety(
        hidden=data["hidden"],
        personal=tuple(p for entry in data["personal"] for p in _patterns(path, entry["id"], entry["patterns"])),
        ages={group: _patterns(path, group, data["ages"][group]) for group in AGE_GROUPS},
        helps=helps,
        themes={name: _both(path, name, reply) for name, reply in data["themes"].items()},
    )


def _patterns(path: Path, name: str, written: list[str]) -> Patterns:
    try:
        return tuple(re.compile(pattern, re.I) for pattern in written)
    except re.error as error:
        raise BankError(f"{path.name} {name}", f"a pattern is no regular expression ({error})", "correct it") from None


def _both(path: Path, name: str, reply: Mapping[str, str]) -> Mapping[str, str]:
    if not reply.get("zh") or not reply.get("en"):
        raise BankError(f"{path.name} {name}", "a reply lacks a language", "write zh and en")
    return reply
