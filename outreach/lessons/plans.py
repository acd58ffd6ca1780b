"""What a lesson holds: aims, a story, key points from cards, questions. Data in lessons.yml and the quiz."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from outreach.errors import BankError, UnknownTopicError
from outreach.quiz.bank import Bank
from outreach.quiz.model import LANGUAGES, LEVELS, Question

FILE = Path(__file__).with_name("lessons.yml")
QUESTIONS = 8  # on a pupils' page: they fit on one sheet
_TEXTS, _LISTS = ("story", "activity"), ("aims", "talk")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One topic's lesson, each text by language."""

    topic: str
    title: Mapping[str, str]
    cards: tuple[str, ...]
    aims: Mapping[str, Sequence[str]]
    story: Mapping[str, str]
    talk: Mapping[str, Sequence[str]]
    activity: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LessonCard:
    """A card as the sheet prints it: title, text, sources in words. Filled in by whoever owns the knowledge base."""

    id: str
    title: str
    text: str
    sources: tuple[str, ...]


@functools.cache
def load_lessons() -> Mapping[str, Mapping[str, Any]]:
    """The lessons' data by topic, checked. Raises BankError."""
    data: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for topic, lesson in data.items():
        for name in (*_TEXTS, *_LISTS):
            if any(not (lesson.get(name) or {}).get(language) for language in LANGUAGES):
                raise BankError(f"{FILE.name} {topic}", f"{name} lacks a language", "write zh and en")
    return data


def lesson_of(topic: str, bank: Bank) -> Lesson:
    """The lesson of a topic. Raises UnknownTopicError."""
    lessons = load_lessons()
    if topic not in lessons:
        raise UnknownTopicError(topic, tuple(lessons))
    found = lessons[topic]
    return Lesson(topic, bank.topics[topic], tuple(found["cards"]), found["aims"], found["story"], found["talk"], found["activity"])


def worksheet(topic: str, level: int, bank: Bank, count: int = QUESTIONS) -> list[Question]:
    """Questions for a sheet: of the level, else of the nearest ones; the same each time for a topic and a level."""
    chance = random.Random(f"{topic}/{level}")
    found: list[Question] = []
    for other in sorted(LEVELS, key=lambda other: (abs(other - level), other)):
        questions = bank.of(other, topic)
        chance.shuffle(questions)
        found += questions
    return found[:count]
