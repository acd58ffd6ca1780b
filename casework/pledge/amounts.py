"""Amounts of money as people write them (五百万, 300万元, 一个亿, 80w), over jionlp's parser. Nothing is guessed:
五百多万 is asked back, and so are amounts that no loan has."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum

LEAST = 10_000  # below ten thousand yuan somebody has most likely left out 万
MOST = 10_000_000_000  # a hundred times the region's risk-compensation fund of 100 million
_NUMERAL = "0-9零〇一二两俩三四五六七八九十百千"
_VAGUE = "多几余来数"
_UNIT = r"(?:万亿|亿|百万|千万|百|千|万|kw|w|k)"
_AMOUNT = re.compile(
    rf"(?P<minus>[-−负])?(?:人民币|rmb|￥|¥)?\s*(?:近|约|大概|大约|差不多)?(?P<number>[{_NUMERAL}{_VAGUE}][{_NUMERAL}{_VAGUE}.,]*"
    rf"(?:\s*[-~至到]\s*[{_NUMERAL}.]+)?\s*(?:个)?(?:小目标)?(?:{_UNIT}[{_NUMERAL}{_VAGUE}]*)*)\s*(?P<yuan>元|块钱|块|人民币|yuan|rmb|cny)?"
    r"(?P<about>左右|上下|以上|以下|以内)?",
    re.IGNORECASE,
)
_ENGLISH = ((r"\s*(?:million|mio|mln)\b", "百万"), (r"\s*billion\b", "十亿"), (r"\s*thousand\b", "千"), (r"(?<=\d)\s*m\b", "百万"))
_SOMETHING_ELSE = re.compile(r"\s*(?:年|个月|月|项|件|个|份|枚|%|岁|号|盟|市|位|人|家|点)")


class AmountProblem(str, Enum):
    """Why no amount was read."""

    MISSING = "missing"
    VAGUE = "vague"
    ZERO = "zero"
    NEGATIVE = "negative"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class AmountReading:
    """Either `yuan`, or the problem; a vague amount says what it may be, from `low` to `high` yuan."""

    yuan: int | None = None
    problem: AmountProblem | None = None
    low: int | None = None
    high: int | None = None


def read_amount(text: str, *, bare: bool = True) -> AmountReading:
    """The first amount in `text`. `bare`: a number without a unit counts as yuan (the amount was asked for)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for word, sign in _ENGLISH:
        plain = re.sub(word, sign, plain, flags=re.IGNORECASE)
    reading = _first(plain, bare=False)
    return _first(plain, bare=True) if bare and reading.problem is AmountProblem.MISSING else reading


def _first(plain: str, *, bare: bool) -> AmountReading:
    for match in _AMOUNT.finditer(plain):
        number = re.sub(r"[\s,]|个(?=亿|百|千|万)|块钱", "", match["number"]).strip(".")
        has_unit = bool(re.search(r"[万亿wk]|百万|千万", number, re.IGNORECASE)) or match["yuan"]
        if not re.search(rf"[{_NUMERAL}{_VAGUE}]", number) or _SOMETHING_ELSE.match(plain[match.end() :]):
            continue
        if not has_unit and (not bare or re.fullmatch(rf"[{_VAGUE}]+", number)):
            continue
        if match["minus"]:
            return AmountReading(problem=AmountProblem.NEGATIVE)
        return _judged(_parsed(number, bool(match["about"])))
    return AmountReading(problem=AmountProblem.MISSING)


def _parsed(number: str, about: bool) -> AmountReading:
    if about or re.search(f"[{_VAGUE}~至到]|(?<=[0-9])-", number):
        low, high = _range(number)
        return AmountReading(problem=AmountProblem.VAGUE, low=low, high=high)
    number = re.sub("kw$", "千万", number.lower())
    whole, sign, rest = number.partition("亿")
    # 1亿2千万: jionlp 1.5.31 reads 220 million; its parts it reads right.
    parts = [whole + sign, rest] if sign and rest else [number]
    values = [_parse(part) for part in parts]
    if any(value is None for value in values):
        return AmountReading(problem=AmountProblem.MISSING)
    return AmountReading(yuan=int(sum((v for v in values if v is not None), Decimal(0))))


def _parse(number: str) -> Decimal | None:
    from jionlp import parse_money  # slow to import; needed only once somebody names an amount

    try:
        value = parse_money(number)["num"]
        return None if isinstance(value, list) else Decimal(value)
    except (ValueError, TypeError, KeyError, InvalidOperation, IndexError):
        return None


def _range(number: str) -> tuple[int | None, int | None]:
    from jionlp import parse_money

    try:
        value = parse_money(number.replace("来", "多").replace("至", "-").replace("到", "-"))["num"]
        low, high = value if isinstance(value, list) else (value, value)
        return int(Decimal(low)), int(Decimal(high))
    except (ValueError, TypeError, KeyError, InvalidOperation, IndexError):
        return None, None


def _judged(reading: AmountReading) -> AmountReading:
    if reading.yuan is None:
        return reading
    if reading.yuan == 0:
        return AmountReading(problem=AmountProblem.ZERO)
    if reading.yuan < LEAST:
        return AmountReading(problem=AmountProblem.TOO_SMALL, low=reading.yuan)
    if reading.yuan > MOST:
        return AmountReading(problem=AmountProblem.TOO_LARGE)
    return reading


def amount_text(yuan: int, language: str) -> str:
    """`300万元`, `1.2亿元`; `3,000,000 yuan`."""
    if language == "en":
        return f"{yuan:,} yuan"
    for unit, name in ((100_000_000, "亿元"), (10_000, "万元")):
        if yuan >= unit and (yuan * 10_000) % unit == 0:
            return f"{Decimal(yuan) / unit:f}".rstrip("0").rstrip(".") + name if (yuan % unit) else f"{yuan // unit}{name}"
    return f"{yuan:,}元"
