"""Applications and intakes for tests: everything in order unless a test says otherwise."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from stdnum.cn import uscc

from casework.cases import Person
from casework.pledge.identifiers import patent_check_digit
from casework.pledge.model import Applicant, Application, IntakeDetails, Owner, RightKind, Status

PHONE = "+8613812345678"
CODE = "91110000600037341L"  # the example of python-stdnum


def an_application(**changes: Any) -> Application:
    good = Application(
        kinds=frozenset({RightKind.INVENTION}),
        status=Status.PAID,
        owner=Owner.SELF,
        burdens=frozenset(),
        applicant=Applicant.COMPANY,
        region="baotou",
        amount=3_000_000,
        loan_years=3,
        years_left=12,
        value=8_000_000,
        count=3,
    )
    return replace(good, **changes)


def details(**changes: Any) -> IntakeDetails:
    person = Person("王小明", PHONE)
    return replace(IntakeDetails(an_application(), person, "内蒙古示例科技有限公司", CODE, ("200310102344.5",)), **changes)


def a_credit_code(dice: random.Random) -> str:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91" + "15" + "".join(dice.choices("0123456789", k=4)) + "".join(dice.choices(letters, k=9))
    return body + uscc.calc_check_digit(body)


def a_patent_number(dice: random.Random) -> str:
    serial = "".join(dice.choices("0123456789", k=7))
    body = f"{dice.randint(2004, 2026)}{dice.choice('12389')}{serial}"
    if dice.random() < 0.3:
        body = f"{dice.choice(['85', '92', '99', '01', '03'])}{dice.choice('123')}{serial[:5]}"
    return f"{body}.{patent_check_digit(body)}"


def with_one_wrong(text: str, alphabet: str, dice: random.Random, until: int) -> str:
    """The text with one of its first `until` characters replaced by another of the alphabet."""
    place = dice.choice([n for n in range(until) if text[n] in alphabet])
    return text[:place] + dice.choice([c for c in alphabet if c != text[place]]) + text[place + 1 :]
