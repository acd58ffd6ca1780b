"""One-time links: they open once, for half an hour, on this installation."""

from __future__ import annotations

import datetime as dt

import jwt
import pytest

from bot.channels.continuing import MINUTES, OneTimeLinks
from bot.channels.sessions import Session, TokenError
from storage import Deliveries, SqlStore
from tests.support.stores import keyring, sqlite_store

__all__ = ["keyring", "sqlite_store"]
KEY = b"k" * 32
START = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.timezone.utc)


class _Clock:
    now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def links(sqlite_store: SqlStore, clock: _Clock) -> OneTimeLinks:
    return OneTimeLinks(KEY, clock, Deliveries(sqlite_store.database, sqlite_store.keyring, clock))


def code_of(links: OneTimeLinks) -> str:
    path = links.path(Session("tg-abc", "public", "zh", START), "en")
    assert path.startswith("/continue/")
    return path.removeprefix("/continue/")


def test_a_link_leads_to_its_conversation_once(links: OneTimeLinks) -> None:
    code = code_of(links)
    session = links.redeem(code)
    assert (session.id, session.profile, session.language) == ("tg-abc", "public", "en")
    with pytest.raises(TokenError, match="used"):
        links.redeem(code)


def test_a_link_expires(links: OneTimeLinks, clock: _Clock) -> None:
    early, late = code_of(links), code_of(links)
    clock.now = START + dt.timedelta(minutes=MINUTES, seconds=-1)
    assert links.redeem(early).id == "tg-abc"
    clock.now = START + dt.timedelta(minutes=MINUTES)
    with pytest.raises(TokenError, match="expired"):
        links.redeem(late)


@pytest.mark.parametrize("key", [b"x" * 32, KEY])
def test_a_forged_link_opens_nothing(links: OneTimeLinks, key: bytes) -> None:
    claims = {"sub": "tg-abc", "pro": "public", "lan": "zh", "exp": 4_000_000_000}  # with our own key: no jti
    with pytest.raises(TokenError):
        links.redeem(jwt.encode(claims, key, algorithm="HS256"))
    for code in ("", "x", "a.b.c", "y" * 2000):
        with pytest.raises(TokenError):
            links.redeem(code)
