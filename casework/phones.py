"""Phone numbers as people type them, over Google's numbering plans (phonenumbers).

Mobile and landline numbers of the mainland, with or without +86, blanks, hyphens, full-width or Chinese
digits; foreign numbers only with a leading `+`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

import phonenumbers
from phonenumbers import PhoneNumberType as Kind

_CHINESE_DIGITS = str.maketrans("〇零○幺一二两三四五六七八九", "00011223456789")
_CHINESE_RUN = re.compile(r"[〇零○幺一二两三四五六七八九][〇零○幺一二两三四五六七八九\s\-]{5,}")
_GAP = r"[ \-‐‑–—().]?"
# A number starts and ends where no digit, letter or decimal point continues it: the 12 digits of an
# application number (202310123456.7), ZL numbers and credit codes are never cut into a phone.
_BEFORE = r"(?<![0-9A-Za-z.])(?<![0-9][ \-])(?<![Zz][Ll][ \-])"
_AFTER = r"(?![0-9A-Za-z]|\.[0-9]|[ \-][0-9])"
_COUNTRY = rf"(?:(?:\+|00){_GAP}86{_GAP}|86{_GAP}(?=1[3-9]))?"
_MOBILE = rf"{_COUNTRY}1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
_SPELT_OUT = rf"{_COUNTRY}1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}"
_LANDLINE = rf"(?:(?:\+|00){_GAP}86{_GAP}0?|\(?0)(?:10|2[0-9]|[3-9][0-9]{{2}})\)?{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}"
_FOREIGN = r"\+(?!86)[1-9](?:[ \-()]?[0-9]){6,13}"
_CANDIDATE = re.compile(f"{_BEFORE}(?:{_MOBILE}|{_LANDLINE}|{_SPELT_OUT}|{_FOREIGN}){_AFTER}")
_NOT_A_PHONE = re.compile(
    r"(?:申请号|专利号|公开号|公告号|注册号|登记号|证书号|受理号|案号|文号|信用代码|编号|ZL)\s*(?:是|为|[:：])?\s*(?:第)?\s*$",
    re.IGNORECASE,
)
# Application numbers with their check digit, ZL numbers, credit codes, registration numbers with letters.
_OTHER_NUMBER = re.compile(r"[0-9]{7,}\.[0-9X](?![0-9])|ZL[0-9 ]{8,}|(?=[0-9A-Z]*[A-Z])[0-9][0-9A-Z]{9,}", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x)\s*[0-9]{1,6}$", re.IGNORECASE)


class PhoneProblem(str, Enum):
    """Why a phone number was not accepted."""

    MISSING = "missing"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    MISSING_AREA_CODE = "missing_area_code"
    UNKNOWN_PREFIX = "unknown_prefix"
    SERVICE_NUMBER = "service_number"
    OTHER_NUMBER = "other_number"
    NOT_REACHABLE = "not_reachable"


class PhoneKind(str, Enum):
    """What kind of line it is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number. `e164` is for storing and comparing (`+8613800138000`)."""

    e164: str
    kind: PhoneKind

    @property
    def last4(self) -> str:
        return self.e164[-4:]

    @property
    def masked(self) -> str:
        return mask_phone(self.e164)


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """Either a phone, or the problem."""

    phone: Phone | None = None
    problem: PhoneProblem | None = None


def read_phone(text: str) -> PhoneReading:
    """Read the answer to "your phone number?": a number alone, or one inside a sentence."""
    found = find_phone(text)
    if found is not None:
        return PhoneReading(found)
    return PhoneReading(problem=_problem(_plain(text)))


def find_phone(text: str) -> Phone | None:
    """The first phone number in a longer text; application, patent, registration and credit code numbers
    are never taken for one."""
    plain = _plain(text)
    for match in _CANDIDATE.finditer(plain):
        phone = _judged(match.group()) if _is_wanted(plain, match) else None
        if phone is not None:
            return phone
    return None


def mask_phone(e164: str) -> str:
    """`138****5678`, `0471****567` for landlines, `+1****4567` for foreign ones; empty stays empty."""
    if not e164:
        return ""
    national = e164[3:] if e164.startswith("+86") else e164
    if e164.startswith("+86") and len(national) == 11 and national.startswith("1"):
        return f"{national[:3]}****{national[-4:]}"
    if e164.startswith("+86"):
        area = national[:2] if national[0] in "12" else national[:3]
        return f"0{area}****{national[-4:]}"
    return f"{national[:3]}****{national[-4:]}"


def mask_phones_in(text: str, replacement: str) -> str:
    """`text` with every phone number replaced; lengths of other parts are kept."""
    plain = _plain(text)
    if len(plain) != len(text):
        text = plain
    pieces, last = [], 0
    for match in _CANDIDATE.finditer(plain):
        if _is_wanted(plain, match) and _judged(match.group()) is not None:
            pieces += [text[last : match.start()], replacement]
            last = match.end()
    return "".join([*pieces, text[last:]])


def last_digits(text: str) -> str | None:
    """The four digits in the answer to "the last four digits?", or those of a whole number; else None."""
    found = find_phone(text)
    if found is not None:
        return found.last4
    plain = unicodedata.normalize("NFKC", text).translate(_CHINESE_DIGITS)
    groups = re.findall(r"(?<![0-9])[0-9](?:\s?[0-9]){3}(?![0-9])", plain)
    return re.sub(r"\s", "", groups[0]) if len(groups) == 1 else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return _CHINESE_RUN.sub(lambda run: run.group().translate(_CHINESE_DIGITS), folded)


def _is_wanted(plain: str, match: re.Match[str]) -> bool:
    return not _NOT_A_PHONE.search(plain[max(0, match.start() - 12) : match.start()])


def _judged(candidate: str) -> Phone | None:
    try:
        number = phonenumbers.parse(candidate, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code != 86:
        return Phone(e164, PhoneKind.FOREIGN)
    kind = phonenumbers.number_type(number)
    if kind == Kind.MOBILE:
        return Phone(e164, PhoneKind.MOBILE)
    return Phone(e164, PhoneKind.LANDLINE) if kind in (Kind.FIXED_LINE, Kind.FIXED_LINE_OR_MOBILE) else None


def _problem(plain: str) -> PhoneProblem:
    if _OTHER_NUMBER.search(plain):
        return PhoneProblem.OTHER_NUMBER
    core = _EXTENSION.sub("", plain)
    runs = re.findall(r"[0-9](?:[ \-]?[0-9])*", core)
    digits = max((re.sub(r"\D", "", run) for run in runs), key=len, default="")
    if not digits:
        return PhoneProblem.MISSING
    digits = digits[2:] if digits.startswith("86") and len(digits) > 11 else digits
    if re.fullmatch(r"1(?:10|19|20|22)|12\d{3}|9\d{4}|400\d{7}|800\d{7}", digits):
        return PhoneProblem.SERVICE_NUMBER
    if len(digits) in (7, 8) and digits[0] in "23456789":
        return PhoneProblem.MISSING_AREA_CODE
    if len(digits) < 11 and not (digits.startswith("0") and len(digits) >= 10):
        return PhoneProblem.TOO_SHORT
    if len(digits) > (12 if digits.startswith("0") else 11):
        return PhoneProblem.TOO_LONG
    if digits[0] not in "01" or digits.startswith(("10", "11", "12")):
        return PhoneProblem.UNKNOWN_PREFIX
    return PhoneProblem.NOT_REACHABLE
