"""What a pledge-financing intake is: the facts of an application, the pre-check's result, the case and its states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from casework.cases import CaseKind, Person, Remark, Transitions


class RightKind(str, Enum):
    """What is to be pledged. `PATENT` is a patent whose kind is not known; the last two cannot be pledged."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    PATENT = "patent"
    TRADEMARK = "trademark"
    COPYRIGHT = "copyright"
    SOFTWARE = "software"
    TRADE_SECRET = "trade_secret"
    MORAL_RIGHT = "moral_right"


PATENTS = frozenset({RightKind.INVENTION, RightKind.UTILITY_MODEL, RightKind.DESIGN, RightKind.PATENT})
WORKS = frozenset({RightKind.COPYRIGHT, RightKind.SOFTWARE})
PLEDGEABLE = PATENTS | WORKS | {RightKind.TRADEMARK}


class Status(str, Enum):
    """Whether the rights are in force and paid for."""

    PAID = "paid"
    OVERDUE = "overdue"
    PENDING = "pending"
    LAPSED = "lapsed"


class Owner(str, Enum):
    """Whose the rights are, by the register. A third person may pledge, but has to sign (民法典 art. 440)."""

    SELF = "self"
    CO_AGREED = "co_agreed"
    OTHER_AGREED = "other_agreed"
    CO_OPEN = "co_open"
    OTHER = "other"


class Burden(str, Enum):
    """What lies on the rights already."""

    PLEDGED = "pledged"
    SEIZED = "seized"
    DISPUTED = "disputed"
    LICENSED = "licensed"


class Applicant(str, Enum):
    """Who wants to borrow."""

    COMPANY = "company"
    PERSON = "person"


OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Application:
    """The facts of the pre-check; None means not known, and is an answer.

    `burdens` empty: nothing lies on the rights. `region` is one of the 12 regions' ids or "outside". `amount` and
    `value` in whole yuan; `loan_years`, and `years_left` of the right that ends first, in years.
    """

    kinds: frozenset[RightKind] = frozenset()
    status: Status | None = None
    owner: Owner | None = None
    burdens: frozenset[Burden] | None = None
    applicant: Applicant | None = None
    region: str | None = None
    amount: int | None = None
    loan_years: float | None = None
    years_left: float | None = None
    value: int | None = None
    count: int | None = None


class Result(str, Enum):
    """What the pre-check says; it never says that a loan is approved."""

    LIKELY = "likely"
    NEEDS_WORK = "needs_work"
    NOT_NOW = "not_now"


class Finding(str, Enum):
    """What one rule found."""

    PASS = "pass"
    UNKNOWN = "unknown"
    FAIL = "fail"


class Weight(str, Enum):
    """What a finding other than `pass` does to the result: nothing, work to do, or a stop."""

    NOTE = "note"
    WORK = "work"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Citation:
    """A source by its id in knowledge/sources.yml, and articles as "440,444" ("" for a page)."""

    source: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One rule's finding, with its reason and what to do about it, each in zh and en ("" where nothing is to do)."""

    rule: str
    finding: Finding
    weight: Weight
    reason: Mapping[str, str]
    advice: Mapping[str, str]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to bring, with the rule that asks for it."""

    text: Mapping[str, str]
    rule: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Precheck:
    """The result with every item, and the papers. Same facts and day, same pre-check."""

    result: Result
    items: tuple[Item, ...]
    papers: tuple[Paper, ...]

    @property
    def open_items(self) -> tuple[Item, ...]:
        """What is not in order yet: stops first, then work, then notes."""
        rank = (Weight.STOP, Weight.WORK, Weight.NOTE)
        found = [item for item in self.items if item.finding is not Finding.PASS]
        return tuple(sorted(found, key=lambda item: rank.index(item.weight)))


class IntakeState(str, Enum):
    """Where an intake stands."""

    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    WITH_BANK = "with_bank"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


TRANSITIONS = Transitions(
    kind=CaseKind.INTAKE,
    initial=frozenset({IntakeState.SUBMITTED.value}),
    allowed={
        "submitted": frozenset({"in_review", "declined", "withdrawn"}),
        "in_review": frozenset({"with_bank", "declined", "withdrawn"}),
        # Back to review: the bank asked for something.
        "with_bank": frozenset({"granted", "declined", "in_review", "withdrawn"}),
    },
)


@dataclass(frozen=True, slots=True)
class IntakeDetails:
    """What is submitted. `company` and `credit_code` are empty for a private person; `numbers` may be empty."""

    application: Application
    person: Person
    company: str = ""
    credit_code: str = ""
    numbers: tuple[str, ...] = ()
    language: str = "zh"
    channel: str = "web"


@dataclass(frozen=True, slots=True)
class Intake:
    """An intake as its owner (and the service team, unmasked) sees it."""

    reference: str
    state: IntakeState
    created_at: datetime
    updated_at: datetime
    details: IntakeDetails
    checked_on: date
    precheck: Precheck
    notes: tuple[Remark, ...] = field(default=())
