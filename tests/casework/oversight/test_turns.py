"""Counting turns: in memory first, then in the database, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.notify import Channel, Group, Message
from casework.oversight import FeedbackBook, FeedbackReason, GapBook, Retention, RetentionPolicy, TurnBook, TurnSeen
from casework.oversight.turns import CARD, OUTCOME, SLOWER, SPEEDS_MS, by_day, share_within, speed_class, summed
from storage import SqlStore
from tests.casework.factories import MONDAY, TestClock, a_consultation_service, a_query
from tests.support.stores import database, database_url, keyring, store

__all__ = ["database", "database_url", "keyring", "store"]
TODAY = MONDAY.date()


def a_turn(**changes: object) -> TurnSeen:
    values = {"channel": "web", "kind": "text", "outcome": "answered", "language": "zh", "seconds": 0.02, "cards": ("patents/term",)} | changes
    return TurnSeen(**values)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def book(store: SqlStore, clock: TestClock) -> TurnBook:
    return TurnBook(store, clock)


def test_counts_of_several_processes_add_up(store: SqlStore, clock: TestClock) -> None:
    one, other = TurnBook(store, clock), TurnBook(store, clock)
    for _ in range(3):
        one.note(a_turn())
    other.note(a_turn(outcome="not_found", cards=()))
    assert one.flush() == 4
    assert other.flush() == 3
    one.note(a_turn())
    one.flush()
    assert summed(one.between(TODAY, TODAY, OUTCOME)) == {"answered": 4, "not_found": 1}
    assert other.answers_by_card() == {"patents/term": 4}


def test_nothing_counted_writes_nothing(book: TurnBook) -> None:
    assert book.flush() == 0
    book.note(a_turn())
    book.flush()
    assert book.flush() == 0


def test_each_card_of_a_turn_counts_once(book: TurnBook) -> None:
    book.note(a_turn(cards=("a/one", "b/two", "a/one")))
    book.flush()
    assert summed(book.between(TODAY, TODAY, CARD)) == {"a/one": 1, "b/two": 1}


def test_days_are_those_of_the_office(book: TurnBook, clock: TestClock) -> None:
    book.note(a_turn())
    clock.advance(days=1)
    book.note(a_turn())
    book.note(a_turn())
    book.flush()
    days = [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=2)]
    assert by_day(book.between(days[0], days[2], OUTCOME), days) == [1, 2, 0]


def test_a_database_that_fails_loses_no_count(clock: TestClock, store: SqlStore) -> None:
    broken = True

    def failing(*, read_only: bool = False) -> object:
        if broken:
            raise OSError("gone")
        return store(read_only=read_only)

    book = TurnBook(failing, clock)  # type: ignore[arg-type]
    book.note(a_turn())
    with pytest.raises(OSError, match="gone"):
        book.flush()
    book.note(a_turn())
    broken = False
    book.flush()
    assert summed(book.between(TODAY, TODAY, OUTCOME)) == {"answered": 2}


def test_more_cards_than_a_statement_holds_are_counted(book: TurnBook) -> None:
    for number in range(1300):
        book.note(a_turn(cards=(f"area/card-{number}",)))
    book.flush()
    assert len(book.answers_by_card()) == 1300


def test_old_counts_go_with_the_retention(book: TurnBook, store: SqlStore, clock: TestClock) -> None:
    book.note(a_turn(cards=()))
    book.flush()
    clock.advance(days=11)
    assert Retention(store, clock, RetentionPolicy(tallies=timedelta(days=10))).run()["tallies"] == 3
    assert book.between(TODAY, TODAY) == {}


@given(st.floats(0, 100))
def test_a_speed_class_is_the_first_bound_that_is_not_passed(seconds: float) -> None:
    found = speed_class(seconds)
    if found == SLOWER:
        assert seconds * 1000 > SPEEDS_MS[-1]
    else:
        place = SPEEDS_MS.index(int(found))
        assert seconds * 1000 <= SPEEDS_MS[place]
        assert place == 0 or seconds * 1000 > SPEEDS_MS[place - 1]


def test_the_share_of_turns_within_a_time_is_read_from_the_classes() -> None:
    counts = {"10": 50, "100": 49, SLOWER: 1}
    assert share_within(counts, 0.5) == 10
    assert share_within(counts, 0.99) == 100
    assert share_within(counts, 0.999) == float("inf")
    assert share_within({}, 0.5) is None


def test_standing_tells_holds_gaps_feedback_and_how_late_the_outbox_is(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    service.hold("web-1", service.free_times(a_query(), 1)[0].id)
    GapBook(store, clock).record("驼奶粉", outcome="not_found", conversation_id="web-1", candidates=[{"card": "gi/apply"}])
    FeedbackBook(store, clock).record("a/b", FeedbackReason.HELPFUL, conversation_id="web-1")
    FeedbackBook(store, clock).record("a/b", FeedbackReason.UNCLEAR, conversation_id="web-1")
    with store() as unit:
        unit.outbox.put([a_message("old", clock, minutes=-5), a_message("older", clock, minutes=-7), a_message("coming", clock, minutes=5)])
        unit.commit()
    with store(read_only=True) as unit:
        standing = unit.figures.standing(clock())
        seen = unit.figures.gaps(clock(), clock() + timedelta(seconds=1), 10)
        reasons = unit.figures.feedback(clock(), clock() + timedelta(seconds=1))
    assert (standing.holds, standing.gaps, standing.open_feedback) == (1, 1, 1)
    assert standing.outbox == {"waiting": 3}
    assert standing.lag_seconds == {"email": 7 * 60}
    assert [(gap.question, gap.cards) for gap in seen] == [("驼奶粉", ("gi/apply",))]
    assert "web-1" not in seen[0].source
    assert reasons == {"helpful": 1, "unclear": 1}


def test_an_expired_hold_is_no_hold(store: SqlStore, clock: TestClock) -> None:
    service = a_consultation_service(store, clock)
    service.hold("web-1", service.free_times(a_query(), 1)[0].id)
    clock.advance(hours=1)
    with store(read_only=True) as unit:
        assert unit.figures.standing(clock()).holds == 0


def a_message(name: str, clock: TestClock, minutes: int) -> Message:
    return Message(name, Channel.EMAIL, Group.RECEIPT, "receipt", clock() + timedelta(minutes=minutes))
