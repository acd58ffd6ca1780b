"""`zhiwen switch`: the whole bot off with a written reason; users are told, nothing is lost."""

from __future__ import annotations

import json
import time

import pytest

from bot.conversation import Conversations
from bot.paused import Paused
from casework.oversight import LiveView
from tests.conversations.booking import PROBLEM
from tests.support.bot import Bot
from tests.support.office import Office, make_office, office
from tests.support.server import started

__all__ = ["make_office", "office"]
TOKEN = "metrics-token-of-the-test"


@pytest.fixture
def switched(bot: Bot) -> Bot:
    """The bot, looking at its switch before every turn."""
    bot.conversations = Conversations(bot.agent, paused=Paused(LiveView(bot.container.store, seconds=0)))
    return bot


def test_users_are_told_politely_with_a_number_to_call_and_in_their_language(switched: Bot) -> None:
    switched.container.live_control.turn_off("wang", "答错了费用")
    turn = switched.talk().say("发明专利保护多少年？")
    assert turn.outcome == "signposted"
    assert "暂停" in turn.text
    assert "12345" in turn.text
    assert "费用" not in turn.text  # the reason is for the record
    english = switched.talk(language="en").say("How long does a patent last?")
    assert english.text.isascii()
    assert "12345" in english.text


def test_the_officers_own_words_are_said_and_the_way_to_a_person_always(switched: Bot) -> None:
    switched.container.live_control.turn_off("wang", "x", notice={"zh": "今天18点到20点升级。"})
    said = switched.talk().open().text
    assert said.startswith("今天18点到20点升级。")
    assert "12345" in said
    assert "paused" in switched.talk(language="en").open().text


def test_a_form_under_way_goes_on_where_it_was(switched: Bot) -> None:
    talk = switched.talk()
    asked = talk.all("我要预约咨询", PROBLEM, "呼和浩特").asks
    switched.container.live_control.turn_off("wang", "x")
    assert talk.say("现场").form is None
    assert talk.press("help").outcome == "signposted"
    switched.container.live_control.turn_on("wang", "y")
    assert talk.say("现场").asks == "c_time"
    assert asked == "c_mode"


def test_a_session_that_was_opened_meanwhile_works_afterwards(switched: Bot) -> None:
    switched.container.live_control.turn_off("wang", "x")
    talk = switched.talk(language="en")
    talk.open()
    switched.container.live_control.turn_on("wang", "y")
    assert talk.press("help").text.isascii()
    assert talk.say("How long does an invention patent last?").outcome == "answered"


def test_what_is_said_meanwhile_never_reaches_rasa(switched: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(message: object) -> None:
        raise AssertionError("handled")

    switched.container.live_control.turn_off("wang", "x")
    monkeypatch.setattr(switched.agent.processor, "handle_message", never)
    assert switched.talk().say("你好").outcome == "signposted"


def test_the_command_switches_off_and_on_with_who_when_and_why(office: Office) -> None:
    assert office.zhiwen("switch", "status") == "bot: on\n"
    shown = office.zhiwen("switch", "off", "--reason", "答错了费用", "--message", "系统升级中。")
    assert "系统升级中。" in shown
    assert "12345" in shown
    assert LiveView(office.container.store).off_reason() == "答错了费用"
    status = office.zhiwen("switch", "status")
    assert status.startswith("bot: off since 2026-11-23 09:3")
    assert "答错了费用" in status
    office.zhiwen("switch", "on", "--reason", "已改正")
    assert LiveView(office.container.store).off_reason() is None


def test_topics_that_are_off_are_listed_too(office: Office) -> None:
    office.container.live_control.turn_off("wang", "新法核对中", topic="trademarks")
    assert "trademarks: off since" in office.zhiwen("switch", "status")


def test_no_reason_no_switch(office: Office) -> None:
    with pytest.raises(SystemExit):
        office.tried("switch", "off")
    code, _, err = office.tried("switch", "off", "--reason", "  ")
    assert (code, "reason" in err) == (1, True)


@pytest.mark.slow
def test_a_running_server_follows_within_two_seconds_and_says_how_it_is_doing() -> None:
    from casework.oversight import LiveControl
    from desk.container import Container
    from desk.settings import read_settings

    server = started(("ZHIWEN_METRICS_TOKEN", TOKEN))
    other = Container(read_settings({"ZHIWEN_DATA_DIR": str(server.data)}))  # an officer's terminal
    control = LiveControl(other.store, other.clock)
    token = server.open_session()
    assert server.call("POST", "/chat/messages", {"text": "你好"}, token).json["outcome"] == "smalltalk"
    control.turn_off("wang", "x")
    time.sleep(2)
    assert server.call("POST", "/chat/messages", {"text": "你好"}, token).json["outcome"] == "signposted"
    assert server.call("GET", "/health/ready").json == {"ready": True, "switched_off": True}
    assert server.call("GET", "/health/live").json == {"live": True}
    assert server.call("GET", "/metrics").status == 401
    control.turn_on("wang", "y")
    time.sleep(2)
    assert server.call("POST", "/chat/messages", {"text": "你好"}, token).json["outcome"] == "smalltalk"
    logged = [line.split(" zhiwen.turn ", 1)[1] for line in (server.data / "server.log").read_text("utf-8").splitlines() if " zhiwen.turn " in line]
    assert [json.loads(line)["paused"] for line in logged] == [False, False, True, False]
    other.database.close()
