"""A citizen on each channel, driven alike: open, say, press; and what the channel makes of the same messages."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import httpx
from sanic import Sanic
from sanic.response import HTTPResponse

from bot.channels.chat import chat_blueprint
from bot.channels.continuing import OneTimeLinks
from bot.channels.gate import ApiError, Gate, error_response
from bot.channels.limits import RateLimit
from bot.channels.rendering_telegram import render
from bot.channels.sanitise import TextRefusedError
from bot.channels.sessions import Sessions
from bot.conversation import Conversations
from bot.forgetting import Forgetting
from bot.routes.plain import Means, plain_blueprint
from bot.turnlog import TurnWatch
from bot.web import sentence
from bot.web.plain_page import PlainPage
from bot.web.plain_page import render as plain_html
from casework.oversight import TurnSeen
from knowledge.text import language_of
from tests.support.bot import Bot, Talk
from tests.support.bot_api import BotApi
from tests.support.inloop import Site
from tests.support.plain import Plain, read
from tests.telegram.talk import TelegramTalk, plain, titles

NOT_TAKEN = "not_taken"
_browser = ThreadPoolExecutor(1, thread_name_prefix="browser")
Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Heard:
    """What one turn got: how it ended and the texts that were read."""

    outcome: str
    texts: tuple[str, ...]


class Driver(ABC):
    """One conversation on one channel."""

    @abstractmethod
    def open(self) -> Heard: ...

    @abstractmethod
    def say(self, text: str) -> Heard: ...

    @abstractmethod
    def press(self, title: str) -> Heard: ...

    @abstractmethod
    def shown(self, messages: Messages) -> tuple[str, ...]:
        """The channel's pure rendering of what the conversation said, as the texts that are read."""

    def close(self) -> None:  # noqa: B027 (most drivers open nothing)
        """Give back what the driver opened."""


class Direct(Driver):
    """The conversation itself: what every channel has to say."""

    def __init__(self, bot: Bot) -> None:
        self._talk: Talk = bot.talk()
        self.messages: list[Messages] = []
        self.asked: list[str | None] = []
        self.titles: list[str] = []

    def open(self) -> Heard:
        return self._took(self._talk.open())

    def say(self, text: str) -> Heard:
        try:
            return self._took(self._talk.say(text))
        except TextRefusedError as error:
            return self._refused(error.code)

    def press(self, title: str) -> Heard:
        return self._took(self._talk.press(title))

    def shown(self, messages: Messages) -> tuple[str, ...]:
        return tuple(m["text"] for m in messages)

    def _took(self, turn: Any) -> Heard:
        self.messages.append(turn.messages)
        self.asked.append(turn.asks)
        self.titles = [b["title"] for b in turn.buttons]
        return Heard(turn.outcome, self.shown(turn.messages))

    def _refused(self, code: str) -> Heard:
        self.asked.append(None)
        self.messages.append([{"kind": "notice", "text": sentence(code, "zh"), "citations": [], "buttons": []}])
        return Heard(NOT_TAKEN, (sentence(code, "zh"),))


def _served(bot: Bot) -> Site:
    """The web client's routes over this bot."""
    container = bot.container
    gate = Gate(Sessions(container.keyring.derive("sessions"), container.clock, 24), RateLimit(None), lambda: bot.conversations)
    app = Sanic("conformance", configure_logging=False)
    forget = Forgetting(container)
    app.blueprint(chat_blueprint(gate, container.feedback, forget))
    links = OneTimeLinks(container.keyring.derive("continue"), container.clock, container.deliveries)
    app.blueprint(plain_blueprint(Means(gate, links, container.feedback, forget, container.keyring.derive("csrf"), "", demo=True)))

    @app.exception(ApiError)
    async def refused(_: Any, error: ApiError) -> HTTPResponse:
        return error_response(error.status, error.code, error.language)

    return cast(Site, bot.run(Site.open(app)))


