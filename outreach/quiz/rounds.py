"""A round of the quiz: which question comes next, what an answer is worth, when the level changes. Pure functions.

A round adapts: two right answers in a row lead one level up, two wrong ones in a row one level down. No question comes
twice in a session. Chance is seeded by the caller, so that a restart of the server shows the same order of options.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from outreach.quiz.bank import Bank
from outreach.quiz.model import LEVELS, Kind, Question

QUESTIONS = 8  # of a round: five to ten minutes
STEP = 2  # right (or wrong) answers in a row before the level changes
READINGS = 3  # cards offered at the end


@dataclass(frozen=True, slots=True)
class Round:
    """Where a round stands. `row`: right answers in a row, negative for wrong ones; `missed`: questions answered wrongly."""

    level: int
    asked: tuple[str, ...] = ()
    right: int = 0
    row: int = 0
    missed: tuple[str, ...] = ()
    topic: str | None = None

    @property
    def current(self) -> str | None:
        """The id of the question that stands; None before the first."""
        return self.asked[-1] if self.asked else None

    @property
    def number(self) -> int:
        """How many questions were asked, the standing one included."""
        return len(self.asked)

    def record(self) -> dict[str, Any]:
        """As plain data, to be kept between turns."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Round:
        """A round from what `record` gave."""
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer, checked: whether it was right, what was right, the round after it."""

    right: bool
    answer: str
    round: Round


def start_round(level: int, topic: str | None = None) -> Round:
    """A new round at a level (1 to 3), about everything or one topic."""
    return Round(min(max(level, LEVELS[0]), LEVELS[-1]), topic=topic)


def next_question(state: Round, bank: Bank, seen: Iterable[str], seed: str) -> Question | None:
    """A question of the round's level that nobody saw in this session, else of the nearest level; None when all were seen."""
    gone = {*seen, *state.asked}
    for level in sorted(LEVELS, key=lambda level: (abs(level - state.level), level)):
        left = [q for q in bank.of(level, state.topic) if q.id not in gone]
        if left:
            return random.Random(f"{seed}/{state.number}").choice(left)
    return None


def asked(state: Round, question: Question) -> Round:
    """The round with one more question."""
    return replace(state, asked=(*state.asked, question.id))


def order_of(question: Question, seed: str) -> tuple[int, ...]:
    """In which order the options are shown; always the same for a seed. """
    numbers = list(range(len(question.wordings["zh"].options)))
    if question.kind is Kind.TRUE_FALSE:
        return tuple(numbers) if question.truth else tuple(reversed(numbers))  # true is always shown first
    random.Random(f"{seed}/{question.id}").shuffle(numbers)
    return tuple(numbers)


def shown_options(question: Question, seed: str, language: str) -> list[str]:
    """The options in the order they are shown."""
    return [question.wording(language).options[number] for number in order_of(question, seed)]


def mark(state: Round, question: Question, chosen: int, seed: str, language: str) -> Marked:
    """Check the option shown at place `chosen` (from 0). Raises IndexError when there is none."""
    right = order_of(question, seed)[chosen] == 0
    row = max(state.row, 0) + 1 if right else min(state.row, 0) - 1
    level = state.level
    if abs(row) >= STEP:
        level, row = min(max(level + (1 if right else -1), LEVELS[0]), LEVELS[-1]), 0
    missed = state.missed if right else (*state.missed, question.id)
    after = replace(state, level=level, right=state.right + right, row=row, missed=missed)
    return Marked(right, question.wording(language).options[0], after)


def is_over(state: Round) -> bool:
    """Whether the round has had all its questions."""
    return state.number >= QUESTIONS


def readings(state: Round, bank: Bank) -> list[str]:
    """Cards to read next: those of the missed questions, else of the last ones; each once."""
    of = state.missed or tuple(reversed(state.asked))
    return list(dict.fromkeys(bank.questions[i].card for i in of if i in bank.questions))[:READINGS]
