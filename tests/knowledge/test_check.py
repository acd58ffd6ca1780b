from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from knowledge import check
from knowledge.cards import Citation, Group
from knowledge.corpus import Corpus, Phrasings, load_corpus
from tests.knowledge.factories import CHANGE, DAY, SOURCES, a_card, a_source, one_card_corpus, tiny_corpus


def problems(rule: check.Check, corpus: Corpus, day: dt.date = DAY) -> list[str]:
    return [error.problem for error in rule(corpus, day)]


def cites(*citations: Citation, **changes: Any) -> Corpus:
    return one_card_corpus(a_card(citations=citations, **changes))


@pytest.mark.parametrize(
    ("corpus", "problem"),
    [
        (cites(Citation("fairy-tale", "1")), "not in the registry"),
        (cites(Citation("patent-law")), "cited without an article"),
        (cites(Citation("patent-law", "forty")), "is no number"),
        (cites(Citation("patent-law", "83")), "has no article 83"),
        (cites(Citation("patent-law", "42,0")), "has no article 0"),
        (cites(Citation("trademark-law-2019", "49")), "narrow the card"),
        (cites(Citation("trademark-law-2026", "49"), effective_from=dt.date(2026, 1, 1)), "narrow the card"),
    ],
)
def test_a_citation_that_does_not_hold_is_found(corpus: Corpus, problem: str) -> None:
    assert any(problem in str(error) for error in check.citations_hold(corpus, DAY))


def test_citations_that_hold_pass() -> None:
    assert problems(check.citations_hold, cites(Citation("patent-law", "42,43"), Citation("guide"))) == []
    old = cites(Citation("trademark-law-2019", "49"), effective_from=dt.date(2019, 11, 1), effective_until=CHANGE)
    assert problems(check.citations_hold, old) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"effective_until": dt.date(2021, 6, 1)}, "ends before it begins"),
        ({"effective_until": DAY}, "expired"),
        ({"recheck": DAY - dt.timedelta(days=1)}, "was to be re-checked"),
        ({"checked": DAY + dt.timedelta(days=1)}, "a day to come"),
    ],
)
def test_unsound_dates_are_found(changes: dict[str, Any], problem: str) -> None:
    assert problem in problems(check.dates_are_sound, one_card_corpus(a_card(**changes)))[0]


def test_sound_dates_pass() -> None:
    assert problems(check.dates_are_sound, one_card_corpus(a_card(recheck=DAY, checked=DAY))) == []


def test_a_card_that_will_be_succeeded_must_say_what_changes() -> None:
    new = a_card("patents/new", effective_from=CHANGE, succeeds="patents/term")
    silent, telling = a_card(effective_until=CHANGE), a_card(effective_until=CHANGE, change_note={"zh": "改", "en": "changes"})
    assert "says not what changes" in problems(check.dates_are_sound, one_card_corpus(silent, new))[0]
    assert problems(check.dates_are_sound, one_card_corpus(telling, new)) == []


def test_a_figure_that_nobody_checked_is_found_but_no_hotline() -> None:
    assert "gives a figure ('2')" in problems(check.figures_are_checked, one_card_corpus(a_card(checked=None)))[0]
    assert "十年" in problems(check.figures_are_checked, one_card_corpus(a_card(checked=None, answer="十年。", sections={})))[0]
    harmless = a_card(checked=None, answer="请拨打12345。", sections={"English": "Call 12345."})
    assert problems(check.figures_are_checked, one_card_corpus(harmless)) == []
    assert problems(check.figures_are_checked, one_card_corpus(a_card())) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"related": ("patents/lost",)}, "does not exist"),
        ({"related": ("patents/term",)}, "related to itself"),
        ({"succeeds": "patents/lost"}, "which does not exist"),
        ({"group": Group("g", "side", "owner")}, "has one card only"),
    ],
)
def test_dead_relations_are_found(changes: dict[str, Any], problem: str) -> None:
    assert problem in problems(check.relations_are_alive, one_card_corpus(a_card(**changes)))[0]


