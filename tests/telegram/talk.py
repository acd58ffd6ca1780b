"""A citizen in Telegram for tests: updates in, what the Bot API got out."""

from __future__ import annotations

import json
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bot.channels.limits import RateLimit
from bot.channels.sessions import Session
from bot.channels.telegram import Gateway
from bot.channels.telegram_model import Incoming, Kind
from bot.channels.telegram_service import TelegramService
from tests.support.bot import Bot
from tests.support.bot_api import BotApi
from tests.telegram import updates


def plain(html: str) -> str:
    """What a citizen reads of a message."""
    return unescape(re.sub(r"<[^>]+>", "", html))


@dataclass
class TelegramTalk:
    """One citizen's chat. `pauses` are the seconds that the gateway waited for Telegram."""

    bot: Bot
    api: BotApi
    identity: int = updates.CITIZEN
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        async def made() -> TelegramService:
            gateway = Gateway(self.api.token, self.api.url, seconds=5.0, sleep=sleep)
            return TelegramService(self.bot.container, lambda: self.bot.conversations, RateLimit(self.bot.container.settings.rate_limit), gateway)

        self.service = self.run(made())
        self.service.gateway.username = "zhiwen_test_bot"

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.bot.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self.service.stop())

    def get(self, update: dict[str, Any]) -> list[dict[str, Any]]:
        """Telegram posts an update; the messages that it led to."""
        before = len(self.api.sent)
        assert self.run(self.service.called(json.dumps(update).encode())) == 200
        return self.api.sent[before:]

    @property
    def session(self) -> Session:
        """The citizen's conversation."""
        return self.service.channel.session_of(Incoming(0, Kind.TEXT, self.identity, self.identity))

    @property
    def asks(self) -> str | None:
        """The form's field that is asked for."""
        return self.run(self.bot.conversations.standing(self.session)).asks

    def say(self, text: str) -> list[dict[str, Any]]:
        return self.get(updates.text(text, identity=self.identity))

    def press(self, title: str) -> list[dict[str, Any]]:
        """Press the newest button with this title."""
        for sent in reversed(self.api.sent):
            for key in keys(sent):
                if key["text"] == title:
                    return self.get(updates.pressed(key["callback_data"], sent, self.identity))
        raise AssertionError(f"no button {title!r} in {[k['text'] for s in self.api.sent for k in keys(s)]}")

    @property
    def last(self) -> dict[str, Any]:
        return self.api.sent[-1]


def keys(sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons under a message that was sent."""
    markup = sent.get("reply_markup") or {}
    return [key for row in markup.get("inline_keyboard", []) for key in row]


def titles(sent: dict[str, Any]) -> list[str]:
    return [key["text"] for key in keys(sent)]
