"""A round: adapts, never repeats, marks on the server, whatever is answered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.quiz import Kind, Round, load_bank, next_question, order_of, start_round
from outreach.quiz.hearing import chosen
from outreach.quiz.rounds import QUESTIONS, asked, is_over, mark, readings, shown_options

BANK = load_bank()


def played(level: int, answers: list[bool], seed: str = "s", seen: tuple[str, ...] = ()) -> tuple[Round, list[int]]:
    """A round with these answers right or wrong; the round and the level of each question."""
    state, levels = start_round(level), []
    for right in answers:
        question = next_question(state, BANK, seen, seed)
        assert question is not None
        state = asked(state, question)
        levels.append(question.level)
        place = next(p for p, number in enumerate(order_of(question, seed)) if (number == 0) == right)
        state = mark(state, question, place, seed, "zh").round
    return state, levels


def test_two_right_answers_lead_up_and_two_wrong_ones_down() -> None:
    assert played(1, [True] * 6)[1] == [1, 1, 2, 2, 3, 3]
    assert played(3, [False] * 6)[1] == [3, 3, 2, 2, 1, 1]
    assert played(2, [True, False, True, False])[1] == [2, 2, 2, 2]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), st.lists(st.booleans(), min_size=QUESTIONS, max_size=QUESTIONS), st.text(max_size=5))
def test_a_round_counts_right_and_never_repeats(level: int, answers: list[bool], seed: str) -> None:
    state, levels = played(level, answers, seed)
    assert state.right == sum(answers)
    assert len(set(state.asked)) == QUESTIONS
    assert is_over(state)
    assert len(state.missed) == QUESTIONS - sum(answers)
    assert set(levels) <= {1, 2, 3}
    assert 1 <= len(readings(state, BANK)) <= 3
    assert Round.of(state.record()) == state


def test_a_whole_session_sees_every_question_once_and_then_there_is_none() -> None:
    seen: list[str] = []
    while (question := next_question(start_round(2), BANK, seen, str(len(seen)))) is not None:
        seen.append(question.id)
    assert sorted(seen) == sorted(BANK.questions)


def test_the_order_of_options_is_mixed_and_the_same_again_after_a_restart() -> None:
    choices = [q for q in BANK.questions.values() if q.kind is not Kind.TRUE_FALSE]
    first = sum(order_of(q, "a talk")[0] == 0 for q in choices)
    assert 0.2 < first / len(choices) < 0.5
    assert all(order_of(q, "a talk") == order_of(q, "a talk") for q in choices)
    assert any(order_of(q, "a talk") != order_of(q, "another") for q in choices)


def test_true_always_stands_before_false() -> None:
    for question in BANK.questions.values():
        if question.kind is Kind.TRUE_FALSE:
            assert shown_options(question, "x", "zh") == ["对", "错"]


def test_a_place_that_is_not_shown_is_refused() -> None:
    question = next(iter(BANK.questions.values()))
    with pytest.raises(IndexError):
        mark(start_round(1), question, 9, "s", "zh")


@pytest.mark.parametrize(
    ("typed", "place"),
    [("A", 0), ("b", 1), ("Ｃ", 2), ("选B", 1), ("答案是A", 0), ("第二个", 1), ("3", 2), ("A。", 0), ("b.", 1), ("D", None), ("5", None), ("专利是什么", None), ("", None)],
)
def test_an_answer_is_heard_by_letter_or_number(typed: str, place: int | None) -> None:
    question = BANK.questions["copyright/little-horse"]
    assert chosen(typed, question, shown_options(question, "s", "zh"), BANK) == place


def test_an_answer_is_heard_by_its_words() -> None:
    question = BANK.questions["copyright/little-horse"]
    shown = shown_options(question, "s", "zh")
    assert chosen("小敏", question, shown, BANK) == shown.index("小敏")
    assert chosen("B. " + shown[1], question, shown, BANK) == 1


@pytest.mark.parametrize(("typed", "place"), [("对", 0), ("错的", 1), ("不对", 1), ("是的", 0), ("×", 1), ("true", 0), ("No", 1), ("也许", None)])
def test_true_and_false_are_heard_as_children_type_them(typed: str, place: int | None) -> None:
    question = BANK.questions["copyright/register-first"]
    assert chosen(typed, question, shown_options(question, "s", "zh"), BANK) == place
