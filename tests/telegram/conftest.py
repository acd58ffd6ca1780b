"""A citizen's chat with the real bot over a fake Bot API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.bot import NOW, World
from tests.support.bot_api import TOKEN, BotApi, bot_api
from tests.telegram.talk import TelegramTalk

MakeTalk = Callable[..., TelegramTalk]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


@pytest.fixture
def make_talk(bot_world: World, api: BotApi, tmp_path: Path) -> Iterator[MakeTalk]:
    """Chats on the test's data folder, with settings; `sealed` keeps the conversation in the database."""
    made: list[TelegramTalk] = []

    def make(*, sealed: bool = False, **settings: str) -> TelegramTalk:
        base = {"ZHIWEN_TELEGRAM_TOKEN": TOKEN, "ZHIWEN_TELEGRAM_API": api.url, "ZHIWEN_RATE_LIMIT": "off", **settings}
        container = bot_world.container_in(tmp_path / "data", base.pop("ZHIWEN_NOW", NOW), **base)
        made.append(TelegramTalk(bot_world.bot(container, sealed=sealed), api))
        return made[-1]

    yield make
    for talk in made:
        talk.close()
        talk.bot.container.database.close()


@pytest.fixture
def talk(make_talk: MakeTalk) -> TelegramTalk:
    """A citizen who may give personal data in the chat, after consent."""
    return make_talk()
