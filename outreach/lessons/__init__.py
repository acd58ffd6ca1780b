"""Lesson sheets: one page for the teacher, one for the pupils, the answers apart."""

from outreach.lessons.plans import Lesson, LessonCard, lesson_of, load_lessons, worksheet
from outreach.lessons.sheet import lesson_pdf

__all__ = ["Lesson", "LessonCard", "lesson_of", "lesson_pdf", "load_lessons", "worksheet"]
