"""A lesson sheet: teacher's page, pupils' page, answers apart; for every topic, level and language."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest

from desk.lessons import lesson_sheet
from knowledge.corpus import load_corpus
from outreach.errors import UnknownTopicError
from outreach.lessons import load_lessons, worksheet
from outreach.quiz import load_bank
from tests.support.office import Office, make_office, office
from tests.support.pdf import pdf_text

__all__ = ["make_office", "office"]
BANK = load_bank()
TODAY = dt.date(2026, 11, 23)


def page_texts(sheet: bytes) -> list[str]:
    shown = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=sheet, capture_output=True, check=True).stdout.decode()
    return ["".join(page.split()) for page in shown.split("\f") if page.strip()]


def test_every_topic_of_the_quiz_has_a_lesson_and_its_cards_exist() -> None:
    assert set(load_lessons()) == set(BANK.topics)
    cards = load_corpus().cards
    for topic, lesson in load_lessons().items():
        assert [card for card in lesson["cards"] if card not in cards] == [], topic
        for audience in ("kids", "teens"):
            assert any(audience in cards[card].audience for card in lesson["cards"]), (topic, audience)


@pytest.mark.parametrize("topic", BANK.topics)
def test_a_sheet_has_questions_of_its_topic_and_mostly_of_its_level(topic: str) -> None:
    for level in (1, 2, 3):
        questions = worksheet(topic, level, BANK)
        assert len({q.id for q in questions}) == 8
        assert {q.topic for q in questions} == {topic}
        assert questions[0].level == level
        assert [q.id for q in worksheet(topic, level, BANK)] == [q.id for q in questions]


def test_the_pupils_page_tells_no_answer_and_the_answer_page_stands_apart() -> None:
    pages = page_texts(lesson_sheet(load_corpus(), "copyright", 1, "zh", TODAY))
    pupils, answers = next(p for p in pages if "练习页" in p), pages[-1]
    assert "教师页" in pages[0]
    assert "答案页" in answers
    for question in worksheet("copyright", 1, BANK):
        assert "".join(question.wording("zh").ask.split()) in pupils
        assert "".join(question.wording("zh").why.split())[:20] in answers
        assert "".join(question.wording("zh").why.split())[:20] not in pupils
    assert "答案：" not in pupils


@pytest.mark.parametrize("level", [1, 3])
def test_the_teachers_page_has_the_cards_for_the_age_with_their_sources(level: int) -> None:
    text = pdf_text(lesson_sheet(load_corpus(), "invention", level, "zh", TODAY))
    assert ("专利是什么（小学生版）" in text) is (level == 1)
    assert ("专利是什么（中学生版）" in text) is (level == 3)
    assert "专利法" in text
    assert "请不要让学生写真实姓名" in text


def test_from_2027_on_the_card_of_the_new_trademark_law_is_printed() -> None:
    before, after = (pdf_text(lesson_sheet(load_corpus(), "brands", 3, "zh", day)) for day in (TODAY, dt.date(2027, 1, 1)))
    assert "动态标志" not in before
    assert "动态标志" in after


def test_in_english_no_chinese_is_left() -> None:
    text = pdf_text(lesson_sheet(load_corpus(), "respect", 2, "en", TODAY))
    assert "Forthepupils" in text
    assert "练习" not in text


def test_an_unknown_topic_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownTopicError, match=r"'moon'.*basics"):
        lesson_sheet(load_corpus(), "moon", 1, "zh", TODAY)


def test_the_command_writes_the_file(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "lesson.pdf"
    assert str(path) in office.zhiwen("lesson", "hometown", "--out", str(path), "--level", "2")
    assert path.read_bytes().startswith(b"%PDF")
    assert "家乡" in pdf_text(path.read_bytes())
    code, _, told = office.tried("lesson", "moon", "--out", str(path))
    assert (code, "moon" in told) == (1, True)
