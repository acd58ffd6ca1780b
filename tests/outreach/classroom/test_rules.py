"""Phases, clock, pause, points, podium, report: pure functions."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.classroom import Answer, Phase, rules
from outreach.classroom.names import all_names, shown
from outreach.errors import StepRefusedError
from tests.outreach.factories import BANK, NOW, a_plan, a_room, a_state


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def test_a_lesson_goes_from_lobby_through_its_questions_to_the_podium() -> None:
    room, phases = a_room(), []
    for step in ("start", "show", "next", "show", "next", "show", "next", "close"):
        room = rules.stepped(room, step, NOW)
        phases.append((room.phase.value, room.position))
    assert phases == [
        ("asking", 0), ("showing", 0), ("asking", 1), ("showing", 1), ("asking", 2), ("showing", 2), ("podium", 2), ("closed", 2),
    ]  # fmt: skip


def test_when_the_time_is_over_the_answer_is_shown_without_anybody_pressing() -> None:
    room = rules.stepped(a_room(), "start", NOW)
    assert rules.standing(room, later(19.9)).phase is Phase.ASKING
    assert rules.standing(room, later(20)).phase is Phase.SHOWING
    assert rules.takes_answers(room, 0, later(19.9))
    assert not rules.takes_answers(room, 0, later(20))
    assert not rules.takes_answers(room, 1, later(1))


def test_a_pause_stops_the_clock_and_takes_no_answers() -> None:
    room = rules.stepped(a_room(), "start", NOW)
    paused = rules.stepped(room, "pause", later(5))
    assert paused.paused
    assert rules.seconds_left(paused, later(500)) == 15
    assert not rules.takes_answers(paused, 0, later(6))
    assert rules.standing(paused, later(500)).phase is Phase.ASKING
    resumed = rules.stepped(paused, "resume", later(500))
    assert rules.seconds_left(resumed, later(505)) == 10
    assert rules.spent_ms(resumed, later(505)) == 10_000
    assert rules.takes_answers(resumed, 0, later(505))


def test_a_step_pressed_twice_skips_no_question() -> None:
    room = rules.stepped(rules.stepped(a_room(), "start", NOW), "show", NOW)
    following = rules.stepped(room, "next", NOW)
    with pytest.raises(StepRefusedError):
        rules.stepped(following, "next", NOW)
    assert rules.stepped(room, "show", NOW) == room
    paused = rules.stepped(following, "pause", NOW)
    assert rules.stepped(paused, "pause", NOW) == paused


@pytest.mark.parametrize(
    ("phase", "step"),
    [(Phase.LOBBY, "next"), (Phase.LOBBY, "show"), (Phase.ASKING, "start"), (Phase.PODIUM, "next"), (Phase.CLOSED, "start"), (Phase.LOBBY, "dance")],
)
def test_a_step_that_does_not_fit_is_refused(phase: Phase, step: str) -> None:
    room = a_room(phase, 0 if phase is not Phase.LOBBY else -1, ends_at=later(20) if phase is Phase.ASKING else None)
    with pytest.raises(StepRefusedError):
        rules.stepped(room, step, NOW)


def test_a_room_past_its_end_is_closed_whatever_it_was_doing() -> None:
    room = rules.stepped(a_room(), "start", NOW)
    assert rules.standing(room, room.closes_at).phase is Phase.CLOSED


@given(st.lists(st.sampled_from([*rules.STEPS, "dance"]), max_size=30), st.lists(st.floats(0, 60), min_size=30, max_size=30))
def test_no_sequence_of_steps_breaks_the_order(steps: list[str], waits: list[float]) -> None:
    room, now, position = a_room(), NOW, -1
    for step, wait in zip(steps, waits):
        now += dt.timedelta(seconds=wait)
        try:
            room = rules.stepped(room, step, now)
        except StepRefusedError:
            continue
        assert position <= room.position <= position + 1
        assert room.position < len(room.plan.questions)
        position = room.position
        assert (rules.seconds_left(room, now) is not None) == (room.phase is Phase.ASKING)
        assert 0 <= rules.spent_ms(room, now) <= room.plan.seconds * 1000


def test_a_right_answer_is_worth_more_the_sooner_it_comes_and_a_wrong_one_nothing() -> None:
    def worth(ms: int, choice: int = 0) -> int:
        return rules.points(Answer(1, 0, choice, ms), 20)

    assert worth(0) == rules.MOST_POINTS > worth(5000) > worth(20_000) == rules.LEAST_POINTS
    assert worth(0, choice=1) == 0
    assert worth(99_000) == rules.LEAST_POINTS


def test_the_podium_has_three_places_ties_share_one_and_nobody_stands_there_without_points() -> None:
    names = ("brave-horse", "merry-lamb", "swift-fox", "calm-owl", "kind-bee")
    answers = (Answer(1, 0, 0, 0), Answer(2, 0, 0, 0), Answer(3, 0, 0, 9000), Answer(4, 0, 1, 0))
    state = a_state(a_room(Phase.PODIUM, 0), names, answers)
    assert [(place, name) for place, name, _ in rules.podium(state)] == [(1, "brave-horse"), (1, "merry-lamb"), (3, "swift-fox")]
    assert rules.podium(a_state(a_room(), names)) == []


def test_counts_are_by_option_and_by_question() -> None:
    answers = (Answer(1, 0, 0, 5), Answer(2, 0, 2, 5), Answer(3, 0, 2, 5), Answer(1, 1, 1, 5))
    state = a_state(a_room(Phase.SHOWING, 1), ("brave-horse", "merry-lamb", "swift-fox"), answers)
    assert rules.counts(state, 0, 3) == [1, 0, 2]
    assert rules.counts(state, 1, 2) == [0, 1]


def test_the_report_holds_counts_and_no_trace_of_anybody() -> None:
    names = ("brave-horse", "merry-lamb")
    state = a_state(a_room(Phase.SHOWING, 1, plan=a_plan(3)), names, (Answer(1, 0, 0, 5), Answer(2, 0, 1, 5), Answer(1, 1, 1, 5)))
    report = rules.report(state, BANK)
    assert [row["answered"] for row in report["questions"]] == [2, 1]  # the third was never asked
    assert (report["pupils"], report["planned"]) == (2, 3)
    assert [row["question"] for row in rules.hard(report["questions"])] == [state.room.plan.questions[1]]
    said = json.dumps(report)
    assert not any(word in said for name in names for word in (name, shown(name, "zh"), shown(name, "en")))
    assert "pupil_id" not in said


def test_names_are_animals_enough_for_a_school_and_shown_in_both_languages() -> None:
    assert len(set(all_names())) >= 300
    assert shown("brave-horse", "zh") == "勇敢的小马"
    assert shown("brave-horse", "en") == "Brave Horse"
    assert len({shown(name, "zh") for name in all_names()}) == len(all_names())


def test_a_closed_room_keeps_its_position_for_the_report() -> None:
    room = replace(a_room(Phase.SHOWING, 1))
    assert rules.stepped(room, "close", NOW).position == 1
