"""The quiz in the chat: asks, hears an answer, marks it, goes on or ends. Answers are checked here, never in the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desk.hearing import is_interruption
from desk.outcomes import Outcome
from desk.reply import Button, Reply, button
from outreach.quiz.bank import Bank
from outreach.quiz.hearing import LETTERS, chosen, stops
from outreach.quiz.model import Question
from outreach.quiz.rounds import QUESTIONS, Round, asked, is_over, mark, next_question, readings, shown_options, start_round

BUTTON = "quiz"  # `quiz:<question>:<place>`
_LEVELS = {"kids": 1, "teens": 2, "public": 2, "school": 1}  # where a round begins
_SHORT = 6  # characters: a text that is no answer and no longer than this is no question either
Record = Mapping[str, Any]
ReadingTitle = Callable[[str, str, str], str | None]  # card, language, profile -> title; None where it may not be shown


@dataclass(frozen=True, slots=True)
class Played:
    """What a turn of the quiz says, and what it remembers: the round (None: none is running), the questions seen."""

    replies: tuple[Reply, ...]
    round: dict[str, Any] | None
    seen: tuple[str, ...]


class QuizDesk:
    """Pure of Rasa: it gets the remembered round and gives back the next one."""

    def __init__(self, bank: Bank, title_of: ReadingTitle) -> None:
        self._bank, self._title_of = bank, title_of

    def start(self, conversation: str, language: str, profile: str, seen: Sequence[str]) -> Played:
        """A new round. Questions that were seen in this session do not come again."""
        state = start_round(_LEVELS.get(profile, 1))
        return self._next(conversation, language, profile, state, seen, (_said("utter_quiz_begin", of=QUESTIONS),))

    def stop(self, record: Record, seen: Sequence[str]) -> Played:
        """End the round before its last question."""
        state = Round.of(record)
        said = _said("utter_quiz_stopped", answered=state.number - 1, right=state.right)
        return Played((said,), None, tuple(seen))

    def is_stop(self, text: str) -> bool:
        """Whether a text wishes to end the round."""
        return stops(text, self._bank) and not is_interruption(text)

    def is_answer(self, text: str, record: Record | None, conversation: str, language: str) -> bool:
        """Whether a text answers the standing question, or is too short to be anything else."""
        question = self._standing(record)
        if question is None:
            return False
        options = shown_options(question, conversation, language)
        return chosen(text, question, options, self._bank) is not None or (len(text.strip()) <= _SHORT and not is_interruption(text))

    def hear(self, conversation: str, text: str, language: str, profile: str, record: Record, seen: Sequence[str]) -> Played:
        """A typed answer."""
        question = self._standing(record)
        if question is None:  # the question left the bank while the round ran
            return self.start(conversation, language, profile, seen)
        place = chosen(text, question, shown_options(question, conversation, language), self._bank)
        if place is None:
            return Played((_said("utter_quiz_retry"), *self.again(conversation, language, record)), dict(record), tuple(seen))
        return self._marked(conversation, language, profile, Round.of(record), question, place, seen)

    def press(self, conversation: str, value: str, language: str, profile: str, record: Record | None, seen: Sequence[str]) -> Played:
        """A pressed answer; one to an earlier question changes nothing."""
        question_id, _, place = value.rpartition(":")
        question = self._standing(record)
        options = len(question.wordings["zh"].options) if question else 0
        if record is None or question is None or question.id != question_id or not (place.isascii() and place.isdigit()) or int(place) >= options:
            again = self.again(conversation, language, record) if record else ()
            return Played((_said("utter_quiz_answered_already"), *again), dict(record) if record else None, tuple(seen))
        return self._marked(conversation, language, profile, Round.of(record), question, int(place), seen)

    def again(self, conversation: str, language: str, record: Record | None) -> tuple[Reply, ...]:
        """The standing question once more, after something else was said; nothing when no round is running."""
        question = self._standing(record)
        return (self._asks(conversation, language, Round.of(record), question),) if record and question else ()

    def _standing(self, record: Record | None) -> Question | None:
        current = Round.of(record).current if record else None
        return self._bank.questions.get(current) if current else None

    def _marked(
        self, conversation: str, language: str, profile: str, state: Round, question: Question, place: int, seen: Sequence[str]
    ) -> Played:
        marked = mark(state, question, place, conversation, language)
        why = question.wording(language).why
        said = _said("utter_quiz_right", why=why) if marked.right else _said("utter_quiz_wrong", answer=marked.answer, why=why)
        if is_over(marked.round):
            return Played((said, self._ends(language, profile, marked.round)), None, tuple(seen))
        return self._next(conversation, language, profile, marked.round, seen, (said,))

    def _next(self, conversation: str, language: str, profile: str, state: Round, seen: Sequence[str], said: tuple[Reply, ...]) -> Played:
        question = next_question(state, self._bank, seen, conversation)
        if question is None:
            over = _said("utter_quiz_all_seen")
            return Played((*said, self._ends(language, profile, state), over) if state.number else (over,), None, tuple(seen))
        after = asked(state, question)
        return Played((*said, self._asks(conversation, language, after, question)), after.record(), (*seen, question.id))

    def _asks(self, conversation: str, language: str, state: Round, question: Question) -> Reply:
        options = shown_options(question, conversation, language)
        buttons = [Button(f"{BUTTON}:{question.id}:{place}", f"{LETTERS[place]}. {option}") for place, option in enumerate(options)]
        buttons.append(Button("cancel", button("stop_quiz", language).title))
        values = {"number": state.number, "of": QUESTIONS, "ask": question.wording(language).ask}
        return Reply("ask", Outcome.SMALLTALK, "utter_quiz_question", values=values, buttons=tuple(buttons))

    def _ends(self, language: str, profile: str, state: Round) -> Reply:
        cards = [(card, self._title_of(card, language, profile)) for card in readings(state, self._bank)]
        buttons = [*(Button(f"card:{card}", title) for card, title in cards if title), button("start_quiz", language)]
        response = "utter_quiz_end_all_right" if state.right == state.number else "utter_quiz_end"
        values = {"of": state.number} | ({} if state.right == state.number else {"right": state.right})
        return Reply("notice", Outcome.SMALLTALK, response, values=values, buttons=tuple(buttons))


def _said(response: str, **values: Any) -> Reply:
    return Reply("notice", Outcome.SMALLTALK, response, values=values)
