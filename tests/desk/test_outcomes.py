from __future__ import annotations

import itertools

import pytest

from desk.outcomes import Outcome, weightiest

SET = (
    "answered clarify not_found out_of_scope refused signposted smalltalk collecting booked looked_up moved cancelled precheck "
    "intake_submitted withdrawn handed_over error"
).split()
ORDER = [Outcome.ERROR, Outcome.BOOKED, Outcome.REFUSED, Outcome.ANSWERED, Outcome.CLARIFY, Outcome.NOT_FOUND, Outcome.COLLECTING, Outcome.SMALLTALK]


def test_the_set_is_closed() -> None:
    assert [o.value for o in Outcome] == SET


@pytest.mark.parametrize(("heavier", "lighter"), list(itertools.combinations(ORDER, 2)))
def test_the_weightiest_part_names_the_turn(heavier: Outcome, lighter: Outcome) -> None:
    assert weightiest([lighter, heavier]) is heavier
    assert weightiest([heavier, lighter, lighter]) is heavier


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_weight(outcome: Outcome) -> None:
    assert weightiest([outcome]) is outcome


def test_no_part_has_no_outcome() -> None:
    assert weightiest([]) is None
