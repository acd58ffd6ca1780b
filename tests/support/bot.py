"""The real bot for tests: the trained Rasa model, real cards, an in-memory tracker; a fresh database each test.

    def test_x(bot):
        talk = bot.talk()                    # a new conversation; language=, profile= as in the chat API
        turn = talk.say("发明专利保护多少年？")
        assert turn.outcome == "answered" and turn.card == "patents/…"
        turn = talk.press("确认提交")         # a button of the last turns by its id or title

Rasa is imported, the dialogue model trained (when its inputs changed) and the knowledge release built by the
official builder once in a test run. Tests that use `bot` or `sealed_bot` carry the marker `rasa` by themselves.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from desk.container import Container, set_container
from desk.live import LiveRelease
from desk.settings import read_settings
from knowledge import release as releases
from knowledge.corpus import load_corpus
from tests.support.stores import sqlite_url

NOW = "2026-11-23T09:30"  # a Monday morning
FIXTURES = ("bot", "sealed_bot", "bot_world")


@dataclass(frozen=True)
class Turn:
    """What one message got, as the chat API says it."""

    outcome: str
    form: dict[str, Any] | None
    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """All messages' texts."""
        return "\n".join(m["text"] for m in self.messages)

    @property
    def asks(self) -> str | None:
        """The form's field asked for after the turn."""
        return self.form["field"] if self.form else None

    @property
    def step(self) -> tuple[int, int] | None:
        return (self.form["step"], self.form["of"]) if self.form else None

    @property
    def kinds(self) -> list[str]:
        return [m["kind"] for m in self.messages]

    @property
    def cards(self) -> list[str]:
        return [m["card"] for m in self.messages if m["card"]]

    @property
    def card(self) -> str | None:
        return next(iter(self.cards), None)

    @property
    def citations(self) -> list[dict[str, Any]]:
        return [c for m in self.messages for c in m["citations"]]

    @property
    def buttons(self) -> list[dict[str, str]]:
        return [b for m in self.messages for b in m["buttons"]]

    @property
    def reference(self) -> str | None:
        return next((m["reference"] for m in self.messages if m.get("reference")), None)

    @property
    def links(self) -> list[dict[str, str]]:
        return [link for m in self.messages for link in m.get("links", [])]


@dataclass
class Talk:
    """One conversation. Remembers the buttons that are on the screen."""

    bot: Bot
    session: Any
    shown: dict[str, str] = field(default_factory=dict)  # title and id -> id
    turns: list[Turn] = field(default_factory=list)

    def open(self) -> Turn:
        """The opening messages, as the page shows them first."""
        return self._took(self.bot.run(self.bot.conversations.open(self.session)))

    def say(self, text: str, **extra: Any) -> Turn:
        """Type a text; it goes through the sanitiser like in every channel."""
        from bot.channels.sanitise import sanitise

        return self._took(self.bot.run(self.bot.conversations.say(self.session, sanitise(text), extra)))

    def press(self, button: str) -> Turn:
        """Press a button by its title or id; an id that was never shown is sent as a stranger would."""
        return self._took(self.bot.run(self.bot.conversations.press(self.session, self.shown.get(button, button), button)))

    def all(self, *lines: str) -> Turn:
        """Say several lines; the last turn."""
        for line in lines:
            self.say(line)
        return self.turns[-1]

    def _took(self, result: Any) -> Turn:
        turn = Turn(result.outcome.value, result.form, result.messages)
        for shown in turn.buttons:
            self.shown |= {shown["title"]: shown["id"], shown["id"]: shown["id"]}
        self.turns.append(turn)
        return turn


