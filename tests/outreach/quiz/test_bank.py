"""The questions: enough, balanced, both languages, each with a card that says more and that its reader may see."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest

from knowledge.corpus import load_corpus
from outreach.errors import BankError
from outreach.quiz import Kind, Question, load_bank
from outreach.quiz.bank import read_bank

QUESTIONS = list(load_bank().questions.values())
READERS = {1: {"kids"}, 2: {"kids", "teens"}, 3: {"teens"}}
TOPICS = "topics:\n  t: {zh: 题, en: T}\ntruth:\n  \"true\": {zh: 对, en: Yes}\n  \"false\": {zh: 错, en: No}\nrights:\n  patent: {zh: 专利, en: Patent}\nheard: {}\n"


def test_there_are_enough_questions_in_every_level_kind_and_topic() -> None:
    assert len(QUESTIONS) >= 150
    assert min(Counter(q.level for q in QUESTIONS).values()) >= 40
    assert min(Counter(q.kind for q in QUESTIONS)[kind] for kind in Kind) >= 15
    per_topic = Counter((q.topic, q.level) for q in QUESTIONS)
    assert min(per_topic[topic, level] for topic in load_bank().topics for level in (1, 2, 3)) >= 2
    assert min(Counter(q.topic for q in QUESTIONS).values()) >= 10


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_question_leads_to_a_card_that_its_reader_may_see_before_and_after_2027(question: Question) -> None:
    cards = load_corpus().cards
    line = [c for c in cards.values() if question.card in (c.id, c.succeeds)]
    for day in (dt.date(2026, 11, 23), dt.date(2027, 1, 1)):
        card = next(c for c in line if c.holds_on(day))
        assert set(card.audience) & READERS[question.level], f"{card.id} is for {card.audience}"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_question_is_short_enough_for_its_reader(question: Question) -> None:
    zh, en = question.wording("zh"), question.wording("en")
    assert len(zh.ask) <= (60 if question.level == 1 else 75)
    assert len(zh.why) <= 65
    assert all(len(option) <= 34 for option in zh.options)
    assert len(en.ask) <= 190
    assert not re.search(r"您", zh.ask + zh.why)  # a pupil is 你
    assert not re.search(r"[\u4e00-\u9fff]", en.why + "".join(en.options))
    assert len(en.options) == len(zh.options)


def test_no_two_questions_ask_the_same() -> None:
    for language in ("zh", "en"):
        assert max(Counter(q.wording(language).ask for q in QUESTIONS).values()) == 1


def test_the_right_answer_cannot_be_guessed_by_its_length_nor_by_true() -> None:
    choices = [q.wording("zh").options for q in QUESTIONS if q.kind is Kind.CHOICE]
    longest = sum(len(right) > max(map(len, wrong)) for right, *wrong in choices)
    assert longest / len(choices) <= 0.4
    truths = [q.truth for q in QUESTIONS if q.kind is Kind.TRUE_FALSE]
    assert 0.4 <= sum(map(bool, truths)) / len(truths) <= 0.6


def test_what_the_trademark_revision_changes_is_not_asked() -> None:
    changed = re.compile(r"异议|三个月|两个月|动态标志|声音商标|撤三|三年不使用|使用承诺")
    assert [q.id for q in QUESTIONS if changed.search(q.wording("zh").ask + q.wording("zh").why + "".join(q.wording("zh").options))] == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("- {id: a, level: 4, card: c, answer: true, zh: {ask: 问, why: 因}, en: {ask: q, why: w}}", "level 4"),
        ("- {id: a, level: 1, card: c, answer: true, zh: {ask: 问, why: 因}}", "en lacks"),
        ("- {id: a, level: 1, card: c, zh: {ask: 问, why: 因, options: [同, 同]}, en: {ask: q, why: w, options: [a, b]}}", "options in zh"),
        ("- {id: a, level: 1, card: c, rights: [patent, moon], zh: {ask: 问, why: 因}, en: {ask: q, why: w}}", "moon"),
        ("- {id: a, level: 1, card: c, answer: perhaps, zh: {ask: 问, why: 因}, en: {ask: q, why: w}}", "truth value"),
        ("- {id: a, level: 1, card: c, colour: red, answer: true, zh: {ask: 问, why: 因}, en: {ask: q, why: w}}", "colour"),
    ],
)
def test_a_bad_question_is_refused_with_file_and_remedy(tmp_path: Path, entry: str, told: str) -> None:
    (tmp_path / "words.yml").write_text(TOPICS, encoding="utf-8")
    (tmp_path / "t.yml").write_text(entry, encoding="utf-8")
    with pytest.raises(BankError, match=told) as refused:
        read_bank(tmp_path)
    assert str(refused.value).startswith("t.yml 'a'")
