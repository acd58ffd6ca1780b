"""Reads the questions from the files beside this one: `<topic>.yml`, one topic each, and `words.yml`."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from outreach.errors import BankError
from outreach.quiz.model import LANGUAGES, LEVELS, Kind, Question, Wording

FOLDER = Path(__file__).parent
_WORDS = "words.yml"
_KEYS = frozenset({"id", "level", "card", "answer", "rights", "zh", "en"})
_MOST_OPTIONS = 4
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader parses the same safe subset faster
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Bank:
    """Every question by id, the names of topics in both languages, how true and false are typed, and how a round is ended."""

    questions: Mapping[str, Question]
    topics: Mapping[str, Mapping[str, str]]
    heard: Mapping[str, Sequence[str]]
    stops: Sequence[str] = ()

    def of(self, level: int | None = None, topic: str | None = None) -> list[Question]:
        """The questions of a level and a topic; None does not narrow."""
        return [q for q in self.questions.values() if (level is None or q.level == level) and (topic is None or q.topic == topic)]


@functools.cache
def load_bank() -> Bank:
    """The project's questions, read once."""
    return read_bank(FOLDER)


def read_bank(folder: Path) -> Bank:
    """Read a folder of questions. Raises BankError that names file, question and remedy."""
    words = _read(folder / _WORDS)
    questions: dict[str, Question] = {}
    for topic in words["topics"]:
        path = folder / f"{topic}.yml"
        for entry in _read(path):
            question = _Entry(path.name, topic, entry, words).question()
            if question.id in questions:
                raise BankError(f"{path.name} {question.id}", "the id is there twice", "give each question its own id")
            questions[question.id] = question
    return Bank(questions, words["topics"], words["heard"], words.get("stops", ()))


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise BankError(path.name, f"it cannot be read ({type(error).__name__})", "correct the file") from None


class _Entry:
    """One entry of a file."""

    def __init__(self, file: str, topic: str, entry: Data, words: Data) -> None:
        self._topic, self._entry, self._words = topic, entry, words
        self._where = f"{file} {entry.get('id')!r}"

    def _require(self, holds: bool, problem: str, remedy: str) -> None:
        if not holds:
            raise BankError(self._where, problem, remedy)

    def question(self) -> Question:
        entry = self._entry
        unknown = set(entry) - _KEYS
        self._require(not unknown, f"unknown keys {sorted(unknown)}", f"use {', '.join(sorted(_KEYS))}")
        self._require(entry.get("level") in LEVELS, f"level {entry.get('level')!r}", "write 1, 2 or 3")
        self._require(bool(entry.get("id")) and bool(entry.get("card")), "id or card is missing", "write both")
        kind = self._kind()
        wordings = {language: self._wording(kind, language) for language in LANGUAGES}
        counts = {language: len(wording.options) for language, wording in wordings.items()}
        self._require(len(set(counts.values())) == 1, f"numbers of options differ ({counts})", "quote an option that holds a comma")
        return Question(f"{self._topic}/{entry['id']}", self._topic, entry["level"], kind, entry["card"], wordings, entry.get("answer"))

    def _kind(self) -> Kind:
        if "answer" in self._entry:
            self._require(isinstance(self._entry["answer"], bool), "answer is no truth value", "write answer: true or false")
            return Kind.TRUE_FALSE
        return Kind.WHICH_RIGHT if "rights" in self._entry else Kind.CHOICE

    def _wording(self, kind: Kind, language: str) -> Wording:
        said = self._entry.get(language) or {}
        self._require(bool(said.get("ask")) and bool(said.get("why")), f"{language} lacks ask or why", "write both in both languages")
        options = tuple(str(option) for option in self._options(kind, said, language))
        self._require(2 <= len(set(options)) == len(options) <= _MOST_OPTIONS, f"options in {language}: {options}", "write 2 to 4 different ones")
        return Wording(said["ask"], options, said["why"])

    def _options(self, kind: Kind, said: Data, language: str) -> Sequence[str]:
        if kind is Kind.TRUE_FALSE:
            names = ["true", "false"] if self._entry["answer"] else ["false", "true"]
            return [self._words["truth"][name][language] for name in names]
        if kind is Kind.WHICH_RIGHT:
            unknown = [right for right in self._entry["rights"] if right not in self._words["rights"]]
            self._require(not unknown, f"unknown rights {unknown}", f"use {', '.join(self._words['rights'])}")
            return [self._words["rights"][right][language] for right in self._entry["rights"]]
        self._require(isinstance(said.get("options"), list), f"{language} has no options", "write a list, the right one first")
        options: list[str] = said["options"]
        return options
