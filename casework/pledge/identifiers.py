"""Numbers that identify companies and rights, checked by their own rules; an error is explained, never repaired.

Credit codes: GB 32100-2015, through python-stdnum. Patent application numbers: the check digit of ZC 0006-2003,
weights 2..9, 2..5, modulo 11. Trademark, software and work registrations have no check digit: by form only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

CODE_LENGTH = 18
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I, O, S, V, Z
_CODE_DIGITS = 8  # the authority, the category and the six digits of the region
_CODE_LIKE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:[ \-]?[0-9A-Za-z]){11,24}(?![0-9A-Za-z])")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_PATENT = re.compile(
    r"(?<![0-9A-Z])(?:ZL|CN)?\s*(?:(20[0-9]{2}\s?[0-9]{8})|([089][0-9][0-9]{6}))\s?\.?\s?([0-9X])(?![0-9A-Z])"
)
_PATENT_LIKE = re.compile(r"(?:ZL|CN)\s*[0-9 .]{5,}[0-9X]?|(?<![0-9A-Z])20[0-9]{8,12}\.?[0-9X]?(?![0-9A-Z])|[0-9]{7,}\.[0-9X]")
_SOFTWARE = re.compile(r"(?<![0-9A-Z])20[0-9]{2}\s?SR\s?[0-9]{6,7}(?![0-9])|软著(?:登|变补)字第?\s?[0-9]{6,8}号?")
_WORK = re.compile(r"[一-龥]作登字\s?-?\s?[12][0-9]{3}\s?-?\s?[A-L]\s?-?\s?[0-9]{6,8}")
_TRADEMARK = re.compile(r"(?<![0-9A-Z.])(?:第\s?)?(G?[0-9]{4,8}[A-Z]?)\s?(?:号)?(?![0-9A-Z.])")


class CodeProblem(str, Enum):
    """Why a credit code was not accepted."""

    MISSING = "missing"
    LENGTH = "length"
    CHARACTER = "character"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A credit code, or the problem: `character` at `position` (from 1) is impossible, or `length` is wrong."""

    code: str | None = None
    problem: CodeProblem | None = None
    position: int | None = None
    character: str | None = None
    length: int | None = None


class NumberProblem(str, Enum):
    """Why a number of a right was not accepted."""

    MISSING = "missing"
    FORM = "form"
    CHECK = "check"
    YEAR = "year"
    KIND = "kind"


class NumberKind(str, Enum):
    """Which register a number belongs to."""

    PATENT = "patent"
    TRADEMARK = "trademark"
    SOFTWARE = "software"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class RightNumber:
    """A number of a right in its usual form; `filed` is the year in it, where it has one."""

    kind: NumberKind
    text: str
    filed: int | None = None


@dataclass(frozen=True, slots=True)
class NumberReading:
    """The numbers that were read, or the problem of the first bad one (`shown`, as it was typed)."""

    numbers: tuple[RightNumber, ...] = ()
    problem: NumberProblem | None = None
    shown: str = ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def read_credit_code(text: str) -> CodeReading:
    """A unified social credit code in what somebody typed; blanks and hyphens are allowed, nothing is repaired."""
    match = _CODE_LIKE.search(_plain(text))
    if match is None:
        return CodeReading(problem=CodeProblem.MISSING)
    code = re.sub(r"[ \-]", "", match[0])
    for place, character in enumerate(code[:CODE_LENGTH], 1):
        if character not in (_CODE_ALPHABET if place > _CODE_DIGITS else "0123456789"):
            return CodeReading(problem=CodeProblem.CHARACTER, position=place, character=character, length=len(code))
    if len(code) != CODE_LENGTH:
        return CodeReading(problem=CodeProblem.LENGTH, length=len(code))
    try:
        return CodeReading(uscc.validate(code))
    except InvalidChecksum:
        return CodeReading(problem=CodeProblem.CHECK, position=CODE_LENGTH, character=code[-1], length=CODE_LENGTH)
    except ValidationError:  # every other error of stdnum is found above; kept for its next version
        return CodeReading(problem=CodeProblem.LENGTH, length=len(code))


def mask_code(code: str) -> str:
    """`9115************8X`: enough to recognise one's own."""
    return f"{code[:4]}{'*' * (len(code) - 6)}{code[-2:]}" if len(code) > 8 else "*" * len(code)


def patent_check_digit(body: str) -> str:
    """The check digit of the 8 (old) or 12 (new) digits of an application number."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=False)) % 11
    return "X" if total == 10 else str(total)


def read_numbers(text: str, this_year: int) -> NumberReading:
    """Every number of a right in `text`: patents with their check digit, the others by form. The problem is that of
    the first number that looks like one and is none."""
    plain = _plain(text)
    found: list[tuple[int, RightNumber]] = []
    rest = plain
    for pattern, kind in ((_SOFTWARE, NumberKind.SOFTWARE), (_WORK, NumberKind.WORK)):
        found += [(m.start(), RightNumber(kind, re.sub(r"\s", "", m[0]))) for m in pattern.finditer(rest)]
        rest = pattern.sub(lambda m: "#" * len(m[0]), rest)
    for match in _PATENT.finditer(rest):
        body = re.sub(r"\s", "", match[1] or match[2])
        problem, year = _patent_problem(body, match[3], this_year)
        if problem is not None:
            return NumberReading(problem=problem, shown=match[0].strip())
        found.append((match.start(), RightNumber(NumberKind.PATENT, f"{body}.{match[3]}", year)))
    rest = _PATENT.sub(lambda m: "#" * len(m[0]), rest)
    if wrong := _PATENT_LIKE.search(rest):
        return NumberReading(problem=NumberProblem.FORM, shown=wrong[0].strip())
    found += [(m.start(), RightNumber(NumberKind.TRADEMARK, m[1])) for m in _TRADEMARK.finditer(rest)]
    if not found:
        wrong_form = re.search(r"[0-9A-Z]{3,}", rest)
        return NumberReading(problem=NumberProblem.FORM if wrong_form else NumberProblem.MISSING, shown=wrong_form[0] if wrong_form else "")
    return NumberReading(tuple(number for _, number in sorted(found, key=lambda pair: pair[0])))


def _patent_problem(body: str, check: str, this_year: int) -> tuple[NumberProblem | None, int]:
    new = len(body) == 12
    short = int(body[:2])
    year = int(body[:4]) if new else (1900 + short if short >= 85 else 2000 + short)
    if patent_check_digit(body) != check:
        return NumberProblem.CHECK, year
    if not (2003 <= year <= this_year if new else (short >= 85 or short <= 3)):
        return NumberProblem.YEAR, year
    if body[4 if new else 2] not in "12389":  # 1 invention, 2 utility model, 3 design, 8 and 9 entered through PCT
        return NumberProblem.KIND, year
    return None, year
