"""A half-filled form survives a restart of the server: drafts live in the encrypted tracker (docs/adr/0005-drafts.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.sessions import Session, Sessions, TokenError
from bot.commands.train import train_dialogue
from desk.container import Container
from desk.settings import read_settings
from tests.support.bot import NOW, Bot, Talk, World


class Servers:
    """Server processes one after the other on one data folder: each with its own agent, container and connections."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self._folder, self._last = world, folder, world.container_in(folder)

    def started(self, now: str = NOW) -> Bot:
        """The next server, with its own agent and the encrypting tracker store; the one before is gone."""
        from bot.agent import open_agent
        from bot.conversation import Conversations

        self.stopped()
        url = f"sqlite:///{self._folder / 'zhiwen.db'}"
        settings = read_settings({"ZHIWEN_DATA_DIR": str(self._folder), "ZHIWEN_DATABASE_URL": url, "ZHIWEN_NOW": now})
        self._last = Container(settings)
        self._last.__dict__ |= {"encoder": self._world.container.encoder, "live": self._world.container.live}
        agent = self._world.loop.run_until_complete(open_agent(self._last, train_dialogue()))
        return Bot(self._last, agent, Conversations(agent), self._world.loop)

    def stopped(self) -> None:
        self._last.database.close()


@pytest.fixture
def servers(bot_world: World, tmp_path: Path) -> Iterator[Servers]:
    found = Servers(bot_world, tmp_path / "data")
    yield found
    found.stopped()


def opened(bot: Bot) -> tuple[Session, str]:
    return sessions_of(bot).open("zh", "public")


def sessions_of(bot: Bot) -> Sessions:
    return Sessions(bot.container.keyring.derive("sessions"), bot.container.clock, bot.container.settings.session_hours)


def test_a_half_filled_booking_goes_on_where_it_was(servers: Servers) -> None:
    bot = servers.started()
    session, token = opened(bot)
    talk = Talk(bot, session)
    talk.all("我要预约咨询", "我的羊绒衫商标被别人抢注了", "呼和浩特", "电话")
    turn = talk.say("1")
    assert turn.asks == "c_consent"

    bot = servers.started()
    talk = Talk(bot, sessions_of(bot).check(token))
    turn = talk.all("同意", "张丽")
    assert turn.asks == "c_phone"

    bot = servers.started()
    talk = Talk(bot, sessions_of(bot).check(token))
    turn = talk.all("13812345678", "没有")
    assert turn.asks == "c_review"
    for said in ("羊绒衫", "呼和浩特", "电话", "张丽", "138****5678"):
        assert said in turn.text
    turn = talk.say("确认")
    assert turn.outcome == "booked"
    assert "编号：WQ-" in turn.text


def test_after_a_day_the_draft_is_out_of_reach(servers: Servers) -> None:
    bot = servers.started()
    session, token = opened(bot)
    Talk(bot, session).all("我要预约咨询", "我的羊绒衫商标被别人抢注了")
    later = servers.started("2026-11-24T09:31")
    with pytest.raises(TokenError):
        sessions_of(later).check(token)


def test_nothing_of_a_draft_lies_readable_on_the_disk(servers: Servers, tmp_path: Path) -> None:
    bot = servers.started()
    session, _ = opened(bot)
    Talk(bot, session).all("我要预约咨询", "我的羊绒衫商标被别人抢注了", "呼和浩特", "电话", "1", "同意", "张丽", "13812345678")
    servers.stopped()
    raw = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    for secret in ("羊绒衫", "张丽", "13812345678"):
        assert secret.encode() not in raw
        assert secret.encode("unicode_escape") not in raw or secret.isdigit()
