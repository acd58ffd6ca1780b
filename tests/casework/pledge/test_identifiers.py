"""Credit codes and numbers of rights: valid ones are read, every single wrong character is found."""

from __future__ import annotations

import random

import pytest

from casework.pledge.identifiers import CodeProblem, NumberKind, NumberProblem, mask_code, read_credit_code, read_numbers
from tests.casework.pledge.factories import CODE, a_credit_code, a_patent_number, with_one_wrong

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def test_a_thousand_valid_credit_codes_are_read_and_one_wrong_character_is_always_found():
    dice = random.Random(1)
    for _ in range(1000):
        code = a_credit_code(dice)
        assert read_credit_code(f"信用代码：{code[:8].lower()} {code[8:]}").code == code
        digits_wrong = with_one_wrong(code, "0123456789", dice, 8)
        other_wrong = code[:8] + with_one_wrong(code[8:], ALPHABET, dice, 10)
        assert read_credit_code(digits_wrong).problem is CodeProblem.CHECK
        assert read_credit_code(other_wrong).problem is CodeProblem.CHECK


@pytest.mark.parametrize("letter", "IOSVZ")
def test_a_letter_that_no_code_has_is_named_with_its_place(letter):
    reading = read_credit_code(CODE[:16] + letter + CODE[17:])
    assert (reading.problem, reading.position, reading.character) == (CodeProblem.CHARACTER, 17, letter)


def test_a_letter_among_the_first_eight_digits_is_named_with_its_place():
    reading = read_credit_code(CODE[:4] + "A" + CODE[5:])
    assert (reading.problem, reading.position, reading.character) == (CodeProblem.CHARACTER, 5, "A")


@pytest.mark.parametrize("code", [CODE[:-1], CODE + "1"])
def test_a_code_of_another_length_is_refused_with_its_length(code):
    reading = read_credit_code(code)
    assert (reading.problem, reading.length) == (CodeProblem.LENGTH, len(code))


def test_a_text_without_a_code_is_missing_one():
    assert read_credit_code("不知道在哪里看").problem is CodeProblem.MISSING


def test_a_masked_code_shows_only_its_ends():
    assert mask_code(CODE) == "9111************1L"


def test_a_thousand_valid_patent_numbers_are_read_and_one_wrong_digit_is_always_found():
    dice = random.Random(2)
    for _ in range(1000):
        number = a_patent_number(dice)
        shape = dice.choice(["ZL{}", "ZL {}", "{}", "cn{}"])
        written = shape.format(number if dice.random() < 0.7 else number.replace(".", ""))
        reading = read_numbers(written, 2026)
        assert [n.text for n in reading.numbers] == [number], written
        body, check = number.split(".")
        wrong = with_one_wrong(body, "0123456789", dice, len(body))
        assert read_numbers(f"ZL{wrong}.{check}", 2026).problem is not None


def test_the_published_example_of_an_application_number_is_valid():
    reading = read_numbers("专利号：ZL200310102344.5", 2026)
    assert (reading.numbers[0].text, reading.numbers[0].filed) == ("200310102344.5", 2003)


def test_a_filing_year_that_has_not_come_is_refused():
    from casework.pledge.identifiers import patent_check_digit

    body = "203010000001"
    assert read_numbers(f"{body}.{patent_check_digit(body)}", 2026).problem is NumberProblem.YEAR


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("第12345678号", NumberKind.TRADEMARK, "12345678"),
        ("商标注册号 1234567", NumberKind.TRADEMARK, "1234567"),
        ("G1234567", NumberKind.TRADEMARK, "G1234567"),
        ("2020SR0123456", NumberKind.SOFTWARE, "2020SR0123456"),
        ("2020 sr 0123456", NumberKind.SOFTWARE, "2020SR0123456"),
        ("软著登字第1234567号", NumberKind.SOFTWARE, "软著登字第1234567号"),
        ("国作登字-2023-F-00012345", NumberKind.WORK, "国作登字-2023-F-00012345"),
        ("蒙作登字-2019-A-00000123", NumberKind.WORK, "蒙作登字-2019-A-00000123"),
    ],
)
def test_registrations_are_known_by_their_form(text, kind, written):
    assert [(n.kind, n.text) for n in read_numbers(text, 2026).numbers] == [(kind, written)]


def test_several_numbers_in_one_message_are_all_read_in_order():
    reading = read_numbers("ZL200310102344.5、12345678号、2020SR0123456", 2026)
    assert [n.kind for n in reading.numbers] == [NumberKind.PATENT, NumberKind.TRADEMARK, NumberKind.SOFTWARE]


@pytest.mark.parametrize(
    ("text", "problem"), [("ZL2003101023", NumberProblem.FORM), ("没有", NumberProblem.MISSING), ("ABC12", NumberProblem.FORM)]
)
def test_what_is_no_number_of_a_right_is_refused(text, problem):
    assert read_numbers(text, 2026).problem is problem
