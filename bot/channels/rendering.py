"""From what Rasa sent to what the chat API says. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desk.outcomes import Outcome, weightiest

_FIELDS = ("kind", "citations", "card", "confidence", "buttons")
_OPTIONAL = ("reference", "links", "understood", "candidates", "gates", "picker")
_INTERNAL = ("candidates", "gates")  # kept for evaluation, not sent to citizens


def message_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """One API message from one Rasa bot message (text, buttons, custom)."""
    custom: Mapping[str, Any] = sent.get("custom") or {}
    message: dict[str, Any] = {
        "kind": custom.get("kind", "notice"),
        "text": sent.get("text") or "",
        "citations": custom.get("citations", []),
        "card": custom.get("card"),
        "confidence": custom.get("confidence"),
        "buttons": custom.get("buttons", []),
    }
    message |= {name: custom[name] for name in _OPTIONAL if name in custom}
    return message


def public(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message without what is kept for evaluation only."""
    return {name: value for name, value in message.items() if name not in _INTERNAL}


def outcome_of(sent: Sequence[Mapping[str, Any]]) -> Outcome:
    """The turn's one outcome: that of its weightiest part; `error` when nothing was said."""
    found = [Outcome(m["custom"]["outcome"]) for m in sent if (m.get("custom") or {}).get("outcome")]
    return weightiest(found) or Outcome.ERROR


def form_of(sent: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Where the form stands after the turn; None outside a form."""
    states = [m["custom"]["form"] for m in sent if (m.get("custom") or {}).get("form")]
    return states[-1] if states else None
