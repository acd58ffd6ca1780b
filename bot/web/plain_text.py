"""From a reply's plain text to paragraphs, lists and facts, for pages that are rendered here. Pure functions.

The page with JavaScript does the same in static/text.js and static/card.js.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BULLET = re.compile(r"\s*[-•·]\s+(.+)")
_NUMBER = re.compile(r"\s*(\d{1,2})(?:[.．](?!\d)|[、)）])\s*(.+)")
_FACT = re.compile(r"\s*[-•]\s*([^：:]{1,24})[：:]\s*(.*)")
_CALLOUT = re.compile(r"(下一步|注意|Next step|Next|Note)[：:]")
_BLANK_LINES = re.compile(r"\n\s*\n")
_HOTLINE = re.compile(r"(?<![\d-])(12345|12315|12348)(?![\d-])")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text; `tel`: it is a number to dial."""

    text: str
    tel: bool = False


Line = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """`p`: lines; `ul`: items; `ol`: items from `start`; `facts`: terms and values; `callout`: lines that stand out."""

    kind: str
    lines: tuple[Line, ...] = ()
    start: int = 1
    facts: tuple[tuple[str, Line], ...] = ()


def parts(text: str) -> Line:
    """A line, its hotlines apart."""
    found = [Part(piece, _HOTLINE.fullmatch(piece) is not None) for piece in _HOTLINE.split(text) if piece]
    return tuple(found)


def blocks(text: str, *, facts: bool = False) -> tuple[Block, ...]:
    """The elements of a text; with `facts`, lists of `- term: value` become terms."""
    return tuple(block for part in _BLANK_LINES.split(text) if part.strip() for block in _part(part, facts))


def _kind(row: str) -> str:
    return "ul" if _BULLET.fullmatch(row) else "ol" if _NUMBER.fullmatch(row) else "p"


def _part(text: str, facts: bool) -> list[Block]:
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    runs: list[list[str]] = []
    for row in rows:
        if runs and _kind(runs[-1][0]) == _kind(row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return [_block(run, facts) for run in runs]


def _block(run: list[str], facts: bool) -> Block:
    kind = _kind(run[0])
    if kind == "ul" and facts and all(_FACT.fullmatch(row) for row in run):
        pairs = [match.groups() for row in run if (match := _FACT.fullmatch(row))]
        return Block("facts", facts=tuple((name, parts(value)) for name, value in pairs))
    if kind == "p":
        return Block("callout" if _CALLOUT.match(run[0]) else "p", tuple(parts(row) for row in run))
    pattern = _BULLET if kind == "ul" else _NUMBER
    found = [match for row in run if (match := pattern.fullmatch(row))]
    start = int(found[0][1]) if kind == "ol" else 1
    return Block(kind, tuple(parts(match[match.re.groups].strip()) for match in found), start)
