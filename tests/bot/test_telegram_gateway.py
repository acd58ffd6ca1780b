"""python-telegram-bot against a Bot API on loopback: calls, the three classes of errors, what comes in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram import Gateway, incoming
from bot.channels.telegram_model import Key, Kind, LaterError, MisconfiguredError, Outgoing, UnreachableError
from tests.support.bot_api import TOKEN, BotApi, bot_api
from tests.telegram import updates

HELLO = Outgoing("<b>您好</b>")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


class _Pauses(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def pauses() -> _Pauses:
    return _Pauses()


@pytest.fixture
def do(api: BotApi, pauses: _Pauses) -> Callable[[Callable[[Gateway], Awaitable[Any]]], Any]:
    """Run something with a gateway."""

    def run(work: Callable[[Gateway], Awaitable[Any]], token: str = TOKEN, seconds: float = 5.0) -> Any:
        async def whole() -> Any:
            async with Gateway(token, api.url, seconds=seconds, sleep=pauses) as gateway:
                return await work(gateway)

        return asyncio.run(whole())

    return run


def test_a_message_goes_out_as_html_with_its_buttons_and_no_preview(api: BotApi, do: Any) -> None:
    rows = ((Key("现场", "v:c_mode:on_site"), Key("加入日历", url="https://z.cn/x.ics")),)
    do(lambda g: g.send(7, Outgoing("<b>您好</b>", rows)))
    (sent,) = api.sent
    assert (sent["chat_id"], sent["text"], sent["parse_mode"]) == (7, "<b>您好</b>", "HTML")
    assert sent["reply_markup"]["inline_keyboard"] == [
        [{"text": "现场", "callback_data": "v:c_mode:on_site"}, {"text": "加入日历", "url": "https://z.cn/x.ics"}]
    ]
    assert sent["link_preview_options"] == {"is_disabled": True}


def test_the_button_that_shares_a_number_comes_and_goes_away_again(api: BotApi, do: Any) -> None:
    do(lambda g: g.send(7, Outgoing("电话？", contact="发送我的电话号码")))
    do(lambda g: g.send(7, HELLO))
    assert api.sent[0]["reply_markup"]["keyboard"] == [[{"text": "发送我的电话号码", "request_contact": True}]]
    assert api.sent[1]["reply_markup"] == {"remove_keyboard": True}


def test_a_flood_limit_is_waited_for_as_long_as_telegram_says(api: BotApi, do: Any, pauses: list[float]) -> None:
    api.fail("sendMessage", 429, retry_after=7)
    do(lambda g: g.send(7, HELLO))
    assert len(api.sent) == 2
    assert pauses == [7.0]


def test_a_flood_limit_that_is_too_long_is_given_up_at_once(api: BotApi, do: Any, pauses: list[float]) -> None:
    api.fail("sendMessage", 429, retry_after=600)
    with pytest.raises(LaterError) as caught:
        do(lambda g: g.send(7, HELLO))
    assert (caught.value.cause, caught.value.seconds, pauses) == ("RetryAfter", 600.0, [])


def test_a_time_out_is_tried_again_since_twice_is_better_than_never(api: BotApi, do: Any) -> None:
    api.hang("sendMessage", 1.5)
    do(lambda g: g.send(7, HELLO), seconds=0.5)
    assert len(api.sent) >= 2


@pytest.mark.parametrize(("status", "cause"), [(500, "NetworkError"), (502, "NetworkError")])
def test_a_fault_of_telegram_is_tried_three_times(api: BotApi, do: Any, status: int, cause: str) -> None:
    api.fail("sendMessage", status, times=3)
    with pytest.raises(LaterError, match=cause):
        do(lambda g: g.send(7, HELLO))
    assert len(api.sent) == 3


@pytest.mark.parametrize(("status", "said"), [(403, "Forbidden: bot was blocked by the user"), (400, "Bad Request: chat not found")])
def test_who_blocked_the_bot_or_is_gone_is_final(api: BotApi, do: Any, status: int, said: str) -> None:
    api.fail("sendMessage", status, said)
    with pytest.raises(UnreachableError):
        do(lambda g: g.send(7, HELLO))
    assert len(api.sent) == 1


def test_a_wrong_token_and_a_second_poller_are_the_operators_matter(api: BotApi, do: Any) -> None:
    with pytest.raises(MisconfiguredError, match="InvalidToken"):
        do(lambda g: g.introduce({}), "987654321:another-token-that-is-wrong")
    api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    with pytest.raises(MisconfiguredError, match="Conflict"):
        do(lambda g: g.updates(None, 0))


def test_no_error_says_the_token_or_what_was_sent(api: BotApi, do: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.fail("sendMessage", 400, "Bad Request: can't parse entities: 张丽 13812345678")
    with pytest.raises(UnreachableError) as caught:
        do(lambda g: g.send(700000001, Outgoing("张丽")))
    seen = f"{caught.value!r} {caught.value} {caplog.text}"
    for secret in (TOKEN, "张丽", "13812345678", "700000001"):
        assert secret not in seen


def test_a_button_that_is_too_old_to_be_answered_is_no_trouble(api: BotApi, do: Any) -> None:
    api.fail("answerCallbackQuery", 400, "Bad Request: query is too old")
    do(lambda g: g.answer("1"))
    api.fail("editMessageReplyMarkup", 400, "Bad Request: message is not modified")
    do(lambda g: g.settle(7, 1, Key("✓ 现场", "v:c_mode:on_site")))
    assert len(api.named("answerCallbackQuery")) == len(api.named("editMessageReplyMarkup")) == 1


def test_commands_stand_in_both_languages_beside_the_menu_button(api: BotApi, do: Any) -> None:
    named = {"zh": {"start": "重新开始"}, "en": {"start": "Start over"}}
    assert do(lambda g: g.introduce(named)) == "zhiwen_test_bot"
    chinese, english = api.named("setMyCommands")
    assert (chinese["commands"], "language_code" in chinese) == ([{"command": "start", "description": "重新开始"}], False)
    assert (english["commands"], english["language_code"]) == ([{"command": "start", "description": "Start over"}], "en")
    assert api.named("setChatMenuButton") == [{"menu_button": {"type": "commands"}}]


def test_a_webhook_is_set_with_its_secret_and_taken_away_for_polling(api: BotApi, do: Any) -> None:
    do(lambda g: g.be_called("https://z.cn/telegram/webhook", "geheim"))
    (hook,) = api.named("setWebhook")
    assert (hook["url"], hook["secret_token"]) == ("https://z.cn/telegram/webhook", "geheim")
    assert hook["allowed_updates"] == ["message", "edited_message", "callback_query"]
    do(lambda g: g.be_asked())
    assert api.named("deleteWebhook") == [{"drop_pending_updates": "false"}]


def test_the_operator_learns_who_the_bot_is_and_what_waits(api: BotApi, do: Any) -> None:
    api.deliver(updates.text("您好"))
    assert do(lambda g: g.describe()) == {"bot": "@zhiwen_test_bot", "webhook": "-", "waiting": "1"}


def test_updates_are_fetched_from_an_offset_which_confirms_the_others(api: BotApi, do: Any) -> None:
    first, second = updates.text("您好"), updates.text("再见")
    api.deliver(first, second)
    assert [u.text for u in do(lambda g: g.updates(None, 1))] == ["您好", "再见"]
    assert [u.text for u in do(lambda g: g.updates(second["update_id"], 1))] == ["再见"]
    assert api.waiting == [second]


# -- what comes in


def kind_of(update: dict[str, Any]) -> Kind:
    return incoming(Update.de_json(update, None), "zhiwen_test_bot").kind


@pytest.mark.parametrize(
    ("update", "kind"),
    [
        (updates.text("您好"), Kind.TEXT),
        (updates.text("/book"), Kind.COMMAND),
        (updates.text("/book@zhiwen_test_bot"), Kind.COMMAND),
        (updates.text("/book@another_bot"), Kind.TEXT),
        (updates.text('/book_consultation{"c_name":"x"}'), Kind.TEXT),
        (updates.text("/restart"), Kind.TEXT),
        (updates.pressed("help"), Kind.BUTTON),
        (updates.contact("+8613812345678"), Kind.CONTACT),
        (updates.edited("您好"), Kind.EDITED),
        (updates.sticker(), Kind.STICKER),
        (updates.photo(), Kind.FILE),
        (updates.voice(), Kind.VOICE),
        (updates.location(), Kind.PLACE),
        (updates.poll(), Kind.OTHER),
        (updates.pinned(), Kind.IGNORED),
        (updates.in_group("大家好"), Kind.IGNORED),
        (updates.in_group("/help"), Kind.GROUP),
        (updates.in_group("@zhiwen_test_bot 您好", entities=[{"type": "mention", "offset": 0, "length": 16}]), Kind.GROUP),
        (updates.update(message=updates.message(text="x") | {"from": updates.user(1, is_bot=True) | {"is_bot": True}}), Kind.IGNORED),
        (updates.update(my_chat_member={}), Kind.IGNORED),
    ],
)
def test_every_update_is_of_one_kind(update: dict[str, Any], kind: Kind) -> None:
    update = {name: value for name, value in update.items() if value != {}}
    assert kind_of(update) is kind


def test_an_update_tells_who_what_and_in_which_language() -> None:
    found = incoming(Update.de_json(updates.text("hello", language="en-GB"), None), "x")
    assert (found.user, found.chat, found.language, found.text) == (updates.CITIZEN, updates.CITIZEN, "en", "hello")
    assert incoming(Update.de_json(updates.text("/Book now"), None), "x").text == "book"
    assert incoming(Update.de_json(updates.photo("这个图能用吗"), None), "x").text == "这个图能用吗"


def test_a_contact_is_the_senders_own_or_not() -> None:
    own, foreign, unknown = (incoming(Update.de_json(updates.contact("+8613812345678", owner), None), "x") for owner in (updates.CITIZEN, 5, None))
    assert (own.own, foreign.own, unknown.own) == (True, False, False)


def test_a_pressed_button_brings_its_title_from_the_message_above_it() -> None:
    carrier = {"message_id": 12, "text": "?", "reply_markup": {"inline_keyboard": [[{"text": "现场", "callback_data": "v:c_mode:on_site"}]]}}
    found = incoming(Update.de_json(updates.pressed("v:c_mode:on_site", carrier), None), "x")
    assert (found.button, found.title, found.message) == ("v:c_mode:on_site", "现场", 12)


def test_what_is_no_update_is_none(do: Any) -> None:
    async def read(gateway: Gateway) -> Any:
        return [gateway.read(data) for data in ({}, {"update_id": 1, "message": {"text": 3}}, {"message": "x"})]

    assert do(read) == [None, None, None]