@dataclass
class Bot:
    """The whole bot over one container."""

    container: Container
    agent: Any
    conversations: Any
    loop: asyncio.AbstractEventLoop

    def run(self, turn: Any) -> Any:
        return self.loop.run_until_complete(turn)

    def talk(self, language: str = "zh", profile: str = "public") -> Talk:
        """A new conversation."""
        from bot.channels.sessions import Sessions

        sessions = Sessions(self.container.keyring.derive("sessions"), self.container.clock, 24)
        return Talk(self, sessions.open(language, profile)[0])

    def slots(self, talk: Talk) -> dict[str, Any]:
        """The conversation's slots, for what no reply shows."""
        tracker = self.run(self.conversations._agent.tracker_store.retrieve(talk.session.id))
        return dict(tracker.current_slot_values())


@dataclass
class World:
    """What is made once in a test run: agent, encoder, release."""

    container: Container
    agent: Any
    loop: asyncio.AbstractEventLoop

    def container_in(self, folder: Path, now: str = NOW, **environment: str) -> Container:
        """A container with its own data folder and database, and the run's encoder and release."""
        folder.mkdir(parents=True, exist_ok=True)
        url = sqlite_url(folder / "zhiwen.db")
        settings = read_settings({"ZHIWEN_DATA_DIR": str(folder), "ZHIWEN_DATABASE_URL": url, "ZHIWEN_NOW": now, **environment})
        container = Container(settings)
        container.__dict__ |= {"encoder": self.container.encoder, "live": self.container.live}
        return container

    def bot(self, container: Container, *, sealed: bool = False) -> Bot:
        """The agent over a container; `sealed`: the real, encrypting tracker store instead of memory."""
        from rasa.core.tracker_store import AwaitableTrackerStore, InMemoryTrackerStore

        from bot.conversation import Conversations
        from bot.tracker_store import EncryptedTrackerStore

        store: Any = InMemoryTrackerStore(self.agent.domain)
        if sealed:
            store = EncryptedTrackerStore(self.agent.domain, url=container.settings.database_url, keyring=container.keyring)
            store = AwaitableTrackerStore.create(store)
        self.agent.tracker_store = store
        self.agent.processor.tracker_store = store
        set_container(container)
        return Bot(container, self.agent, Conversations(self.agent), self.loop)


@pytest.fixture(scope="session")
def release_dir(tmp_path_factory: pytest.TempPathFactory) -> Container:
    """A container whose data folder holds a release of the real cards, built by the official builder."""
    folder = tmp_path_factory.mktemp("zhiwen")
    container = Container(read_settings({"ZHIWEN_DATA_DIR": str(folder), "ZHIWEN_NOW": NOW}))
    key = container.keyring.derive("release")
    releases.build(load_corpus(), container.encoder, container.lexicon, container.releases_dir, key, container.clock())
    container.__dict__["live"] = LiveRelease(container.releases_dir, container.encoder, container.lexicon, key, lambda: None)
    return container


@pytest.fixture(scope="session")
def bot_world(release_dir: Container) -> Iterator[World]:
    """The agent and the release, once in a test run."""
    from bot.agent import open_agent, quiet_libraries
    from bot.commands.train import train_dialogue

    quiet_libraries()
    model = train_dialogue()
    loop = asyncio.new_event_loop()
    agent = loop.run_until_complete(open_agent(release_dir, model))
    logging.getLogger("rasa").setLevel(logging.CRITICAL)  # as `zhiwen serve` does
    yield World(release_dir, agent, loop)
    set_container(None)
    loop.close()


@pytest.fixture
def bot(bot_world: World, tmp_path: Path) -> Iterator[Bot]:
    """The real bot on an empty database, its conversations in memory; the clock starts at NOW."""
    container = bot_world.container_in(tmp_path / "data")
    yield bot_world.bot(container)
    container.database.close()


@pytest.fixture
def sealed_bot(bot_world: World, tmp_path: Path) -> Iterator[Bot]:
    """The same with the encrypting tracker store in the test's data folder (`bot.container.settings.data_dir`)."""
    container = bot_world.container_in(tmp_path / "data")
    yield bot_world.bot(container, sealed=True)
    container.database.close()
