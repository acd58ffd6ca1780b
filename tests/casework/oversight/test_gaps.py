"""Gaps and feedback: masked, never from school, worked off."""

from __future__ import annotations

import pytest

from casework.oversight import FeedbackBook, FeedbackReason, GapBook
from storage import SqlStore
from tests.casework.factories import TestClock


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def test_a_gap_is_masked_and_listed_newest_first(store: SqlStore, clock: TestClock) -> None:
    book = GapBook(store, clock)
    book.record(
        "我叫张丽，电话13812345678，蒙文商标怎么查？",
        outcome="not_found",
        conversation_id="me",
        candidates=[{"card": "trademarks/search", "score": 0.4}],
    )
    book.record("第二个", outcome="clarify", conversation_id="me")
    newest = book.newest()
    assert [gap.question for gap in newest] == ["第二个", "我叫〔姓名〕，电话〔电话〕，蒙文商标怎么查？"]
    assert newest[1].candidates == ({"card": "trademarks/search", "score": 0.4},)
    assert newest[1].conversation_id == ""


def test_a_school_session_leaves_no_gap(store: SqlStore, clock: TestClock) -> None:
    book = GapBook(store, clock)
    assert book.record("作业", outcome="not_found", conversation_id="me", profile="school") is None
    assert book.newest() == []


def test_feedback_is_a_work_list_per_reason_that_closes(store: SqlStore, clock: TestClock) -> None:
    book = FeedbackBook(store, clock)
    number = book.record("patents/invention-term", FeedbackReason.OUTDATED, conversation_id="me", comment="我的电话13812345678")
    book.record("patents/invention-term", FeedbackReason.HELPFUL, conversation_id="me")
    book.record("trademarks/fees", FeedbackReason.UNCLEAR, conversation_id="me")
    assert [f.card for f in book.open()] == ["patents/invention-term", "trademarks/fees"]
    assert book.open(FeedbackReason.OUTDATED)[0].comment == "我的电话〔电话〕"
    assert number is not None
    assert book.close(number, "wang", "已更新卡片")
    assert not book.close(number, "wang", "再次")
    assert book.open(FeedbackReason.OUTDATED) == []


def test_a_school_sessions_feedback_keeps_no_words_and_no_conversation(store: SqlStore, clock: TestClock) -> None:
    book = FeedbackBook(store, clock)
    book.record("schools/homework", FeedbackReason.UNCLEAR, conversation_id="me", comment="我是小明", profile="school")
    assert book.open()[0].comment == ""
    with store() as unit:
        assert unit.feedbacks.drop_of(["me"]) == 0
