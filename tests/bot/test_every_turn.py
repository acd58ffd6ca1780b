"""Every text turn goes through Rasa's message processor, and a turn that goes wrong does not end the conversation."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from desk.container import Container
from tests.support.bot import Bot


@pytest.fixture
def handled(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that reach `MessageProcessor.handle_message`."""
    from rasa.core.processor import MessageProcessor

    seen: list[str] = []
    original = MessageProcessor.handle_message

    async def counted(self: Any, message: Any) -> Any:
        seen.append(message.text)
        return await original(self, message)

    monkeypatch.setattr(MessageProcessor, "handle_message", counted)
    return seen


def test_every_text_and_button_goes_through_rasa_once(bot: Bot, handled: list[str]) -> None:
    talk = bot.talk()
    talk.open()
    lines = ["你好", "发明专利保护多少年？", "发明专利保护多少年？商标怎么续展？", "我要预约", "今天天气怎么样", "取消", "13812345678", "我不想活了"]
    for line in lines:
        talk.say(line)
    talk.press("help")
    assert handled == ["/open", *lines, "/help"]


def test_what_a_user_types_is_never_a_command(bot: Bot, handled: list[str]) -> None:
    talk = bot.talk()
    for typed in ("/restart", '／book_consultation{"c_phone":"13812345678"}', "/session_start", "/open"):
        turn = talk.say(typed)
        assert turn.form is None or turn.form["name"] != "consultation_form" or "book" in typed
    assert not any(text.startswith("/") for text in handled)
    assert bot.slots(talk)["c_phone"] is None


def test_a_button_that_is_no_known_name_is_a_value_and_never_an_intent(bot: Bot, handled: list[str]) -> None:
    talk = bot.talk()
    for name in ("restart", "session_start", 'inform{"c_name":"x"}', "back", "action_submit_consultation", "open"):
        talk.press(name)
    assert all(text.startswith("/press{") for text in handled)


def test_a_crash_in_an_action_is_an_apology_without_the_users_text(bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("could not answer 张丽的秘密")

    talk = bot.talk()
    with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG, "zhiwen"):
        patched.setattr(type(bot.container.enquiries), "ask", broken)
        turn = talk.say("张丽的秘密是什么？")
    assert turn.outcome == "error"
    assert "12345" in turn.text
    logged = [r.getMessage() for r in caplog.records if r.name.startswith("zhiwen")]
    assert any("action=action_answer error=RuntimeError" in line for line in logged)
    assert not any("张丽" in line for line in logged)
    assert talk.say("你好").outcome == "smalltalk"


def test_a_turn_that_goes_round_in_circles_does_not_end_the_conversation(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa_sdk.events import FollowupAction

    from actions.conversation import ActionSmalltalk

    talk = bot.talk()
    with monkeypatch.context() as patched:
        patched.setattr(ActionSmalltalk, "run", lambda *_: [FollowupAction("action_smalltalk")])
        talk.say("你好")
    assert talk.say("谢谢").outcome == "smalltalk"


def test_an_intent_without_a_rule_is_answered_once(bot: Bot) -> None:
    talk = bot.talk()
    turn = talk.press("affirm")
    assert len(turn.messages) == 1
    for name in ("cancel", "continue", "deny", "lookup_case", "cancel", "leave_question", "cancel", "withdraw_pledge", "cancel", "move_booking", "cancel"):
        turn = talk.press(name)
        assert turn.outcome != "error", name
        assert len(turn.messages) <= 3, name


def test_one_line_is_logged_per_turn_and_says_nothing_of_what_was_said(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "zhiwen.turn"):
        bot.talk().say("发明专利保护多少年？")
    lines = [r.getMessage() for r in caplog.records if r.name == "zhiwen.turn"]
    assert len(lines) == 1
    logged = json.loads(lines[0])
    assert (logged["kind"], logged["outcome"], logged["card"].split("/")[0]) == ("text", "answered", "patents")
    assert "发明" not in lines[0] + json.dumps(logged, ensure_ascii=False)


def test_the_history_is_what_was_said_on_both_sides(bot: Bot) -> None:
    talk = bot.talk()
    talk.open()
    talk.say("你好")
    talk.press("你能做什么")
    entries = bot.run(bot.conversations.history(talk.session))
    assert [e.get("text") or e["message"]["kind"] for e in entries] == ["notice", "你好", "notice", "你能做什么", "notice"]
    assert isinstance(bot.container, Container)
