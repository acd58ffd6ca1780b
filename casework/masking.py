"""What is said back or kept for improvement never shows a whole name, phone, e-mail or identity number."""

from __future__ import annotations

import re

from stdnum import luhn

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]"
    r"(?![0-9A-Za-z])"
)
# Cards begin with 62 (UnionPay), 4, 5 or 3 and pass Luhn; a credit code of digits alone does not begin so.
_BANK_CARD = re.compile(
    r"(?<![0-9A-Za-z.])(?:62|[345]\d)\d{2}[ -]?(?:\d{4}[ -]?){2}\d{3,4}(?:[ -]?\d{1,3})?"
    r"(?![0-9A-Za-z.])"
)
_NAME = re.compile(r"((?:我叫|我是|姓名[:：是]?|名字[:：是叫]{0,2}|本人)\s*)([\u4e00-\u9fff]{2,4})(?=[，,。.；;、\s]|电话|手机|$)")


def mask_name(name: str) -> str:
    """`张丽` -> `张*`; `Baatar Bold` -> `B*`."""
    stripped = name.strip()
    return stripped[:1] + "*" if stripped else ""


def mask_email(email: str) -> str:
    """`zhangli@example.com` -> `z***@example.com`."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}***@{domain}" if domain else ""


def mask_text(text: str) -> str:
    """Free text without phones, e-mails, identity and bank card numbers and self-introduced names.

    Application, patent, registration and credit code numbers stay: they are public identifiers.
    """
    from casework.phones import mask_phones_in  # phonenumbers is needed only here and there

    masked = _EMAIL.sub("〔邮箱〕", text)
    masked = _IDENTITY.sub("〔证件号〕", masked)
    masked = mask_phones_in(masked, "〔电话〕")
    masked = _BANK_CARD.sub(_mask_card, masked)
    return _NAME.sub(r"\1〔姓名〕", masked)


def _mask_card(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    return "〔卡号〕" if luhn.is_valid(digits) else found.group()
