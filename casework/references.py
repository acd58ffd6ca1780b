"""Case references: `WQ-482-719-365` (consultation), `ZY-…` (intake), `LY-…` (enquiry).

Eight random digits and one check digit (Damm's quasigroup, through python-stdnum: finds every single
wrong digit and every swap of neighbours). The kind takes part in the check, so a reference read out with
the wrong letters is refused, and bare digits tell their kind.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from stdnum import damm

from casework.cases import CaseKind

_PREFIXES = {CaseKind.CONSULTATION: "WQ", CaseKind.INTAKE: "ZY", CaseKind.ENQUIRY: "LY"}
_KIND_DIGITS = {CaseKind.CONSULTATION: "1", CaseKind.INTAKE: "2", CaseKind.ENQUIRY: "3"}
_RANDOM_DIGITS = 8
_LENGTH = _RANDOM_DIGITS + 1
_NUMERALS = str.maketrans("〇零一幺二两三四五六七八九", "0011223456789")
_SEPARATORS = r"[\s\-‐‑‒–—―−_.·,，、:：]*"
_MARKED = re.compile(rf"(?<![A-Z])(WQ|ZY|LY){_SEPARATORS}((?:[0-9]{_SEPARATORS}){{3,}})(?![0-9])", re.IGNORECASE)
# Nine digits that end where a group ends; what follows (last digits, a phone) is not part of them.
_WHOLE = re.compile(rf"(?:[0-9]{_SEPARATORS}){{{_LENGTH - 1}}}[0-9](?![0-9])")
_BARE = re.compile(rf"(?:[0-9]{_SEPARATORS}){{{_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A well-formed reference; whether such a case exists is another question."""

    kind: CaseKind
    text: str


class ReferenceProblem(str, Enum):
    """Why no reference was read."""

    MISSING = "missing"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CHECK_DIGIT = "check_digit"


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """Either a reference, or the problem."""

    reference: Reference | None = None
    problem: ReferenceProblem | None = None


def new_reference(kind: CaseKind, random_below: Callable[[int], int] = secrets.randbelow) -> Reference:
    """A fresh random reference; the store refuses the rare one that exists already."""
    body = str(random_below(10**_RANDOM_DIGITS)).zfill(_RANDOM_DIGITS)
    return _reference(kind, body + _check_digit(kind, body))


def read_reference(text: str) -> ReferenceReading:
    """Find a reference in what somebody typed: any case, full width, with or without hyphens or blanks,
    inside a sentence; bare digits only when they are the whole text."""
    plain = unicodedata.normalize("NFKC", text).translate(_NUMERALS).strip()
    problem = ReferenceProblem.MISSING
    for letters, spaced in _MARKED.findall(plain):
        reading = _judged(letters.upper(), spaced)
        if reading.reference is not None:
            return reading
        problem = reading.problem or problem
    if _BARE.fullmatch(plain):
        return _bare(re.sub(r"[^0-9]", "", plain))
    return ReferenceReading(problem=problem)


def parse_reference(text: str) -> Reference | None:
    """The reference in `text`, or None (see `read_reference` for why)."""
    return read_reference(text).reference


def _check_digit(kind: CaseKind, body: str) -> str:
    return str(damm.calc_check_digit(_KIND_DIGITS[kind] + body))


def _valid(kind: CaseKind, digits: str) -> bool:
    return bool(damm.is_valid(_KIND_DIGITS[kind] + digits))


def _judged(letters: str, spaced: str) -> ReferenceReading:
    kind = next(kind for kind, prefix in _PREFIXES.items() if prefix == letters)
    whole = _WHOLE.match(spaced)
    digits = re.sub(r"[^0-9]", "", whole.group() if whole else spaced)
    if len(digits) != _LENGTH:
        short = len(digits) < _LENGTH
        return ReferenceReading(problem=ReferenceProblem.TOO_SHORT if short else ReferenceProblem.TOO_LONG)
    if not _valid(kind, digits):
        return ReferenceReading(problem=ReferenceProblem.CHECK_DIGIT)
    return ReferenceReading(_reference(kind, digits))


def _bare(digits: str) -> ReferenceReading:
    for kind in _PREFIXES:
        if _valid(kind, digits):
            return ReferenceReading(_reference(kind, digits))
    return ReferenceReading(problem=ReferenceProblem.CHECK_DIGIT)


def _reference(kind: CaseKind, digits: str) -> Reference:
    groups = (digits[:3], digits[3:6], digits[6:])
    return Reference(kind, "-".join((_PREFIXES[kind], *groups)))
