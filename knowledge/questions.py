"""From a message to its questions: several questions parted, a long story reduced to what it asks."""

from __future__ import annotations

import re

from knowledge.lexicon import Lexicon
from knowledge.text import is_question, sentences, strip_padding

MOST_PARTS = 3
_STORY = 90  # characters; a shorter message is taken whole
_NUMBERED = re.compile(r"(?:^|[\s，,。；;：:])(?:[1-5一二三][、.．)）]|[(（][1-5一二三][)）])\s*")
_JOINED = re.compile(r"[，,；;。]\s*(?:另外|还有就?是?|还想问一?下?|再问一?下?|顺便问一?下?|同时|以及)[，,：:]?\s*")
_MARKED = re.compile(r"(?<=[?？])\s*")
_SHORTEST = 5  # characters of a question that can stand alone


def parts_of(message: str) -> list[str]:
    """The questions of a message in their order (at most three); the whole message when it asks one thing."""
    text = strip_padding(message)
    for pattern in (_NUMBERED, _JOINED, _MARKED):
        pieces = [piece.strip(" ，,。；;\n") for piece in pattern.split(text) if piece and piece.strip(" ，,。；;\n")]
        asked = [piece for piece in pieces if len(piece) >= _SHORTEST and is_question(piece)]
        if 2 <= len(asked) <= MOST_PARTS and len(asked) == len(pieces):
            return asked
    return [text]


def focus(text: str) -> str:
    """What to search with: the text itself, or of a long story its questions and the sentence before each."""
    if len(text) <= _STORY:
        return text
    found = sentences(text)
    kept: list[int] = []
    for number, sentence in enumerate(found):
        if is_question(sentence):
            kept += [n for n in (number - 1, number) if n >= 0 and n not in kept]
    story = " ".join(found[n] for n in kept) if kept else " ".join(found[:2] + found[-2:])
    return story[:400]



def query_of(text: str, lexicon: Lexicon) -> str:
    """What is searched with for one question, already cleaned: its focus, without clauses that say nothing."""
    return lexicon.without_padding(focus(text))
