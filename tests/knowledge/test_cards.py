from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from knowledge.cards import Citation, parse_card
from knowledge.errors import CardError
from tests.knowledge.factories import CHANGE, a_card, card_text, front

PATH = Path("patents/term.md")


def parsed(text: str) -> Any:
    return parse_card(PATH, "patents/term", text)


def refusal(text: str) -> CardError:
    with pytest.raises(CardError) as caught:
        parsed(text)
    error = caught.value
    assert error.where.startswith("patents/term.md:")
    assert int(error.where.split(":")[1]) >= 1
    assert error.remedy
    assert str(error) == f"{error.where}: {error.problem} -> {error.remedy}"
    return error


def test_a_sound_card_is_read_in_full() -> None:
    data = front(phrasings={"zh": ["专利几年"], "en": ["how long"]}, top=True, related=["patents/fee"], actions=["book_consultation"],
                 group={"name": "g", "asks": "patent_kind", "value": "design"}, needs=[3])  # fmt: skip
    card = parsed(card_text(data, "20年。\n\n## 说明\n细节。\n\n## English\n20 years.\n"))
    assert (card.answer, card.sections["说明"], card.english) == ("20年。", "细节。", "20 years.")
    assert (card.area, card.top, card.needs, card.phrasings_zh) == ("patents", True, (3,), ("专利几年",))
    assert card.group is not None
    assert card.group.value == "design"


def test_windows_line_ends_are_read_too() -> None:
    assert parsed(card_text().replace("\n", "\r\n")).answer == "20年，从申请日起算。"


def test_a_card_that_was_never_checked_is_read_as_such() -> None:
    assert parsed(card_text(front(checked="none"))).checked is None
    assert parsed(card_text(front(checked=None))).checked is None


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "key": ({"colour": "red"}, "key 'colour' is not known"),
    "id": ({"id": "patents/other"}, "is not the path"),
    "title": ({"title": {"zh": "标题"}}, "title lacks a language"),
    "title text": ({"title": {"zh": "标题", "en": "  "}}, "title lacks a language"),
    "kind": ({"kind": "poem"}, "kind 'poem' is not known"),
    "audience": ({"audience": ["aliens"]}, "audience 'aliens' is not known"),
    "audience form": ({"audience": "public"}, "audience is not a list of texts"),
    "region": ({"region": "US"}, "region 'US' is not known"),
    "frame": ({"frame": "patent"}, "frame is not {right, aspect, side}"),
    "frame key": ({"frame": {"colour": 1}}, "frame is not {right, aspect, side}"),
    "right": ({"frame": {"right": "magic"}}, "frame 'magic' is not known"),
    "aspect": ({"frame": {"aspect": "magic"}}, "frame 'magic' is not known"),
    "side": ({"frame": {"side": "magic"}}, "frame 'magic' is not known"),
    "effective_from": ({"effective_from": "soon"}, "effective_from is 'soon'"),
    "no effective_from": ({"effective_from": None}, "effective_from is None"),
    "effective_until": ({"effective_until": "never"}, "effective_until is 'never'"),
    "checked": ({"checked": "yesterday"}, "checked is 'yesterday'"),
    "recheck": ({"recheck": None}, "recheck is None"),
    "no citation": ({"citations": []}, "the card cites nothing"),
    "citation form": ({"citations": ["patent-law"]}, "a citation is not {source, article}"),
    "citation key": ({"citations": [{"source": "x", "page": 3}]}, "a citation is not {source, article}"),
    "phrasings": ({"phrasings": {"zh": [1]}}, "phrasings is not a list of texts"),
    "actions": ({"actions": ["dance"]}, "actions 'dance' is not known"),
    "related": ({"related": "patents/fee"}, "related is not a list of texts"),
    "group": ({"group": {"name": "g"}}, "group is not {name, asks, value}"),
    "group fact": ({"group": {"name": "g", "asks": "weather", "value": "x"}}, "group 'weather' is not known"),
    "group value": ({"group": {"name": "g", "asks": "side", "value": "x"}}, "group 'x' is not known"),
    "change_note": ({"change_note": {"zh": "改了"}}, "change_note lacks a language"),
}


@pytest.mark.parametrize(("changes", "problem"), BAD.values(), ids=BAD.keys())
def test_bad_front_matter_is_refused(changes: dict[str, Any], problem: str) -> None:
    assert problem in refusal(card_text(front(**changes))).problem


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("\n## English\n20 years.\n", "no answer before the first heading"),
        ("20年。\n", "the English answer is missing"),
        ("20年。\n\n## English\n\n", "the English answer is missing"),
        ("20年。\n\n## Poem\nx\n\n## English\ny\n", "section 'Poem' is not known"),
    ],
)
def test_a_bad_body_is_refused(body: str, problem: str) -> None:
    assert problem in refusal(card_text(body=body)).problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no front matter", "no front matter"),
        ("---\n\n---\n20年。\n", "empty"),
        ("---\nid: [\n---\n20年。\n", "no YAML"),
        ("---\nid: a: b\n---\n20年。\n", "no YAML"),
    ],
)
def test_what_is_no_card_is_refused(text: str, problem: str) -> None:
    assert problem in refusal(text).problem


def test_the_line_is_that_of_the_bad_key() -> None:
    text = card_text(front(kind="poem"))
    line = int(refusal(text).where.split(":")[1])
    assert text.splitlines()[line - 1].startswith("kind:")


def test_an_id_is_the_path_in_lower_case() -> None:
    with pytest.raises(CardError, match="let id and path agree"):
        parse_card(Path("Patents/Term.md"), "Patents/Term", card_text(front("Patents/Term")))


def test_articles_are_read_as_numbers() -> None:
    assert Citation("x", "42,43").article_numbers() == [42, 43]
    assert Citation("x", "219-1、3").article_numbers() == [219, 3]
    assert Citation("x").article_numbers() == []


def test_a_card_holds_from_its_first_day_to_the_day_before_its_last() -> None:
    card = a_card(effective_until=CHANGE)
    assert card.holds_on(dt.date(2021, 6, 1))
    assert card.holds_on(dt.date(2026, 12, 31))
    assert not card.holds_on(CHANGE)
    assert not card.holds_on(dt.date(2021, 5, 31))
