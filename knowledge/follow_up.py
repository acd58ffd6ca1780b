"""Follow-up questions without a language model: 「那外观呢？」 is read in the light of the conversation's frame."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.cards import Card, Frame
from knowledge.text import normalise

FRAMES = Path(__file__).with_name("frames.yml")
_OPENING = re.compile(r"^(那么?|那要是|如果是|要是|换成|还有|and|what about|how about|then)|呢[?？]?$|也(一样|是这样|适用|可以)|同样")
_ELLIPTICAL = 14  # characters: a follow-up is short
_ELLIPTICAL_EN = 40
_REST = re.compile(r"[^\w]|那么?|如果是|要是|换成|还有|呢|吗|的|了|要|也|一样|是|这样|同样|适用|啊|what|about|how|and|then|the|for|a|it|is|same")


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a frame's slot: its label and the words it is known by."""

    value: str
    label_zh: str
    label_en: str
    words: tuple[str, ...]


@functools.cache
def load_terms(path: Path = FRAMES) -> Mapping[str, tuple[Term, ...]]:
    """The frame vocabulary by slot (right, aspect, side)."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        slot: tuple(
            Term(value, entry["label"]["zh"], entry["label"]["en"], tuple(normalise(w) for w in entry["words"]))
            for value, entry in values.items()
        )
        for slot, values in data.items()
    }


def mentioned(text: str, slot: str) -> tuple[Term, str] | None:
    """The term of a slot that the text names by its longest word, with that word; None when it names none."""
    normalised = normalise(text)
    found = [(word, term) for term in load_terms()[slot] for word in term.words if word in normalised]
    if not found:
        return None
    word, term = max(found, key=lambda pair: len(pair[0]))
    return term, word


@dataclass(frozen=True, slots=True)
class Resolution:
    """A follow-up read in full: the frame meant, a question in words, and how to say it back."""

    frame: Frame
    question: str
    understood_zh: str
    understood_en: str


def _label(slot: str, value: str) -> tuple[str, str, str] | None:
    for term in load_terms()[slot]:
        if term.value == value:
            return term.label_zh, term.label_en, term.words[0]
    return None


def resolve(text: str, frame: Frame | None) -> Resolution | None:
    """Read a short, elliptical question with the conversation's frame; None when it stands on its own."""
    if frame is None:
        return None
    normalised = normalise(text)
    limit = _ELLIPTICAL_EN if normalised.isascii() else _ELLIPTICAL
    if len(normalised) > limit:
        return None
    right, aspect, side = (mentioned(normalised, slot) for slot in ("right", "aspect", "side"))
    rest = normalised
    for hit in (right, aspect, side):
        if hit is not None:
            rest = rest.replace(hit[1], "")
    leftover = _REST.sub("", rest)
    opened = bool(_OPENING.search(normalised))
    names_one = (right is None) != (aspect is None)
    if not (names_one or (side and opened)) or (len(leftover) > 2 and not opened) or len(leftover) > 5:
        return None
    meant = Frame(
        right[0].value if right else frame.right,
        aspect[0].value if aspect else frame.aspect,
        side[0].value if side else frame.side,
    )
    if meant == frame and not side:
        return None
    labels = [label for label in (_label("right", meant.right), _label("aspect", meant.aspect)) if label]
    if len(labels) < 2:
        return None
    return Resolution(
        meant,
        " ".join(label[2] for label in labels),
        " · ".join(label[0] for label in labels),
        " · ".join(label[1] for label in labels),
    )


def frame_bonus(cards: Sequence[Card], frame: Frame) -> list[float]:
    """Logits to add to cards that match a resolved frame."""
    kinds = {"invention", "utility_model", "design"}
    bonus = []
    for card in cards:
        same_right = card.frame.right == frame.right
        near_right = {card.frame.right, frame.right} <= kinds | {"patent"} and "patent" in (card.frame.right, frame.right)
        same_aspect = card.frame.aspect == frame.aspect
        value = (4.0 if same_right else 1.0 if near_right else -2.0) + (4.0 if same_aspect else -2.0)
        bonus.append(value + (1.0 if card.frame.side in (frame.side, "any") else -1.0))
    return bonus
