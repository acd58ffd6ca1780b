"""Which option of a question a typed answer means. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from outreach.quiz.bank import Bank
from outreach.quiz.model import Kind, Question

LETTERS = "ABCD"
_SAID = re.compile(r"^(?:我?选|答案?是?|第|option|answer)?\s*(?P<place>[A-Da-d1-4一二三四])\s*(?:个|项|号|吧|啊)?$")
_LONGEST_STOP = 16  # characters; a longer text says more than stop
_PLACES = {"一": 0, "二": 1, "三": 2, "四": 3}


def stops(text: str, bank: Bank) -> bool:
    """Whether a short text wishes to end the round."""
    return len(text) <= _LONGEST_STOP and any(word in text.lower() for word in bank.stops)


def chosen(text: str, question: Question, shown: Sequence[str], bank: Bank) -> int | None:
    """The place (from 0) of the option that a text names among those shown; None when it is no answer."""
    said = unicodedata.normalize("NFKC", text).strip(" ，,。.!！?？、)）").lower()
    titles = [unicodedata.normalize("NFKC", option).strip(" ，,。.!！?？").lower() for option in shown]
    bare = re.sub(r"^[a-d][.、:：)）]\s*", "", said)
    if bare in titles:
        return titles.index(bare)
    if question.kind is Kind.TRUE_FALSE:
        found = next((name for name, words in bank.heard.items() if said in [str(word).lower() for word in words]), None)
        if found is not None:
            return 0 if found == "true" else 1
    match = _SAID.match(said)
    if match is None:
        return None
    place = match["place"]
    number = _PLACES.get(place, LETTERS.lower().find(place) if place.isalpha() else int(place) - 1 if place.isascii() and place.isdigit() else 9)
    return number if 0 <= number < len(shown) else None
