"""Finding, moving and cancelling a booking, through the real agent."""

from __future__ import annotations

import pytest

from tests.conversations.booking import booked, stored
from tests.support.bot import Bot


def test_a_booking_is_found_in_two_messages_or_in_one(bot: Bot) -> None:
    _, reference = booked(bot)
    talk = bot.talk()
    assert talk.say("查询我的预约").asks == "l_reference"
    assert talk.say(reference.replace("-", "").lower()).asks == "l_last4"
    turn = talk.say("5678")
    assert (turn.outcome, turn.reference) == ("looked_up", reference)
    assert bot.talk().say(f"查询预约 {reference} 5678").outcome == "looked_up"


def test_wrong_digits_and_wrong_references_learn_the_same_nothing(bot: Bot) -> None:
    _, reference = booked(bot)
    turns = [bot.talk().say(f"查询预约 {r} {d}") for r, d in ((reference, "1111"), ("WQ-627-231-922", "5678"), ("WQ-627-231-922", "1111"))]
    turns += [bot.talk().say(f"{verb} {reference} 1111") for verb in ("改约", "取消预约")]
    assert {(t.outcome, t.text, t.reference, len(t.messages)) for t in turns if t.form is None} == {("refused", turns[0].text, None, 1)}
    assert "呼和浩特" not in "".join(t.text for t in turns)
    assert stored(bot)[0][0] == "confirmed"


def test_after_a_refusal_the_conversation_goes_on(bot: Bot) -> None:
    _, reference = booked(bot)
    talk = bot.talk()
    for verb in ("查询预约", "改约", "取消预约"):
        assert talk.say(f"{verb} {reference} 1111").form is None
        assert talk.say("你好").outcome == "smalltalk"


@pytest.mark.parametrize("how", ["number", "title", "button"])
def test_a_booking_is_moved(bot: Bot, how: str) -> None:
    talk, reference = booked(bot)
    turn = talk.say(f"改约 {reference} 5678")
    assert turn.asks == "l_choice"
    chosen = turn.buttons[1]
    turn = talk.press(chosen["title"]) if how == "button" else talk.say("2" if how == "number" else chosen["title"])
    assert (turn.outcome, turn.reference) == ("moved", reference)
    assert chosen["title"] in turn.text
    assert chosen["title"] in bot.talk().say(f"查询预约 {reference} 5678").text


def test_a_wished_day_narrows_the_times(bot: Bot) -> None:
    talk, reference = booked(bot)
    talk.say(f"改约 {reference} 5678")
    turn = talk.say("改到周四下午")
    assert turn.asks == "l_choice"
    assert all("11月26日（周四）" in b["title"] for b in turn.buttons)
    assert talk.say("1").outcome == "moved"


def test_a_booking_is_cancelled_after_a_question(bot: Bot) -> None:
    talk, reference = booked(bot)
    turn = talk.say(f"取消预约 {reference} 5678")
    assert turn.text.rstrip().endswith("确认提交吗？")
    assert stored(bot)[0][0] == "confirmed"
    assert talk.say("确认").outcome == "cancelled"
    assert stored(bot)[0][0] == "cancelled"
    assert "已经取消" in talk.say(f"查询预约 {reference} 5678").text
    turn = talk.say(f"改约 {reference} 5678")
    assert (turn.outcome, turn.form, len(turn.messages)) == ("refused", None, 1)


def test_no_keeps_the_booking(bot: Bot) -> None:
    talk, reference = booked(bot)
    talk.say(f"取消预约 {reference} 5678")
    assert "保留不变" in talk.say("不").text
    assert stored(bot)[0][0] == "confirmed"


def test_a_move_may_become_a_cancel(bot: Bot) -> None:
    talk, reference = booked(bot)
    talk.say(f"改约 {reference} 5678")
    assert "确认提交吗" in talk.say("取消预约").text
    turn = talk.say("发明专利保护多少年？")
    assert (turn.asks, len(turn.messages)) == ("l_choice", 2)
    assert talk.say("确认").outcome == "cancelled"


def test_a_wrong_check_digit_is_said(bot: Bot) -> None:
    _, reference = booked(bot)
    talk = bot.talk()
    talk.say("查询我的预约")
    turn = talk.say(reference[:-1] + str((int(reference[-1]) + 1) % 10))
    assert "有一位对不上" in turn.text
    assert turn.asks == "l_reference"


def test_guessing_is_stopped(bot: Bot) -> None:
    _, reference = booked(bot)
    talk = bot.talk()
    turns = [talk.say(f"查询预约 {reference} {n:04}") for n in range(12)]
    assert "次数太多" in turns[-1].text
    assert talk.say(f"查询预约 {reference} 5678").outcome == "refused"
