"""The pre-check: each rule by itself, all together, and that a better fact never makes it worse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.pledge.model import Applicant, Application, Burden, Finding, Owner, Precheck, Result, RightKind, Status
from casework.pledge.rules import load_rules, precheck
from knowledge.sources import load_sources
from tests.casework.pledge.factories import an_application

TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 1, 1)
RANK = [Result.NOT_NOW, Result.NEEDS_WORK, Result.LIKELY]


def check(day: date = TODAY, **changes: object) -> Precheck:
    return precheck(an_application(**changes), day)


def finding(checked: Precheck, rule: str) -> Finding | None:
    return next((item.finding for item in checked.items if item.rule == rule), None)


def test_everything_in_order_is_likely_and_never_called_approved():
    assert check().result is Result.LIKELY
    assert {result.value for result in Result} == {"likely", "needs_work", "not_now"}


@pytest.mark.parametrize(
    ("rule", "changes", "result"),
    [
        ("pledgeable", {"kinds": frozenset({RightKind.TRADE_SECRET})}, Result.NOT_NOW),
        ("trade-secret", {"kinds": frozenset({RightKind.INVENTION, RightKind.TRADE_SECRET})}, Result.NEEDS_WORK),
        ("moral-rights", {"kinds": frozenset({RightKind.COPYRIGHT, RightKind.MORAL_RIGHT})}, Result.NEEDS_WORK),
        ("granted", {"status": Status.PENDING}, Result.NOT_NOW),
        ("granted", {"status": Status.PENDING, "kinds": frozenset({RightKind.TRADEMARK})}, Result.NOT_NOW),
        ("in-force", {"status": Status.LAPSED}, Result.NOT_NOW),
        ("annual-fee", {"status": Status.OVERDUE}, Result.NEEDS_WORK),
        ("renewal", {"status": Status.OVERDUE, "kinds": frozenset({RightKind.TRADEMARK})}, Result.NEEDS_WORK),
        ("term", {"years_left": 2}, Result.NEEDS_WORK),
        ("co-owners", {"owner": Owner.CO_OPEN}, Result.NEEDS_WORK),
        ("owner", {"owner": Owner.OTHER}, Result.NOT_NOW),
        ("pledge-free", {"burdens": frozenset({Burden.PLEDGED})}, Result.NEEDS_WORK),
        ("not-seized", {"burdens": frozenset({Burden.SEIZED})}, Result.NOT_NOW),
        ("no-dispute", {"burdens": frozenset({Burden.DISPUTED})}, Result.NEEDS_WORK),
        ("licence", {"burdens": frozenset({Burden.LICENSED})}, Result.NEEDS_WORK),
        ("region", {"region": "outside"}, Result.NOT_NOW),
        ("applicant", {"applicant": Applicant.PERSON}, Result.NEEDS_WORK),
        ("amount", {"amount": 9_000_000}, Result.NEEDS_WORK),
    ],
)
def test_one_bad_fact_fails_its_rule_with_a_reason_an_advice_and_a_source(rule, changes, result):
    checked = check(**changes)
    assert finding(checked, rule) is Finding.FAIL
    assert checked.result is result
    item = next(item for item in checked.items if item.rule == rule)
    assert item.citations
    for language in ("zh", "en"):
        assert item.reason[language]
        assert item.advice[language]


@pytest.mark.parametrize("fact", ["status", "owner", "burdens", "region", "applicant", "years_left", "loan_years"])
def test_not_knowing_a_fact_is_work_to_do_not_a_refusal(fact):
    assert check(**{fact: None}).result is Result.NEEDS_WORK


@pytest.mark.parametrize("fact", ["value", "amount"])
def test_an_amount_or_value_that_is_still_open_does_not_change_the_result(fact):
    assert check(**{fact: None}).result is Result.LIKELY


@pytest.mark.parametrize("owner", [Owner.CO_AGREED, Owner.OTHER_AGREED])
def test_co_owners_and_third_persons_who_agree_are_no_obstacle(owner):
    assert check(owner=owner).result is Result.LIKELY


def test_copyright_has_no_question_of_fees_or_remaining_term():
    checked = check(kinds=frozenset({RightKind.SOFTWARE}), years_left=None)
    assert checked.result is Result.LIKELY
    assert finding(checked, "term") is finding(checked, "annual-fee") is finding(checked, "granted") is None


def test_what_has_lapsed_is_not_called_paid_for():
    assert finding(check(status=Status.LAPSED), "annual-fee") is None
    assert finding(check(status=Status.PENDING), "in-force") is None


def test_the_trademark_law_is_cited_as_it_stands_on_the_day():
    mark = {"kinds": frozenset({RightKind.TRADEMARK}), "status": Status.OVERDUE}

    def sources(day: date) -> set[str]:
        return {c.source for item in check(day, **mark).items for c in item.citations if c.source.startswith("trademark-law")}

    assert sources(TODAY) == {"trademark-law-2019"}
    assert sources(NEXT_YEAR) == {"trademark-law-2026"}


def test_every_citation_is_in_the_registry_with_an_article_that_exists_and_holds():
    registry = load_sources()
    for rule in load_rules():
        rows = [*rule.cites, *(cite for paper in rule.papers for cite in paper.cites)]
        for row in rows:
            source = registry[row.citation.source]
            for article in filter(None, row.citation.article.split(",")):
                first, last = source.articles or (0, 0)
                assert first <= int(article) <= last, (rule.id, row.citation)
            day = row.first or TODAY
            assert source.effective_from is None or source.effective_from <= day
            assert source.effective_until is None or row.until == source.effective_until, rule.id


def test_the_papers_follow_kind_and_applicant():
    company = {paper.text["zh"] for paper in check().papers}
    person = {paper.text["zh"] for paper in check(applicant=Applicant.PERSON, kinds=frozenset({RightKind.SOFTWARE})).papers}
    assert any("营业执照" in text for text in company)
    assert any("专利登记簿" in text for text in company)
    assert not any("营业执照" in text or "专利" in text for text in person)
    assert any("软件著作权登记证书" in text for text in person)
    assert not any("共有人" in text for text in company)
    assert all(paper.citations for paper in check().papers)


def test_no_sentence_leaves_a_blank():
    for changes in ({}, {"years_left": 1}, {"amount": 9_000_000}, {"value": None}):
        for item in check(**changes).items:
            assert "{" not in item.reason["zh"] + item.reason["en"]
            assert "  " not in item.reason["en"]


BETTER: dict[str, list[object]] = {
    "status": [Status.LAPSED, None, Status.PAID],
    "owner": [Owner.OTHER, Owner.CO_OPEN, Owner.SELF],
    "applicant": [Applicant.PERSON, None, Applicant.COMPANY],
    "region": ["outside", None, "baotou"],
    "years_left": [1.0, 2.0, 3.0, 30.0],
    "loan_years": [20.0, 5.0, 1.0],
    "amount": [100_000_000, 10_000_000, 50_000],
    "value": [10_000, 1_000_000, 500_000_000],
}

applications = st.builds(
    Application,
    kinds=st.frozensets(st.sampled_from(RightKind)),
    status=st.sampled_from([None, *Status]),
    owner=st.sampled_from([None, *Owner]),
    burdens=st.one_of(st.none(), st.frozensets(st.sampled_from(Burden))),
    applicant=st.sampled_from([None, *Applicant]),
    region=st.sampled_from([None, "outside", "baotou"]),
    amount=st.one_of(st.none(), st.integers(10_000, 10**9)),
    loan_years=st.one_of(st.none(), st.floats(0.5, 30)),
    years_left=st.one_of(st.none(), st.floats(0, 30)),
    value=st.one_of(st.none(), st.integers(10_000, 10**9)),
)


@settings(max_examples=200, deadline=None)
@given(application=applications, fact=st.sampled_from(sorted(BETTER)), data=st.data())
def test_making_one_fact_better_never_makes_the_result_worse(application, fact, data):
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(BETTER[fact]) - 1)] * 2)))
    worse = precheck(replace(application, **{fact: BETTER[fact][low]}), TODAY)
    better = precheck(replace(application, **{fact: BETTER[fact][high]}), TODAY)
    assert RANK.index(better.result) >= RANK.index(worse.result)


@settings(max_examples=100, deadline=None)
@given(application=applications, burden=st.sampled_from(Burden))
def test_taking_a_burden_away_never_makes_the_result_worse(application, burden):
    burdened = replace(application, burdens=frozenset(application.burdens or ()) | {burden})
    freed = replace(burdened, burdens=burdened.burdens - {burden})
    assert RANK.index(precheck(freed, TODAY).result) >= RANK.index(precheck(burdened, TODAY).result)


@settings(max_examples=50, deadline=None)
@given(application=applications)
def test_the_same_facts_on_the_same_day_give_the_same_precheck(application):
    assert precheck(application, TODAY) == precheck(application, TODAY)
