"""The closed set of outcomes in which a turn ends (docs/architecture.md, "Words")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Outcome(str, Enum):
    """One named status per turn; the value is what the chat API says."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"
    REFUSED = "refused"
    SIGNPOSTED = "signposted"
    SMALLTALK = "smalltalk"
    COLLECTING = "collecting"
    BOOKED = "booked"
    LOOKED_UP = "looked_up"
    MOVED = "moved"
    CANCELLED = "cancelled"
    PRECHECK = "precheck"
    INTAKE_SUBMITTED = "intake_submitted"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    ERROR = "error"


# The weight of a part of a turn: finished action, refusal, answer, clarification, form step, small talk.
_WEIGHTS: tuple[tuple[Outcome, ...], ...] = (
    (Outcome.ERROR,),
    (
        Outcome.BOOKED,
        Outcome.MOVED,
        Outcome.CANCELLED,
        Outcome.INTAKE_SUBMITTED,
        Outcome.WITHDRAWN,
        Outcome.LOOKED_UP,
        Outcome.PRECHECK,
        Outcome.HANDED_OVER,
    ),
    (Outcome.REFUSED, Outcome.SIGNPOSTED),
    (Outcome.ANSWERED,),
    (Outcome.CLARIFY,),
    (Outcome.NOT_FOUND, Outcome.OUT_OF_SCOPE),
    (Outcome.COLLECTING,),
    (Outcome.SMALLTALK,),
)
_RANK = {outcome: rank for rank, outcomes in enumerate(_WEIGHTS) for outcome in outcomes}


def weightiest(outcomes: Iterable[Outcome]) -> Outcome | None:
    """The outcome of a turn with several parts; None when there are none."""
    return min(outcomes, key=lambda outcome: _RANK[outcome], default=None)
