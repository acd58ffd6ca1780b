"""Sessions: the server makes the id, the token is signed and expires."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

import jwt

from desk.clock import Clock

_ALGORITHM = "HS256"
LANGUAGES = ("zh", "en")
PROFILES = ("public", "school")


class TokenError(Exception):
    """A token that is missing, forged or expired."""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation: an unguessable id, its profile and first language."""

    id: str
    profile: str
    language: str
    expires_at: dt.datetime


class Sessions:
    """Opens sessions and checks their tokens; keeps nothing in memory."""

    def __init__(self, key: bytes, clock: Clock, hours: int) -> None:
        self._key, self._clock, self._hours = key, clock, hours

    def open(self, language: str, profile: str, prefix: str = "web") -> tuple[Session, str]:
        """A new session and its signed token. The id holds 192 random bits."""
        expires = self._clock() + dt.timedelta(hours=self._hours)
        session = Session(f"{prefix}-{secrets.token_urlsafe(24)}", profile, language, expires)
        claims = {"sub": session.id, "pro": profile, "lan": language, "exp": int(expires.timestamp())}
        return session, jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def check(self, token: str | None) -> Session:
        """The session of a token; raises TokenError."""
        if not token or len(token) > 1000:
            raise TokenError("missing")
        try:
            # The clock may be set for a demonstration, so expiry is checked against it and not by the library.
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], options={"verify_exp": False, "require": ["sub", "exp"]})
        except jwt.InvalidTokenError as error:
            raise TokenError(type(error).__name__) from None
        expires = dt.datetime.fromtimestamp(claims["exp"], dt.timezone.utc)
        if expires <= self._clock():
            raise TokenError("expired")
        return Session(claims["sub"], claims.get("pro", "public"), claims.get("lan", "zh"), expires)
