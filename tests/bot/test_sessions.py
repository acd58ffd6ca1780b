from __future__ import annotations

import base64
import datetime as dt
import json

import jwt
import pytest

from bot.channels.sessions import LONGEST, Session, Sessions, TokenError
from desk.clock import SHANGHAI

KEY = b"k" * 32
NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)


class Clock:
    now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(KEY, clock, 24)


def test_a_session_comes_back_from_its_token(sessions: Sessions) -> None:
    opened, token = sessions.open("en", "school")
    checked = sessions.check(token)
    assert (checked.id, checked.language, checked.profile, checked.expires_at) == (opened.id, "en", "school", NOW + dt.timedelta(hours=24))


def test_ids_are_long_random_and_the_servers(sessions: Sessions) -> None:
    ids = {sessions.open("zh", "public")[0].id for _ in range(200)}
    assert len(ids) == 200
    assert all(len(i.removeprefix("web-")) == 32 for i in ids)  # 24 bytes, 192 bits


def test_a_token_expires_by_the_given_clock(sessions: Sessions, clock: Clock) -> None:
    _, token = sessions.open("zh", "public")
    clock.now = NOW + dt.timedelta(hours=23, minutes=59)
    sessions.check(token)
    clock.now = NOW + dt.timedelta(hours=24)
    with pytest.raises(TokenError, match="expired"):
        sessions.check(token)


def test_another_key_is_refused(sessions: Sessions, clock: Clock) -> None:
    _, token = Sessions(b"x" * 32, clock, 24).open("zh", "public")
    with pytest.raises(TokenError):
        sessions.check(token)


def test_changed_claims_are_refused(sessions: Sessions) -> None:
    _, token = sessions.open("zh", "school")
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"pro": "public"}).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenError):
        sessions.check(f"{head}.{forged}.{signature}")


def test_an_unsigned_token_is_refused(sessions: Sessions) -> None:
    claims = {"sub": "web-x", "exp": int((NOW + dt.timedelta(hours=1)).timestamp())}
    with pytest.raises(TokenError):
        sessions.check(jwt.encode(claims, "", algorithm="none"))


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "x" * 5000])
def test_what_is_no_token_is_refused(sessions: Sessions, token: str | None) -> None:
    with pytest.raises(TokenError):
        sessions.check(token)


def test_a_token_without_its_claims_is_refused(sessions: Sessions) -> None:
    with pytest.raises(TokenError):
        sessions.check(jwt.encode({"sub": "web-x"}, KEY, algorithm="HS256"))


def test_a_token_is_renewed_in_the_second_half_of_its_life_and_goes_on_for_the_same_session(sessions: Sessions, clock: Clock) -> None:
    opened, token = sessions.open("en", "public")
    clock.now = NOW + dt.timedelta(hours=11)
    assert sessions.renewed(sessions.check(token)) is None
    clock.now = NOW + dt.timedelta(hours=13)
    fresh = sessions.renewed(sessions.check(token))
    assert fresh is not None
    clock.now = NOW + dt.timedelta(hours=36)
    renewed = sessions.check(fresh)
    assert (renewed.id, renewed.language, renewed.profile) == (opened.id, "en", "public")
    with pytest.raises(TokenError, match="expired"):
        sessions.check(token)


def test_a_school_session_is_not_renewed_and_its_id_says_when_it_ends(sessions: Sessions, clock: Clock) -> None:
    opened, token = sessions.open("zh", "school")
    assert opened.id.startswith(f"school-{int(opened.expires_at.timestamp())}-")
    clock.now = NOW + dt.timedelta(hours=23)
    assert sessions.renewed(sessions.check(token)) is None


def test_a_session_is_not_renewed_for_ever(sessions: Sessions, clock: Clock) -> None:
    _, token = sessions.open("zh", "public")
    for hours in range(13, 24 * 30, 13):
        clock.now = NOW + dt.timedelta(hours=hours)
        try:
            token = sessions.renewed(sessions.check(token)) or token
        except TokenError:
            break
    assert NOW + LONGEST <= clock.now <= NOW + LONGEST + dt.timedelta(hours=13)


def test_a_session_from_elsewhere_goes_on_with_a_token_of_its_own(sessions: Sessions) -> None:
    elsewhere = Session("tg-x", "public", "en", NOW)
    assert sessions.check(sessions.issue(elsewhere)).id == "tg-x"
