"""The classroom on a real database of each kind."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import pytest
import sqlalchemy as sa

from outreach.classroom import Phase, Room
from outreach.errors import (
    AlreadyAnsweredError,
    BadPlanError,
    ClassroomError,
    NoRoomError,
    RoomFullError,
    StepRefusedError,
    TooLateError,
    TooManyRoomsError,
)
from outreach.quiz import order_of
from storage import SqlStore
from storage.tables import class_answers, class_pupils
from tests.outreach.factories import BANK, Clock, a_service, place_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


def rows(store: SqlStore) -> tuple[int, int]:
    """Stored pupils and answers."""
    with store.database.transaction(read_only=True) as connection:
        return tuple(connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in (class_pupils, class_answers))  # type: ignore[return-value]


def opened(service: object, count: int = 3, seconds: int = 20) -> Room:
    return service.open(1, "copyright", count, seconds, "zh")  # type: ignore[attr-defined, no-any-return]


def test_a_whole_lesson(store: SqlStore, clock: Clock) -> None:
    service = a_service(store, clock)
    room = opened(service)
    assert len(room.code or "") == 6
    pupils = [service.join(room.code or "")[1] for _ in range(5)]
    assert len({p.name for p in pupils}) == 5
    room = service.step(room.id, "start")
    for number in range(3):
        room = service.state(room.id).room
        clock.pass_by(2)
        last = [service.answer(room.id, p.id, number, place_of(room, right=n > 0)) for n, p in enumerate(pupils)]
        assert last == [False, False, False, False, True]
        assert service.state(room.id).room.phase is Phase.SHOWING  # everybody has answered
        room = service.step(room.id, "next")
    assert room.phase is Phase.PODIUM
    closed = service.step(room.id, "close")
    assert closed.report is not None
    assert [row["counts"][0] for row in closed.report["questions"]] == [4, 4, 4]
    assert rows(store) == (0, 0)  # nobody is kept
    assert service.state(room.id).room.report == closed.report


def test_the_answer_is_checked_by_the_place_that_was_shown(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    pupil = service.join(room.code or "")[1]
    service.join(room.code or "")
    room = service.step(room.id, "start")
    question = BANK.questions[room.question or ""]
    service.answer(room.id, pupil.id, 0, 1)
    assert service.state(room.id).answers[0].choice == order_of(question, room.seed)[1]


def test_a_second_answer_is_refused_and_the_first_counts(store: SqlStore, clock: Clock) -> None:
    service = a_service(store, clock)
    room = opened(service)
    pupil, _ = service.join(room.code or "")[1], service.join(room.code or "")
    room = service.step(room.id, "start")
    service.answer(room.id, pupil.id, 0, place_of(room, right=True))
    with pytest.raises(AlreadyAnsweredError):
        service.answer(room.id, pupil.id, 0, place_of(room, right=False))
    assert [a.choice for a in service.state(room.id).answers] == [0]


def test_late_paused_and_impossible_answers_do_not_count(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    pupil = service.join(room.code or "")[1]
    service.join(room.code or "")
    with pytest.raises(TooLateError):
        service.answer(room.id, pupil.id, 0, 0)  # in the lobby
    service.step(room.id, "start")
    for position, place in ((1, 0), (-1, 0), (0, 7), (0, -1)):
        with pytest.raises(TooLateError):
            service.answer(room.id, pupil.id, position, place)
    service.step(room.id, "pause")
    with pytest.raises(TooLateError):
        service.answer(room.id, pupil.id, 0, 0)
    service.step(room.id, "resume")
    clock.pass_by(20)
    with pytest.raises(TooLateError):
        service.answer(room.id, pupil.id, 0, 0)
    assert service.state(room.id).answers == ()


def test_a_pupil_of_another_room_cannot_answer_here(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    here, there = opened(service), opened(service)
    service.join(here.code or "")
    stranger = service.join(there.code or "")[1]
    service.step(here.id, "start")
    with pytest.raises(AlreadyAnsweredError):
        service.answer(here.id, stranger.id, 0, 0)
    assert service.state(here.id).answers == ()


def test_who_comes_late_plays_from_the_present_question_on(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    first = service.join(room.code or "")[1]
    room = service.step(room.id, "start")
    late_room, late = service.join(room.code or "")
    assert (late_room.phase, late_room.position) == (Phase.ASKING, 0)
    assert not service.answer(room.id, first.id, 0, 0)
    assert service.answer(room.id, late.id, 0, 0)


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "１２３４５６", "1" * 500])
def test_a_wrong_code_opens_nothing(sqlite_store: SqlStore, clock: Clock, code: str) -> None:
    service = a_service(sqlite_store, clock)
    opened(service)
    with pytest.raises(NoRoomError):
        service.join(code)


def test_a_closed_rooms_code_opens_nothing_and_is_free_again(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    service.step(room.id, "close")
    with pytest.raises(NoRoomError):
        service.join(room.code or "")
    with pytest.raises(NoRoomError):
        service.step(room.id, "start")
    with sqlite_store() as unit:
        assert unit.classrooms.by_code(room.code or "") is None


def test_nobody_joins_on_the_podium(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    service.join(room.code or "")
    for step in ("start", *("show", "next") * 3):
        service.step(room.id, step)
    with pytest.raises(NoRoomError):
        service.join(room.code or "")


def test_a_room_takes_no_more_pupils_than_it_may(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock, pupils=3)
    room = opened(service)
    for _ in range(3):
        service.join(room.code or "")
    with pytest.raises(RoomFullError):
        service.join(room.code or "")


def test_an_installation_keeps_no_more_rooms_than_it_may(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock, rooms=2)
    first, _ = opened(service), opened(service)
    with pytest.raises(TooManyRoomsError):
        opened(service)
    service.step(first.id, "close")
    assert opened(service).code


def test_a_room_closes_by_itself_when_its_teacher_is_gone(store: SqlStore, clock: Clock) -> None:
    service = a_service(store, clock)
    room = opened(service)
    service.join(room.code or "")
    service.step(room.id, "start")
    clock.pass_by(29 * 60)
    service.step(room.id, "show")  # every step of the teacher gives another half hour
    clock.pass_by(29 * 60)
    assert service.state(room.id).room.phase is Phase.SHOWING
    clock.pass_by(61)
    assert service.sweep() == (1, 0)
    state = service.state(room.id)
    assert (state.room.phase, state.room.code) == (Phase.CLOSED, None)
    assert state.room.report is not None
    assert rows(store) == (0, 0)


def test_after_two_hours_it_closes_although_somebody_still_presses(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service, 20, 120)
    service.step(room.id, "start")
    for _ in range(12):
        clock.pass_by(10 * 60 - 1)
        try:
            service.step(room.id, "show")
            service.step(room.id, "next")
        except ClassroomError:
            break
    clock.pass_by(61)
    assert service.state(room.id).room.phase is Phase.CLOSED  # by looking at it, without a sweep


def test_a_report_is_forgotten_after_a_month(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    service.step(room.id, "close")
    clock.now += dt.timedelta(days=29)
    assert service.sweep() == (0, 0)
    clock.now += dt.timedelta(days=2)
    assert service.sweep() == (0, 1)
    with pytest.raises(NoRoomError):
        service.state(room.id)


def test_a_restart_changes_nothing(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    pupil = service.join(room.code or "")[1]
    service.join(room.code or "")
    room = service.step(room.id, "start")
    service.answer(room.id, pupil.id, 0, place_of(room, right=True))
    clock.pass_by(7)
    before = service.state(room.id)
    again = a_service(sqlite_store, clock).state(room.id)  # everything stands in the database
    assert again == before
    assert again.room.phase is Phase.ASKING


@pytest.mark.parametrize(
    ("level", "topic", "count", "seconds", "language"),
    [(0, None, 5, 20, "zh"), (1, "moon", 5, 20, "zh"), (1, None, 2, 20, "zh"), (1, None, 99, 20, "zh"), (1, None, 5, 1, "zh"), (1, None, 5, 20, "fr")],
)
def test_an_impossible_plan_is_refused(sqlite_store: SqlStore, clock: Clock, level: int, topic: str | None, count: int, seconds: int, language: str) -> None:
    with pytest.raises(BadPlanError):
        a_service(sqlite_store, clock).open(level, topic, count, seconds, language)


def test_questions_are_of_the_topic_and_first_of_the_level(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    plan = service.open(3, "brands", 5, 20, "zh").plan
    assert {BANK.questions[q].level for q in plan.questions} == {3}
    assert {BANK.questions[q].topic for q in plan.questions} == {"brands"}
    assert len(set(service.open(1, "hometown", 14, 20, "zh").plan.questions)) == 14  # more than the level has: from the next ones


def test_sixty_pupils_who_join_and_answer_at_once_lose_nothing(store: SqlStore, clock: Clock) -> None:
    service = a_service(store, clock)
    room = opened(service)
    names: list[str] = []
    results: Counter[str] = Counter()
    barrier = threading.Barrier(60)

    def pupil() -> None:
        mine = service.join(room.code or "")[1]
        names.append(mine.name)
        if barrier.wait() == 0:
            service.step(room.id, "start")
        started.wait(10)
        for _ in range(2):  # a double tap
            try:
                service.answer(room.id, mine.id, 0, 0)
                results["taken"] += 1
            except (AlreadyAnsweredError, TooLateError) as error:
                results[error.code] += 1

    started = threading.Event()
    threads = [threading.Thread(target=pupil) for _ in range(60)]
    for thread in threads:
        thread.start()
    while service.state(room.id).room.phase is Phase.LOBBY:
        threading.Event().wait(0.01)
    started.set()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 60
    assert results["taken"] == 60
    state = service.state(room.id)
    assert len(state.answers) == 60
    assert state.room.phase is Phase.SHOWING


def test_a_step_in_the_wrong_phase_changes_nothing(sqlite_store: SqlStore, clock: Clock) -> None:
    service = a_service(sqlite_store, clock)
    room = opened(service)
    with pytest.raises(StepRefusedError):
        service.step(room.id, "next")
    assert service.version(room.id) == room.version
    assert service.version(999) is None
