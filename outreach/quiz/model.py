"""The nouns of the quiz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

LEVELS = (1, 2, 3)  # 1: pupils of 8 to 12; 2: both groups; 3: 13 to 18
LANGUAGES = ("zh", "en")


class Kind(str, Enum):
    """How a question is asked."""

    CHOICE = "choice"
    TRUE_FALSE = "true_false"
    WHICH_RIGHT = "which_right"


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in one language. The right option stands first: nobody sees it before `order_of` has shuffled them."""

    ask: str
    options: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `card` says more (an id of the knowledge base). `id` is `<topic>/<slug>`."""

    id: str
    topic: str
    level: int
    kind: Kind
    card: str
    wordings: Mapping[str, Wording]
    truth: bool | None = None  # of a true-or-false question

    def wording(self, language: str) -> Wording:
        """The question in a language; every question stands in both."""
        return self.wordings["en" if language == "en" else "zh"]
