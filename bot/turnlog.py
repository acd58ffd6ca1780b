"""One structured line per turn, and whoever else counts turns. Never what was said, never who said it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.channels.sessions import Session
from casework.oversight import TurnSeen
from desk.outcomes import Outcome

log = logging.getLogger("zhiwen.turn")
_CHANNELS = {"web": "web", "cli": "cli", "tg": "telegram", "telegram": "telegram"}  # by the beginning of the session's id
_DIGITS = 16  # of the session's digest: enough to follow a conversation through a day's log
Listener = Callable[[TurnSeen], None]


def channel_of(session_id: str) -> str:
    """The channel that opened a session; a closed set, so that counts by channel stay few."""
    return _CHANNELS.get(session_id.partition("-")[0], "other")


def seen(
    session: Session,
    kind: str,
    outcome: Outcome,
    messages: Sequence[Mapping[str, Any]],
    *,
    seconds: float,
    language: str,
    release: str | None,
    form: str | None = None,
    paused: bool = False,
) -> TurnSeen:
    """What is kept of a turn: of its messages only cards and confidence."""
    return TurnSeen(
        channel=channel_of(session.id),
        kind=kind,
        outcome=outcome.value,
        language=language,
        seconds=seconds,
        cards=tuple(str(m["card"]) for m in messages if m.get("card")),
        confidence=next((m["confidence"] for m in messages if m.get("confidence") is not None), None),
        parts=len(messages),
        form=form,
        release=release,
        paused=paused,
    )


class TurnWatch:
    """Writes the line and tells the listeners (metrics, counts).

    `key` makes the session's digest: with the installation's, lines of several replicas can be joined. A school session's
    lines carry none, since it leaves no trace.
    """

    def __init__(self, key: bytes | None = None, release: Callable[[], str | None] = lambda: None, listeners: Sequence[Listener] = ()) -> None:
        self._key, self.release, self._listeners = key or secrets.token_bytes(32), release, tuple(listeners)

    def __call__(self, session: Session, turn: TurnSeen) -> None:
        """Log and pass on one turn."""
        log.info(self._line(session, turn))
        for listener in self._listeners:
            listener(turn)

    def _line(self, session: Session, turn: TurnSeen) -> str:
        public = session.profile == "public"
        return json.dumps(
            {
                "at": dt.datetime.now(dt.timezone.utc).isoformat(timespec="milliseconds"),
                "session": self._digest(session.id) if public else None,
                "channel": turn.channel,
                "kind": turn.kind,
                "outcome": turn.outcome,
                "card": turn.cards[0] if turn.cards else None,
                "confidence": turn.confidence,
                "ms": round(turn.seconds * 1000, 1),
                "language": turn.language,
                "release": turn.release,
                "form": turn.form,
                "parts": turn.parts,
                "paused": turn.paused,
            }
        )

    def _digest(self, session_id: str) -> str:
        return hmac.new(self._key, session_id.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
