"""Amounts of money as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.pledge.amounts import LEAST, MOST, AmountProblem, amount_text, read_amount


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("五百万", 5_000_000),
        ("300万元", 3_000_000),
        ("300 万", 3_000_000),
        ("一个亿", 100_000_000),
        ("80w", 800_000),
        ("80W", 800_000),
        ("3kw", 30_000_000),
        ("1亿2千万", 120_000_000),
        ("一亿两千万", 120_000_000),
        ("1.5亿", 150_000_000),
        ("三百五十万", 3_500_000),
        ("5,000,000元", 5_000_000),
        ("３００万", 3_000_000),
        ("2000000", 2_000_000),
        ("3 million yuan", 3_000_000),
        ("想质押融资300万，注册地在包头，3年期", 3_000_000),
        ("三个专利融资一千二百万", 12_000_000),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text, yuan):
    assert read_amount(text).yuan == yuan


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("五百多万", 5_000_000, 6_000_000),
        ("几百万", 1_000_000, 10_000_000),
        ("100-200万", 1_000_000, 2_000_000),
        ("五百来万", 5_000_000, 6_000_000),
    ],
)
def test_a_rough_amount_is_asked_back_with_its_range(text, low, high):
    reading = read_amount(text)
    assert (reading.yuan, reading.problem, reading.low, reading.high) == (None, AmountProblem.VAGUE, low, high)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0", AmountProblem.ZERO),
        ("0元", AmountProblem.ZERO),
        ("-5万", AmountProblem.NEGATIVE),
        ("负五万", AmountProblem.NEGATIVE),
        ("500", AmountProblem.TOO_SMALL),
        ("100000亿", AmountProblem.TOO_LARGE),
        ("1000000000000元", AmountProblem.TOO_LARGE),
        ("不清楚", AmountProblem.MISSING),
        ("三年", AmountProblem.MISSING),
        ("三项发明专利", AmountProblem.MISSING),
    ],
)
def test_an_impossible_amount_is_refused_with_its_reason(text, problem):
    reading = read_amount(text)
    assert (reading.yuan, reading.problem) == (None, problem)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, MOST // LEAST))
def test_what_is_said_back_is_read_again_as_the_same(tens_of_thousands):
    yuan = tens_of_thousands * 10_000
    assert read_amount(amount_text(yuan, "zh")).yuan == yuan


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text):
    reading = read_amount(text)
    assert (reading.yuan is None) == (reading.problem is not None)
