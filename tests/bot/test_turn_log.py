"""One JSON line per turn: what happened, never what was said or by whom."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.channels.sessions import Session
from bot.conversation import Conversations
from bot.turnlog import TurnWatch, channel_of, seen
from casework.oversight import TurnSeen
from desk.clock import system_clock
from desk.outcomes import Outcome
from tests.support.bot import Bot

Lines = Callable[[], list[dict[str, Any]]]
FIELDS = {
    "at", "session", "channel", "kind", "outcome", "card", "confidence", "ms", "language", "release", "form", "parts", "paused",
}  # fmt: skip
NAME, PHONE = "欧阳慕晴", "13947120836"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    caplog.set_level(logging.INFO, "zhiwen.turn")
    return lambda: [json.loads(r.getMessage()) for r in caplog.records if r.name == "zhiwen.turn"]


def a_session(session_id: str = "web-abc", profile: str = "public") -> Session:
    return Session(session_id, profile, "zh", system_clock())


def noted(session: Session, watch: TurnWatch) -> None:
    message = {"text": f"{NAME}您好", "card": "patents/term", "confidence": 0.91}
    watch(session, seen(session, "text", Outcome.ANSWERED, [message], seconds=0.0123, language="zh", release="r1"))


def test_a_line_has_exactly_the_documented_fields_and_no_text(lines: Lines) -> None:
    noted(a_session(), TurnWatch(b"k" * 32))
    (line,) = lines()
    assert set(line) == FIELDS
    kept = {name: value for name, value in line.items() if name not in ("at", "session")}
    assert kept == {
        "channel": "web", "kind": "text", "outcome": "answered", "card": "patents/term", "confidence": 0.91, "ms": 12.3,
        "language": "zh", "release": "r1", "form": None, "parts": 1, "paused": False,
    }  # fmt: skip
    assert line["at"].endswith("+00:00")


def test_replicas_with_the_installations_key_name_a_session_alike_and_nobody_can_turn_it_back(lines: Lines) -> None:
    for watch in (TurnWatch(b"k" * 32), TurnWatch(b"k" * 32), TurnWatch(b"other" * 8), TurnWatch()):
        noted(a_session(), watch)
    names = [line["session"] for line in lines()]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert not any("abc" in name for name in names)


def test_a_school_session_is_not_named(lines: Lines) -> None:
    noted(a_session(profile="school"), TurnWatch(b"k" * 32))
    assert lines()[0]["session"] is None


@pytest.mark.parametrize(("session_id", "channel"), [("web-x", "web"), ("cli-x", "cli"), ("tg-1", "telegram"), ("张丽-1", "other"), ("", "other")])
def test_channels_are_a_closed_set(session_id: str, channel: str) -> None:
    assert channel_of(session_id) == channel


def test_a_booking_is_logged_turn_by_turn_without_a_word_of_it(bot: Bot, lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    turns: list[TurnSeen] = []
    bot.conversations = Conversations(bot.agent, TurnWatch(b"k" * 32, lambda: bot.container.live().id, (turns.append,)))
    talk = bot.talk()
    talk.open()
    talk.all("发明专利保护多少年？", "我要预约咨询", "我的牌子被人抢注了", "呼和浩特", "现场", "1", "同意", NAME, PHONE, "没有", "确认")
    talk.press("help")
    found = lines()
    assert [line["kind"] for line in found] == ["open", *["text"] * 11, "button"]
    assert [line["outcome"] for line in found[1:3]] == ["answered", "collecting"]
    assert found[-2]["outcome"] == "booked"
    assert found[2]["form"] == "consultation_form"
    assert {line["release"] for line in found} == {bot.container.live().id}
    assert len({line["session"] for line in found}) == 1
    assert [turn.outcome for turn in turns] == [line["outcome"] for line in found]
    logged = "\n".join(r.getMessage() for r in caplog.records) + json.dumps(found, ensure_ascii=False)
    assert not [word for word in (NAME, PHONE, PHONE[-4:], "抢注", "发明") if word in logged]


def test_a_turn_that_fails_is_logged_and_counted_as_an_error(bot: Bot, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(message: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(bot.agent.processor, "handle_message", fails)
    with pytest.raises(OSError, match="gone"):
        bot.talk().say("你好")
    assert [line["outcome"] for line in lines()] == ["error"]


def test_the_language_is_that_of_the_message(bot: Bot, lines: Lines) -> None:
    talk = bot.talk()
    talk.say("How long does an invention patent last?")
    talk.say("商标怎么续展？")
    assert [line["language"] for line in lines()] == ["en", "zh"]
