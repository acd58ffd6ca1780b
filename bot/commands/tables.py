"""Tables for officers: Chinese titles and values from office.yml, aligned by the width that a terminal gives them."""

from __future__ import annotations

import functools
import getpass
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from casework.regions import region_of

WORDS = Path(__file__).with_name("office.yml")
_GAP = "  "


@functools.cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Titles of columns, and of values by column."""
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


def actor() -> str:
    """Who is at the terminal, for the audit trail."""
    return getpass.getuser()


def title(column: str) -> str:
    return words()["columns"].get(column, column)


def shown(column: str, value: str) -> str:
    """A code in words; anything else as it is."""
    if column == "region" and value:
        try:
            return region_of(value).zh
        except KeyError:
            return value
    return words().get(column, {}).get(value, value) if column != "columns" else value


def translated(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows with codes in words."""
    return [[shown(column, cell) for column, cell in zip(columns, row, strict=True)] for row in rows]


def width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def laid_out(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with Chinese titles, one row a line."""
    head = [title(column) for column in columns]
    body = [[printable(cell) for cell in row] for row in translated(columns, rows)]
    widths = [max(width(row[n]) for row in (head, *body)) for n in range(len(head))]
    lines = [_GAP.join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip() for row in (head, *body)]
    return "\n".join(lines)


def printable(text: str) -> str:
    """One line without control characters: what citizens wrote must not move an officer's cursor."""
    return "".join(" " if c in "\r\n\t" else c for c in text if c in "\r\n\t" or unicodedata.category(c)[0] != "C")
