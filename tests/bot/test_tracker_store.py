"""Every event is sealed at rest; a word that is typed is in no file of the data folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import EncryptedTrackerStore
from storage import Keyring, new_key

SECRET = "张丽的电话是13812345678"


@pytest.fixture
def domain() -> Domain:
    return Domain.from_dict({"intents": ["greet"], "slots": {"c_name": {"type": "any", "mappings": [{"type": "custom"}]}}})


@pytest.fixture
def store(domain: Domain, tmp_path: Path) -> EncryptedTrackerStore:
    return EncryptedTrackerStore(domain, url=f"sqlite:///{tmp_path / 'zhiwen.db'}", keyring=Keyring([new_key()]))


def said(store: EncryptedTrackerStore, domain: Domain, sender: str = "web-1", at: float = 1000.0) -> DialogueStateTracker:
    tracker = DialogueStateTracker.from_events(
        sender,
        [
            ActionExecuted("action_listen", timestamp=at),
            UserUttered(SECRET, {"name": "greet", "confidence": 1.0}, timestamp=at + 1),
            SlotSet("c_name", "张丽", timestamp=at + 2),
            BotUttered("您好，张丽", {"custom": {"card": "x"}}, timestamp=at + 3),
        ],
        domain.slots,
    )
    asyncio.run(store.save(tracker))
    return tracker


def test_what_is_stored_comes_back_whole(store: EncryptedTrackerStore, domain: Domain) -> None:
    said(store, domain)
    found = asyncio.run(store.retrieve("web-1"))
    assert found is not None
    assert found.latest_message is not None
    assert found.latest_message.text == SECRET
    assert found.get_slot("c_name") == "张丽"
    assert isinstance(found.events[-1], BotUttered)
    assert found.events[-1].data["custom"] == {"card": "x"}


def test_no_word_is_in_any_file(store: EncryptedTrackerStore, domain: Domain, tmp_path: Path) -> None:
    said(store, domain)
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        for word in (SECRET, "张丽", "13812345678", "greet", "c_name"):
            assert word.encode() not in data
            assert word.encode("unicode_escape") not in data or word.isascii()


def test_events_are_appended_once(store: EncryptedTrackerStore, domain: Domain) -> None:
    tracker = said(store, domain)
    tracker.update(ActionExecuted("action_listen", timestamp=1010.0))
    asyncio.run(store.save(tracker))
    found = asyncio.run(store.retrieve("web-1"))
    assert found is not None
    assert len(found.events) == 5


def test_another_key_opens_nothing(store: EncryptedTrackerStore, domain: Domain, tmp_path: Path) -> None:
    said(store, domain)
    other = EncryptedTrackerStore(domain, url=f"sqlite:///{tmp_path / 'zhiwen.db'}", keyring=Keyring([new_key()]))
    with pytest.raises(Exception, match=r"(?s).*") as caught:
        asyncio.run(other.retrieve("web-1"))
    assert SECRET not in str(caught.value)


def test_an_unknown_conversation_is_none(store: EncryptedTrackerStore) -> None:
    assert asyncio.run(store.retrieve("web-unknown")) is None


def test_conversations_are_forgotten_whole_by_name_or_by_age(store: EncryptedTrackerStore, domain: Domain) -> None:
    for number in range(3):
        said(store, domain, f"web-{number}", at=1000.0 * (number + 1))
    assert store.forget(["web-0"]) == 4
    assert store.forget_before(2500.0) == 4
    assert asyncio.run(store.retrieve("web-1")) is None
    assert asyncio.run(store.retrieve("web-2")) is not None
    assert store.forget_before(0.0) == 0
