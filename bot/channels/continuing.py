"""One-time links: a conversation begun in a messenger goes on in the web page, where personal data may be typed."""

from __future__ import annotations

import datetime as dt
import secrets

import jwt

from bot.channels.sessions import Session, TokenError
from desk.clock import Clock
from storage import Deliveries, Taken

MINUTES = 30
_ALGORITHM = "HS256"
_CHANNEL = "link"


class OneTimeLinks:
    """Signs a conversation's id into a code that holds for half an hour and opens once."""

    def __init__(self, key: bytes, clock: Clock, deliveries: Deliveries) -> None:
        self._key, self._clock, self._deliveries = key, clock, deliveries

    def path(self, session: Session, language: str) -> str:
        """The address of the page on this server."""
        expires = self._clock() + dt.timedelta(minutes=MINUTES)
        claims = {"sub": session.id, "pro": session.profile, "lan": language, "exp": int(expires.timestamp()), "jti": secrets.token_urlsafe(12)}
        return f"/continue/{jwt.encode(claims, self._key, algorithm=_ALGORITHM)}"

    def redeem(self, code: str) -> Session:
        """The conversation of a code, once; raises TokenError for a code that is forged, expired or used."""
        if len(code) > 1000:
            raise TokenError("too long")
        try:
            # The clock may be set for a demonstration, so expiry is checked against it and not by the library.
            claims = jwt.decode(code, self._key, algorithms=[_ALGORITHM], options={"verify_exp": False, "require": ["sub", "exp", "jti"]})
        except jwt.InvalidTokenError as error:
            raise TokenError(type(error).__name__) from None
        expires = dt.datetime.fromtimestamp(claims["exp"], dt.timezone.utc)
        if expires <= self._clock():
            raise TokenError("expired")
        if self._deliveries.take(_CHANNEL, claims["jti"], dt.timedelta(days=1)) is not Taken.MINE:
            raise TokenError("used")
        return Session(claims["sub"], claims["pro"], claims["lan"], expires)
