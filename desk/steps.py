"""What one message did to a form, and the notices that every form shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desk.outcomes import Outcome
from desk.reply import Reply

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What one message did to the form.

    `heard` is False when it was no answer at all (an interruption). `stop` ends the form; `leave` ends it too, but keeps
    what was said for `continue`.
    """

    updates: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Reply, ...] = ()
    heard: bool = True
    stop: bool = False
    leave: bool = False


def notice(response: str, outcome: Outcome = Outcome.COLLECTING, **values: Any) -> Reply:
    """Fixed wording beside the question of a form."""
    return Reply("notice", outcome, response, values=values)


def listed(parts: list[str], language: str) -> str:
    """`甲、乙`; `a, b`."""
    return ("、" if language == "zh" else ", ").join(parts)
