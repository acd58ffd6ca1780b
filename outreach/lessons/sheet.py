"""A lesson as a PDF: the teacher's page, the pupils' page, the answers on a page of their own. Pure: facts in, bytes out."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from fpdf import FPDF

from outreach.lessons.plans import Lesson, LessonCard
from outreach.quiz.model import Question
from outreach.quiz.rounds import shown_options

WORDS = Path(__file__).with_name("words.yml")
_LETTERS = "ABCD"
_LEFT, _WIDTH = 18, 174  # millimetres on A4
_INK, _GREY, _ACCENT = (30, 30, 30), (105, 105, 105), (20, 88, 132)
_BOX = 3.6  # millimetres


@functools.cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The sheet's fixed wording by name and language."""
    data: Mapping[str, Mapping[str, str]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return data


def lesson_pdf(lesson: Lesson, cards: Sequence[LessonCard], questions: Sequence[Question], level: int, language: str, font: Path) -> bytes:
    """A PDF (A4, the font embedded as a subset). `font`: a file with Chinese type."""
    page = _Sheet(lesson, level, language, font)
    page.teacher(cards)
    page.pupils(questions)
    page.answers(questions, {card.id: card.title for card in cards})
    return page.bytes()


class _Sheet:
    """fpdf with the few shapes of these pages."""

    def __init__(self, lesson: Lesson, level: int, language: str, font: Path) -> None:
        self._lesson, self._level, self._language = lesson, level, language
        self._seed = f"{lesson.topic}/{level}"
        self._pdf = FPDF(format="A4")
        self._pdf.set_margins(_LEFT, 15)
        self._pdf.set_auto_page_break(True, 15)
        self._pdf.add_font("cjk", "", str(font))
        self._pdf.set_title(self._say("title") + lesson.title[language])
        self._pdf.set_lang("en" if language == "en" else "zh-CN")

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def _say(self, name: str) -> str:
        return words()[name][self._language]

    def _text(self, text: str, size: float = 10.5, colour: tuple[int, int, int] = _INK, indent: float = 0) -> None:
        self._pdf.set_font("cjk", size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.set_x(_LEFT + indent)
        self._pdf.multi_cell(_WIDTH - indent, size * 0.52, text, new_x="LMARGIN", new_y="NEXT", align="L")

    def _head(self, what: str) -> None:
        self._pdf.add_page()
        self._text(self._say("title") + self._lesson.title[self._language], 17, _ACCENT)
        self._text(f"{self._say(what)} · {self._say('level')}: {self._say(f'level_{self._level}')}", 10, _GREY)
        self._pdf.ln(2)

    def _heading(self, name: str) -> None:
        self._pdf.ln(2)
        self._text(self._say(name), 12.5, _ACCENT)
        self._pdf.ln(0.5)

    def _listed(self, name: str, rows: Sequence[str]) -> None:
        self._heading(name)
        for number, row in enumerate(rows, 1):
            self._text(f"{number}. {row}", indent=2)

    def teacher(self, cards: Sequence[LessonCard]) -> None:
        """Aims, story, key points, discussion, activity."""
        self._head("for_teacher")
        self._text(self._say("minutes"), 9.5, _GREY)
        self._listed("aims", self._lesson.aims[self._language])
        self._heading("story")
        self._text(self._lesson.story[self._language], indent=2)
        self._heading("points")
        for card in cards:
            self._text(card.title, 10.5, _ACCENT, 2)
            self._text(card.text, 10, indent=2)
            self._text(f"{self._say('source')}: {'; '.join(card.sources)}", 8, _GREY, 2)
            self._pdf.ln(1)
        self._listed("talk", self._lesson.talk[self._language])
        self._heading("activity")
        self._text(self._lesson.activity[self._language], indent=2)
        self._foot(self._say("privacy"))

    def pupils(self, questions: Sequence[Question]) -> None:
        """The questions with boxes to tick."""
        self._head("for_pupils")
        self._text(f"{self._say('team')} ____________________", 11)
        self._text(self._say("choose"), 9.5, _GREY)
        self._pdf.ln(1)
        for number, question in enumerate(questions, 1):
            options = shown_options(question, self._seed, self._language)
            self._keep_together(12 + 7 * len(options))
            self._text(f"{number}. {question.wording(self._language).ask}", 11)
            for letter, option in zip(_LETTERS, options, strict=False):
                self._box()
                self._text(f"{letter}. {option}", 10.5, indent=9)
            self._pdf.ln(2)
        self._foot("")

    def answers(self, questions: Sequence[Question], titles: Mapping[str, str]) -> None:
        """Letter, words and reason of each right answer, and the card to read on where this lesson has it."""
        self._head("for_answers")
        for number, question in enumerate(questions, 1):
            wording = question.wording(self._language)
            options = shown_options(question, self._seed, self._language)
            letter = _LETTERS[options.index(wording.options[0])]
            self._keep_together(16)
            self._text(f"{number}. {self._say('answer')}: {letter}. {wording.options[0]}", 11)
            self._text(wording.why, 10, indent=6)
            if question.card in titles:
                self._text(f"{self._say('read_on')}: {titles[question.card]}", 8.5, _GREY, 6)
            self._pdf.ln(1)
        self._foot("")

    def _keep_together(self, height: float) -> None:
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def _box(self) -> None:
        self._pdf.set_draw_color(*_GREY)
        self._pdf.rect(_LEFT + 4, self._pdf.get_y() + 0.9, _BOX, _BOX)

    def _foot(self, more: str) -> None:
        self._pdf.ln(2)
        self._text(f"{more} {self._say('footer')}".strip(), 8, _GREY)
