"""Where personal data may be typed in a channel whose servers stand abroad (Telegram), and the consent that it takes.

Personal Information Protection Law (个人信息保护法) art. 39: a transfer abroad needs a separate consent.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum

from casework.cases import Consent
from casework.forms import Forms
from desk.clock import Clock
from desk.consultation_desk import FIELDS
from desk.hearing import is_interruption, says
from desk.pledge_answers import PERSONAL as PLEDGE_PERSONAL
from desk.talk import COMMANDS

PURPOSE = "cross_border"
CONSENT_VERSION = "telegram-1"
# From the form's own consent on, every field tells who somebody is.
PERSONAL = frozenset((*FIELDS[FIELDS.index("c_consent") :], *PLEDGE_PERSONAL, "e_consent", "e_contact", "e_review"))
PHONES = frozenset({"c_phone", "p_phone", "e_contact"})


class Gate(Enum):
    """What stands before the field that a form asks for: nothing, a consent, or the way to the web page."""

    OPEN = "open"
    CONSENT = "consent"
    LINK = "link"


class PersonalDataAbroad:
    """`policy` is `chat` (after consent, in the channel) or `link` (only on the web page); a consent holds for `lifetime`."""

    def __init__(self, forms: Forms, clock: Clock, operator: str, policy: str, lifetime: dt.timedelta) -> None:
        self._forms, self._clock, self._lifetime = forms, clock, lifetime
        self.operator, self.policy = operator, policy

    def gate(self, conversation: str, asked: str | None) -> Gate:
        """What stands before `asked` in this conversation."""
        if asked not in PERSONAL:
            return Gate.OPEN
        if self.policy == "link":
            return Gate.LINK
        given = self._forms.consent_of(conversation, PURPOSE)
        return Gate.OPEN if given is not None and given.given_at > self._clock() - self._lifetime else Gate.CONSENT

    def agree(self, conversation: str) -> None:
        """Record the separate consent: which text, whose, when."""
        self._forms.record_consent(conversation, Consent(CONSENT_VERSION, self.operator, self._clock(), PURPOSE))

    def answer(self, text: str) -> bool | None:
        """Whether a typed text agrees or refuses; None when it does neither."""
        if says("agree", text):
            return True
        return False if says("refuse", text) else None

    def may_pass(self, text: str, intent: str) -> bool:
        """Whether a text may reach the form before its gate is open: questions and commands do, what could fill a field does not."""
        return intent in COMMANDS or is_interruption(text)
