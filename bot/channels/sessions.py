"""Sessions: the server makes the id, the token is signed and expires."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from typing import Any

import jwt

from desk.clock import Clock

_ALGORITHM = "HS256"
# The clock may be set for a demonstration, so times are checked against it and not by the library.
_OPTIONS: Any = {"verify_exp": False, "verify_iat": False, "require": ["sub", "exp"]}
LONGEST = dt.timedelta(days=7)  # an active conversation is renewed up to here, or for the one life that a longer setting gives
LANGUAGES = ("zh", "en")
SCHOOL = "school"
PROFILES = ("public", SCHOOL)


class TokenError(Exception):
    """A token that is missing, forged or expired."""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation: an unguessable id, its profile and first language."""

    id: str
    profile: str
    language: str
    expires_at: dt.datetime
    opened_at: dt.datetime | None = None
    telegram_chat: str = ""  # where reminders of a case go; sealed like everything in the tracker


class Sessions:
    """Opens sessions, checks and renews their tokens; keeps nothing in memory."""

    def __init__(self, key: bytes, clock: Clock, hours: int) -> None:
        self._key, self._clock, self._life = key, clock, dt.timedelta(hours=hours)

    def open(self, language: str, profile: str, prefix: str = "web") -> tuple[Session, str]:
        """A new session and its signed token. The id holds 192 random bits."""
        now = self._clock()
        if profile == SCHOOL:  # the id says when its conversation goes (bot/school_sweep.py)
            prefix = f"{SCHOOL}-{int((now + self._life).timestamp())}"
        session = Session(f"{prefix}-{secrets.token_urlsafe(24)}", profile, language, now + self._life, now)
        return session, self._signed(session)

    def renewed(self, session: Session) -> str | None:
        """A fresh token for a session whose token is past half its life; None before that, and when the session is too old.

        The old token holds until it expires, so that a reply that is lost with the new one costs nothing.
        """
        now = self._clock()
        if session.profile == SCHOOL:
            return None  # it ends when its id says so
        if session.opened_at is None or session.expires_at - now > self._life / 2:
            return None
        last = session.opened_at + max(self._life, LONGEST)
        return self._signed(replace(session, expires_at=min(now + self._life, last))) if last > session.expires_at else None

    def issue(self, session: Session) -> str:
        """A token for a session that was opened elsewhere and goes on here."""
        return self._signed(replace(session, expires_at=self._clock() + self._life, opened_at=self._clock()))

    def _signed(self, session: Session) -> str:
        claims = {"sub": session.id, "pro": session.profile, "lan": session.language, "exp": int(session.expires_at.timestamp())}
        if session.opened_at is not None:
            claims["iat"] = int(session.opened_at.timestamp())
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def check(self, token: str | None) -> Session:
        """The session of a token; raises TokenError."""
        if not token or len(token) > 1000:
            raise TokenError("missing")
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], options=_OPTIONS)
        except jwt.InvalidTokenError as error:
            raise TokenError(type(error).__name__) from None
        expires = dt.datetime.fromtimestamp(claims["exp"], dt.timezone.utc)
        if expires <= self._clock():
            raise TokenError("expired")
        opened = dt.datetime.fromtimestamp(claims["iat"], dt.timezone.utc) if isinstance(claims.get("iat"), int) else None
        return Session(claims["sub"], claims.get("pro", "public"), claims.get("lan", "zh"), expires, opened)
