"""A question left for the office (留言给工作人员): its states and what the citizen reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from casework.cases import CaseKind, Person, Remark, Transitions


class EnquiryState(str, Enum):
    """Where an enquiry stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


TRANSITIONS = Transitions(
    kind=CaseKind.ENQUIRY,
    initial=frozenset({EnquiryState.OPEN.value}),
    allowed={
        EnquiryState.OPEN.value: frozenset({"answered", "closed", "withdrawn"}),
        # Answered again: an officer may add to a reply until the enquiry is closed.
        EnquiryState.ANSWERED.value: frozenset({"answered", "closed", "withdrawn"}),
    },
)


@dataclass(frozen=True, slots=True)
class Enquiry:
    """An enquiry as its owner sees it. `code` is the one fact beside the reference: the last four digits of
    the phone, or four random digits where no phone was left; it is shown once, at submission."""

    reference: str
    state: EnquiryState
    question: str
    created_at: datetime
    person: Person
    replies: tuple[Remark, ...] = ()
    code: str = ""
