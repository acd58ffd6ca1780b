"""References: random, checked, and read however they are typed."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases import CaseKind
from casework.references import Reference, ReferenceProblem, new_reference, parse_reference, read_reference

kinds = st.sampled_from(list(CaseKind))
references = st.builds(lambda kind, number: new_reference(kind, lambda _: number), kinds, st.integers(0, 10**8 - 1))
_FULL = str.maketrans("0123456789-WQZYL", "０１２３４５６７８９－ＷＱＺＹＬ")


@given(references)
def test_a_reference_is_read_back_however_it_is_typed(reference: Reference) -> None:
    text = reference.text
    for typed in (
        text,
        text.lower(),
        text.replace("-", ""),
        text.replace("-", " "),
        text.translate(_FULL),
        text.replace("-", " - "),
        f"你好，编号：{text}。我想取消",
        f"{text} 5678",
        f"{text}，13812345678",
        f"my number is {text}",
        text[3:],
        text[3:].replace("-", ""),
    ):
        assert parse_reference(typed) == reference, typed


@given(references, st.integers(3, 12), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(reference: Reference, position: int, shift: int) -> None:
    digits = [n for n, c in enumerate(reference.text) if c.isdigit()]
    place = digits[position % len(digits)]
    wrong = str((int(reference.text[place]) + shift) % 10)
    typed = reference.text[:place] + wrong + reference.text[place + 1 :]
    assert read_reference(typed).problem is ReferenceProblem.CHECK_DIGIT


@given(references, st.integers(0, 7))
def test_every_swap_of_neighbouring_digits_is_noticed(reference: Reference, position: int) -> None:
    letters, digits = reference.text[:2], [c for c in reference.text if c.isdigit()]
    swapped = [*digits]
    swapped[position], swapped[position + 1] = swapped[position + 1], swapped[position]
    expected = reference if swapped == digits else None
    assert parse_reference(f"{letters}-{''.join(swapped)}") == expected


@given(references)
def test_the_letters_of_another_kind_are_refused(reference: Reference) -> None:
    other = {"WQ": "ZY", "ZY": "LY", "LY": "WQ"}[reference.text[:2]]
    assert parse_reference(other + reference.text[2:]) is None


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", ReferenceProblem.MISSING),
        ("我的编号忘了", ReferenceProblem.MISSING),
        ("WQ-123-456", ReferenceProblem.TOO_SHORT),
        ("WQ1234567890", ReferenceProblem.TOO_LONG),
        ("申请号 202310123456.7", ReferenceProblem.MISSING),
        ("13812345678", ReferenceProblem.MISSING),
    ],
)
def test_what_is_wrong_is_said(typed: str, problem: ReferenceProblem) -> None:
    assert read_reference(typed).problem is problem


def test_references_do_not_count_up() -> None:
    numbers = [int("".join(c for c in new_reference(CaseKind.INTAKE).text if c.isdigit())) for _ in range(200)]
    steps = Counter(b - a for a, b in itertools.pairwise(numbers))
    assert len(set(numbers)) == 200
    assert steps.most_common(1)[0][1] < 3
