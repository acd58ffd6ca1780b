"""One sanitiser for all channels: what a user typed, made safe to pass on. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum import luhn
from stdnum.cn import ric

from knowledge.text import clean

LONGEST = 2000  # characters
_ID_CARD = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_BANK_CARD = re.compile(r"(?<![0-9A-Za-z.])(?:\d[ -]?){15,18}\d(?![0-9A-Za-z])")
_HIDDEN_ID, _HIDDEN_CARD = "〔身份证号已隐去〕", "〔银行卡号已隐去〕"


class TextRefusedError(ValueError):
    """A text that cannot be taken; `code` is `empty` or `too_long`. The text itself is not in the message."""

    def __init__(self, code: str, length: int) -> None:
        super().__init__(f"text refused: {code} ({length} characters)")
        self.code = code


@dataclass(frozen=True, slots=True)
class Clean:
    """A text to pass on; `personal`: an ID or bank card number was taken out of it."""

    text: str
    personal: bool


def sanitise(text: str) -> Clean:
    """Clean a user's text: no control, bidi or zero-width characters, no command, no ID or bank card number.

    Raises TextRefusedError when nothing is left or it has more than 2,000 characters.
    """
    if len(text) > 4 * LONGEST:
        raise TextRefusedError("too_long", len(text))
    cleaned = clean(text)
    if len(cleaned) > LONGEST:
        raise TextRefusedError("too_long", len(cleaned))
    if not cleaned:
        raise TextRefusedError("empty", 0)
    hidden = _BANK_CARD.sub(_hide_card, _ID_CARD.sub(_hide_id, cleaned))
    plain = hidden
    while plain[:1] in ("/", "／"):  # Rasa would take `/intent{…}` for a command; from a user it is text
        plain = plain[1:].lstrip()
    if not plain:
        raise TextRefusedError("empty", 0)
    return Clean(plain, hidden != cleaned)


def _hide_id(match: re.Match[str]) -> str:
    # The check digit and the date tell an ID card from a credit code, a document number or a patent number.
    return _HIDDEN_ID if ric.is_valid(match[0].upper()) else match[0]


def _hide_card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return _HIDDEN_CARD if digits[0] in "3456" and luhn.is_valid(digits) else match[0]
