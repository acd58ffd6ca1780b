"""Lesson sheets from the lesson's plan, the cards that hold on the day, and the quiz."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from casework.pledge.summary import font_file
from knowledge.answerer import cite
from knowledge.cards import Card
from knowledge.corpus import Corpus
from outreach.lessons import LessonCard, lesson_of, lesson_pdf, worksheet
from outreach.lessons.plans import QUESTIONS
from outreach.quiz import load_bank

_AUDIENCES: Mapping[int, tuple[str, ...]] = {1: ("kids",), 2: ("kids", "teens"), 3: ("teens",)}
_SECTION = "说明"


def lesson_sheet(corpus: Corpus, topic: str, level: int, language: str, day: dt.date, count: int = QUESTIONS) -> bytes:
    """The PDF of a topic at a level (1 to 3). Raises UnknownTopicError."""
    bank = load_bank()
    lesson = lesson_of(topic, bank)
    found = [card for name in lesson.cards if (card := _current(corpus, name, day)) and set(card.audience) & set(_AUDIENCES[level])]
    cards = [_printed(corpus, card, language) for card in found]
    return lesson_pdf(lesson, cards, worksheet(topic, level, bank, count), level, language, font_file())


def _current(corpus: Corpus, name: str, day: dt.date) -> Card | None:
    """The card of this name, or the one that took its place, as it holds on the day."""
    return next((card for card in corpus.cards.values() if name in (card.id, card.succeeds) and card.holds_on(day)), None)


def _printed(corpus: Corpus, card: Card, language: str) -> LessonCard:
    sources = tuple(" ".join(part for part in (cited.title, cited.article) if part) for cited in cite(card, dict(corpus.sources), language))
    if language == "en":
        return LessonCard(card.id, card.title_en, card.english, sources)
    text = "\n".join(part for part in (card.answer, card.sections.get(_SECTION, "")) if part)
    return LessonCard(card.id, card.title_zh, text, sources)
