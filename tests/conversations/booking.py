"""What the booking conversations share."""

from __future__ import annotations

from casework.cases import CaseFilter, CaseKind
from tests.support.bot import Bot, Talk, Turn

PROBLEM = "我的商标被别人抢先注册了"
TO_REVIEW = ("我要预约咨询", PROBLEM, "呼和浩特", "现场", "1", "同意", "张丽", "13812345678", "没有")


def at_review(bot: Bot, talk: Talk | None = None) -> Talk:
    """A booking filled in up to the review."""
    talk = talk or bot.talk()
    assert talk.all(*TO_REVIEW).asks == "c_review"
    return talk


def booked(bot: Bot) -> tuple[Talk, str]:
    """A booking of 13812345678 and its reference."""
    talk = at_review(bot)
    turn = talk.say("确认")
    assert turn.reference is not None
    return talk, turn.reference


def fill(talk: Talk, turn: Turn) -> Turn:
    """Answer whatever is asked for until the review."""
    answers = {
        "c_problem": PROBLEM, "c_right": "1", "c_region": "呼和浩特", "c_mode": "现场", "c_time": "1", "c_consent": "同意", "c_name": "张丽",
        "c_phone": "13812345678", "c_email": "没有",
    }  # fmt: skip
    for _ in range(12):
        if turn.asks in (None, "c_review"):
            return turn
        turn = talk.say(answers[turn.asks])
    return turn


def stored(bot: Bot) -> list[tuple[str, str, str]]:
    """State, name and phone of every booking in the database."""
    with bot.container.store(read_only=True) as unit:
        return [(c.state, c.person.name, c.person.phone) for c in unit.cases.select(CaseFilter((CaseKind.CONSULTATION,)))]
