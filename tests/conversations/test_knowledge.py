"""Questions to the knowledge base, through the real agent."""

from __future__ import annotations

from tests.support.bot import Bot


def test_a_question_is_answered_with_its_source(bot: Bot) -> None:
    turn = bot.talk().say("发明专利保护多少年？")
    assert turn.outcome == "answered"
    assert "20年" in turn.text
    assert turn.citations[0]["article"] == "第42条"