def test_windows_of_succession_must_meet() -> None:
    old = a_card(effective_until=CHANGE)
    gap = a_card("patents/new", effective_from=CHANGE + dt.timedelta(days=1), succeeds=old.id)
    met = a_card("patents/new", effective_from=CHANGE, succeeds=old.id)
    assert "begins 2027-01-02" in problems(check.relations_are_alive, one_card_corpus(old, gap))[0]
    assert problems(check.relations_are_alive, one_card_corpus(old, met)) == []


def test_a_group_asks_for_one_fact_and_has_sisters() -> None:
    one, two = a_card(group=Group("g", "side", "owner")), a_card("patents/two", group=Group("g", "side", "accused"))
    assert problems(check.relations_are_alive, one_card_corpus(one, two)) == []
    mixed = a_card("patents/two", group=Group("g", "stage", "granted"))
    assert "two different facts" in problems(check.relations_are_alive, one_card_corpus(one, mixed))[0]


def test_the_answer_comes_first_and_short() -> None:
    assert problems(check.answers_are_short, one_card_corpus(a_card(answer="答" * 120))) == []
    assert "121 characters" in problems(check.answers_are_short, one_card_corpus(a_card(answer="答" * 121)))[0]


@pytest.mark.parametrize(("top", "zh", "en", "passes"), [(False, 20, 5, True), (False, 19, 5, False), (False, 20, 4, False), (True, 39, 5, False), (True, 40, 5, True)])
def test_phrasings_must_suffice(top: bool, zh: int, en: int, passes: bool) -> None:
    said = Phrasings(tuple(f"问法{n}" for n in range(zh)), tuple(f"way {n}" for n in range(en)))
    corpus = one_card_corpus(a_card(top=top), **{"patents/term": said})
    assert (problems(check.phrasings_suffice, corpus) == []) is passes


def test_the_same_phrasing_under_two_cards_is_found() -> None:
    one, two = a_card(), a_card("patents/two")
    corpus = one_card_corpus(one, two, **{one.id: Phrasings(("怎么办？",), ()), two.id: Phrasings((" 怎么办",), ())})
    assert "stands under patents/term too" in problems(check.phrasings_are_distinct, corpus)[0]
    assert problems(check.phrasings_are_distinct, one_card_corpus(one, two)) == []
    heir = one_card_corpus(one, a_card("patents/two", succeeds=one.id), **{one.id: Phrasings(("怎么办",), ()), two.id: Phrasings(("怎么办",), ())})
    assert problems(check.phrasings_are_distinct, heir) == []


def test_two_cards_for_one_need_are_found() -> None:
    one, twin = a_card(), a_card("patents/two")
    assert "it repeats patents/term" in problems(check.cards_are_distinct, one_card_corpus(one, twin))[0]
    other = a_card("patents/two", title_zh="专利年费怎么交", answer="每年交一次。")
    assert problems(check.cards_are_distinct, one_card_corpus(one, other)) == []
    kids = a_card("patents/two", audience=("kids",))
    assert problems(check.cards_are_distinct, one_card_corpus(one, kids)) == []


def test_every_problem_is_told_with_place_and_remedy() -> None:
    corpus = one_card_corpus(a_card(recheck=dt.date(2020, 1, 1), citations=(Citation("x"),)), sources={"y": a_source("y")})
    found = check.check_corpus(corpus, DAY)
    assert len(found) == 2
    assert all(error.where == "patents/term.md:1" and error.remedy for error in found)


def test_the_tiny_corpus_is_clean() -> None:
    assert check.check_corpus(tiny_corpus(), DAY) == []
    assert set(SOURCES) == {"patent-law", "trademark-law-2019", "trademark-law-2026", "guide"}


def test_the_real_cards_are_clean() -> None:
    corpus = load_corpus()
    assert [str(p) for p in check.check_corpus(corpus, DAY)] == []
    assert len(corpus.cards) > 60