class ChatApi(Driver):
    """The chat API over HTTP."""

    def __init__(self, bot: Bot, api: BotApi) -> None:
        self._run, self._site = bot.run, _served(bot)
        self._headers: dict[str, str] = {}
        self._buttons: dict[str, str] = {}

    def open(self) -> Heard:
        reply = self._run(self._site.client.post("/chat/sessions", json={"language": "zh"})).json()
        self._headers = {"authorization": f"Bearer {reply['token']}"}
        return self._took({"outcome": "smalltalk", **reply})

    def say(self, text: str) -> Heard:
        return self._sent({"text": text})

    def press(self, title: str) -> Heard:
        return self._sent({"button": self._buttons[title], "title": title})

    def shown(self, messages: Messages) -> tuple[str, ...]:
        return tuple(m["text"] for m in messages)

    def close(self) -> None:
        self._run(self._site.close())

    def _sent(self, body: dict[str, str]) -> Heard:
        reply = self._run(self._site.client.post("/chat/messages", json=body, headers=self._headers))
        data = reply.json()
        return self._took(data) if reply.status_code == 200 else Heard(NOT_TAKEN, (data["error"]["message"],))

    def _took(self, data: dict[str, Any]) -> Heard:
        self._buttons |= {b["title"]: b["id"] for m in data["messages"] for b in m["buttons"]}
        return Heard(data["outcome"], self.shown(data["messages"]))


class PlainHtml(Driver):
    """The page without JavaScript: forms filled and sent, the page read."""

    def __init__(self, bot: Bot, api: BotApi) -> None:
        self._bot, self._site = bot, _served(bot)
        address = str(self._site.client.base_url)
        self._client = httpx.Client(base_url=address, follow_redirects=True, timeout=60, trust_env=False)
        self._plain = Plain(address, client=self._client)

    def open(self) -> Heard:
        return self._heard(self._plain.open)

    def say(self, text: str) -> Heard:
        return self._heard(self._plain.say, text)

    def press(self, title: str) -> Heard:
        return self._heard(self._plain.press, title)

    def shown(self, messages: Messages) -> tuple[str, ...]:
        entries = [{"from": "bot", "message": message} for message in messages]
        return tuple(read(plain_html(PlainPage("zh", "", entries, demo=True))).texts)

    def close(self) -> None:
        self._client.close()
        self._bot.run(self._site.close())

    def _heard(self, act: Callable[..., list[str]], *given: str) -> Heard:
        # The browser blocks in a thread while the loop here serves the page.
        texts = self._bot.run(asyncio.wrap_future(_browser.submit(act, *given), loop=self._bot.loop))
        seen = self._plain.seen
        return Heard(NOT_TAKEN, (seen.trouble,)) if seen.trouble else Heard(seen.outcome, tuple(texts))


class Telegram(Driver):
    """Updates in, calls of the Bot API out."""

    def __init__(self, bot: Bot, api: BotApi) -> None:
        self._seen: list[TurnSeen] = []
        bot.conversations = Conversations(bot.agent, TurnWatch(listeners=(self._seen.append,)))
        self._talk, self._run = TelegramTalk(bot, api), bot.run

    def open(self) -> Heard:
        return self._heard(lambda: self._talk.say("/start"), skip=1)  # before it the notice that every page of ours carries

    def say(self, text: str) -> Heard:
        return self._heard(lambda: self._talk.say(text))

    def press(self, title: str) -> Heard:
        return self._heard(lambda: self._talk.press(title))

    def shown(self, messages: Messages) -> tuple[str, ...]:
        return tuple("\n\n".join(plain(part.html) for part in render(m, _tongue(m["text"]), demo=True)) for m in messages)

    def close(self) -> None:
        self._talk.close()

    def _heard(self, act: Any, skip: int = 0) -> Heard:
        before = len(self._seen)
        sent = act()[skip:]
        if sent and titles(sent[-1])[:2] == ["同意，在这里填", "不同意"]:  # the consent that only this channel needs
            sent = [*sent[:-1], *self._talk.press("同意，在这里填")]
        outcome = self._seen[-1].outcome if len(self._seen) > before else NOT_TAKEN
        return Heard(outcome, tuple(plain(message["text"]) for message in sent))


def _tongue(text: str) -> str:
    return "en" if language_of(text) == "en" else "zh"


_REFERENCE = re.compile(r"\b[A-Z]{2}-\d{3}-\d{3}-\d{3}\b")
_CODE = re.compile(r"(?<=查询码：)\d{4}")
# What a channel may say of its own: how a reminder reaches the citizen.
_REMINDERS = ("没有留邮箱就不会收到提醒，请把日程文件存到手机。", "提醒会发到这个聊天里。")


def alike(texts: Sequence[str]) -> str:
    """Texts without what differs from run to run, and without what channels may word themselves."""
    found = _CODE.sub("〔码〕", _REFERENCE.sub("〔编号〕", "\n---\n".join(texts)))
    for reminder in _REMINDERS:
        found = found.replace(reminder, "〔提醒〕")
    return re.sub(r"\n{2,}", "\n\n", found)


def reference_in(texts: Sequence[str]) -> str | None:
    """The reference that was said."""
    match = _REFERENCE.search("\n".join(texts))
    return match[0] if match else None
