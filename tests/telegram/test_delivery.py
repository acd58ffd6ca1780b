"""Every update once, each user's in order, and what happens when Telegram or we fail."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from bot.channels.telegram_channel import CHANNEL, LEASE
from bot.web import sentence
from storage import Taken
from tests.support.bot_api import BotApi
from tests.telegram import updates
from tests.telegram.conftest import MakeTalk
from tests.telegram.talk import TelegramTalk, plain
from tests.telegram.webhook import post


def raw(update: dict[str, Any]) -> bytes:
    return json.dumps(update).encode()


def test_a_repeated_update_is_handled_once(talk: TelegramTalk) -> None:
    update = updates.text("发明专利保护多少年？")
    assert [len(talk.get(update)) for _ in range(3)] == [1, 0, 0]


def test_a_repeated_update_is_known_after_a_restart(make_talk: MakeTalk) -> None:
    update = updates.text("发明专利保护多少年？")
    assert len(make_talk().get(update)) == 1
    assert make_talk().get(update) == []


def test_an_update_that_another_process_has_in_hand_is_to_be_sent_again(talk: TelegramTalk) -> None:
    update = updates.text("您好")
    talk.bot.container.deliveries.take(CHANNEL, str(update["update_id"]), LEASE)
    assert talk.run(talk.service.called(raw(update))) == 503
    assert talk.api.sent == []
    talk.bot.container.deliveries.done(CHANNEL, str(update["update_id"]))
    assert talk.run(talk.service.called(raw(update))) == 200


def test_after_a_crash_between_turn_and_reply_the_same_reply_comes_and_no_second_turn(talk: TelegramTalk, monkeypatch: pytest.MonkeyPatch) -> None:
    update = updates.text("我要预约咨询")
    talk.get(update)
    first = talk.api.texts[-1]
    monkeypatch.setattr(talk.bot.container.deliveries, "take", lambda *_: Taken.MINE)  # as if it had never been finished
    talk.get(update)
    assert talk.api.texts[-1] == first
    history = talk.run(talk.bot.conversations.history(talk.session))
    assert [entry["text"] for entry in history if entry["from"] == "user"] == ["我要预约咨询"]


def test_a_users_messages_are_answered_in_their_order_and_others_do_not_wait(talk: TelegramTalk) -> None:
    lines = ("/book", "我的商标被别人抢先注册了", "呼和浩特", "现场", "1")

    async def at_once() -> None:
        await asyncio.gather(*(talk.service.called(raw(updates.text(line))) for line in lines))

    talk.api.hang("sendMessage", 0.2)  # the first answer is slow: the second message must still wait for it
    talk.run(at_once())
    asked = [text for text in talk.api.texts if "/10）" in text]
    assert [text[text.index("（") :][:6] for text in asked] == ["（1/10）", "（3/10）", "（4/10）", "（5/10）"]
    assert talk.asks == "c_consent"

    async def together() -> None:
        await asyncio.gather(*(talk.service.called(raw(updates.text("你好", identity=n))) for n in (1001, 1002)))

    talk.api.hang("sendMessage", 0.3)
    before = len(talk.api.sent)
    talk.run(together())
    assert {sent["chat_id"] for sent in talk.api.sent[before:]} == {1001, 1002}
    assert talk.service.channel._turns == {}  # nothing is remembered of who is silent


def test_a_reply_waits_for_the_flood_limit_and_arrives(talk: TelegramTalk) -> None:
    talk.api.fail("sendMessage", 429, retry_after=4)
    talk.say("发明专利保护多少年？")
    assert talk.pauses == [4.0]
    assert [text.startswith("<b>20年") for text in talk.api.texts] == [True, True]


def test_who_blocked_the_bot_gets_nothing_more_and_the_update_is_done(talk: TelegramTalk) -> None:
    talk.api.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    update = updates.text("发明专利保护多少年？注册商标有效期多久？")
    assert len(talk.get(update)) == 1
    assert talk.get(update) == []


def test_a_defect_of_ours_is_apologised_for_and_says_nothing_of_the_user(
    talk: TelegramTalk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ValueError("张丽 13812345678")

    monkeypatch.setattr(talk.bot.conversations, "say", broken)
    caplog.set_level(logging.INFO)
    (sent,) = talk.say("您好")
    assert plain(sent["text"]) == sentence("failed", "zh")
    assert "update failed kind=text error=ValueError" in caplog.text
    assert "13812345678" not in caplog.text


def test_before_the_agent_is_ready_it_says_so(talk: TelegramTalk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk.service.channel, "_conversations", lambda: None)
    assert [plain(sent["text"]) for sent in talk.say("您好")] == [sentence("not_ready", "zh")]


# -- polling


def test_polling_answers_what_waits_and_confirms_only_that(talk: TelegramTalk, api: BotApi) -> None:
    first, second = updates.text("你好"), updates.text("谢谢")
    api.deliver(first, second)
    offset = talk.run(talk.service.round(None, 0))
    assert offset == second["update_id"] + 1
    assert len(api.sent) == 2
    assert talk.run(talk.service.round(offset, 0)) == offset
    assert api.waiting == []


def test_an_update_that_a_dead_process_left_is_not_confirmed(talk: TelegramTalk, api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram_service._PAUSE", 0.0)
    left, later = updates.text("你好"), updates.text("谢谢", identity=1003)
    talk.bot.container.deliveries.take(CHANNEL, str(left["update_id"]), LEASE)
    api.deliver(left, later)
    offset = talk.run(talk.service.round(None, 0))
    assert offset == left["update_id"]
    assert [sent["chat_id"] for sent in api.sent] == [1003]


async def _while_running(talk: TelegramTalk, condition: Any, seconds: float = 10.0) -> None:
    """Start the service, wait until something has happened, stop it."""
    await talk.service.start()
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 (what is awaited happens in a thread)
        await asyncio.sleep(0.02)
    await talk.service.stop()


def test_the_service_introduces_itself_and_polls_until_it_is_stopped(talk: TelegramTalk, api: BotApi) -> None:
    api.deliver(updates.text("你好"))
    talk.run(_while_running(talk, lambda: api.sent))
    methods = [call.method for call in api.calls]
    assert methods[:5] == ["getMe", "setMyCommands", "setMyCommands", "setChatMenuButton", "deleteWebhook"]
    named = [command["command"] for command in api.named("setMyCommands")[0]["commands"]]
    assert named == ["start", "help", "book", "pledge", "mycases", "privacy", "language"]
    assert len(api.sent) == 1
    done = len(api.calls)
    talk.run(asyncio.sleep(0.4))
    assert len(api.calls) == done


def test_of_two_processes_one_polls_and_the_other_takes_over(make_talk: MakeTalk, api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram_service._PAUSE", 0.05)
    one, other = make_talk(), make_talk()

    async def both() -> int:
        await one.service.start()
        while not api.named("getUpdates"):  # noqa: ASYNC110 (in a thread)
            await asyncio.sleep(0.02)
        await other.service.start()
        await asyncio.sleep(1.0)
        await one.service.stop()
        before = len(api.named("getUpdates"))
        while len(api.named("getUpdates")) == before:  # noqa: ASYNC110 (in a thread)
            await asyncio.sleep(0.02)
        await other.service.stop()
        return before

    before = one.run(asyncio.wait_for(both(), 20))
    assert api.most_polls == 1
    assert len(api.named("getUpdates")) > before


def test_a_wrong_token_stops_the_service_and_not_the_server(
    make_talk: MakeTalk, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    talk = make_talk()
    api.token = "987654321:the-token-was-revoked-meanwhile"
    talk.run(_while_running(talk, lambda: "telegram refused" in caplog.text))
    assert "telegram refused (InvalidToken): check ZHIWEN_TELEGRAM_TOKEN" in caplog.text
    assert api.calls == []


def test_another_poller_with_the_same_token_is_told(talk: TelegramTalk, api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    talk.run(_while_running(talk, lambda: "Conflict" in caplog.text))
    assert "is another program polling with this token?" in caplog.text


# -- webhook


@pytest.fixture
def hooked(make_talk: MakeTalk) -> TelegramTalk:
    return make_talk(ZHIWEN_TELEGRAM_MODE="webhook", ZHIWEN_PUBLIC_URL="https://zhiwen.example.org")


def test_the_webhook_is_registered_with_a_secret_of_the_installation(hooked: TelegramTalk) -> None:
    hooked.run(_while_running(hooked, lambda: hooked.api.named("setWebhook")))
    (hook,) = hooked.api.named("setWebhook")
    assert hook["url"] == "https://zhiwen.example.org/telegram/webhook"
    assert hook["secret_token"] == hooked.service.secret
    assert len(hooked.service.secret) == 64
    assert hooked.api.named("getUpdates") == []


def test_the_webhook_answers_whoever_knows_the_secret_and_nobody_else(hooked: TelegramTalk) -> None:
    update = updates.text("你好")
    for secret in (None, "", "x", hooked.service.secret[:-1], hooked.service.secret.upper() + "é"):
        assert post(hooked, update, secret) == 403
    assert hooked.api.sent == []
    assert post(hooked, update, hooked.service.secret) == 200
    assert len(hooked.api.sent) == 1
    assert post(hooked, update, hooked.service.secret) == 200
    assert len(hooked.api.sent) == 1


@pytest.mark.parametrize(("body", "status"), [(b"no json", 400), (b"[]", 200), (b"{}", 200), (b'{"update_id":1,"message":{"a":1}}', 200)])
def test_what_is_no_update_does_no_harm(hooked: TelegramTalk, body: bytes, status: int) -> None:
    assert hooked.run(hooked.service.called(body)) == status
    assert hooked.api.sent == []


def test_a_body_without_end_is_cut_off(hooked: TelegramTalk) -> None:
    assert post(hooked, {"update_id": 1, "x": "a" * 600_000}, hooked.service.secret) == 413
