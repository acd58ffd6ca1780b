from __future__ import annotations

import pytest

from knowledge import vocabulary
from knowledge.cards import Frame
from knowledge.follow_up import frame_bonus, load_terms, mentioned, resolve
from tests.knowledge.factories import a_card

TERM = Frame("invention", "term", "any")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("那外观呢？", Frame("design", "term")),
        ("实用新型呢", Frame("utility_model", "term")),
        ("那商标呢", Frame("trademark", "term")),
        ("要多少钱？", Frame("invention", "fee")),
        ("what about designs?", Frame("design", "term")),
        ("and the fees?", Frame("invention", "fee")),
    ],
)
def test_a_short_question_is_read_in_the_light_of_the_last_one(text: str, meant: Frame) -> None:
    resolution = resolve(text, TERM)
    assert resolution is not None
    assert resolution.frame == meant
    assert resolution.question
    assert " · " in resolution.understood_zh
    assert resolution.understood_en.isascii() or "·" in resolution.understood_en


@pytest.mark.parametrize("text", ["那外观呢？", "what about designs?"])
def test_without_a_last_question_nothing_is_read_into_it(text: str) -> None:
    assert resolve(text, None) is None


@pytest.mark.parametrize(
    "text", ["我想知道在呼和浩特申请外观设计专利应该去哪里办理", "今天天气怎么样", "发明专利保护多少年", "谢谢", "How do I register a trademark in China if I am abroad?"]
)
def test_a_question_that_stands_on_its_own_is_left_alone(text: str) -> None:
    assert resolve(text, TERM) is None


def test_what_is_already_known_is_no_follow_up() -> None:
    assert resolve("那发明呢", TERM) is None


def test_the_longest_word_names_the_term() -> None:
    found = mentioned("外观设计专利", "right")
    assert found is not None
    assert (found[0].value, found[1]) == ("design", "外观设计")


def test_the_card_that_fits_gains_most() -> None:
    cards = [
        a_card(frame=Frame("design", "term")), a_card(frame=Frame("patent", "term")), a_card(frame=Frame("design", "fee")),
        a_card(frame=Frame("copyright", "court")),
    ]  # fmt: skip
    exact, near, same_right, other = frame_bonus(cards, Frame("design", "term"))
    assert exact > near > other
    assert exact > same_right > other


def test_every_term_is_in_the_cards_vocabulary_with_labels_in_both_languages() -> None:
    lists = {"right": vocabulary.RIGHTS, "aspect": vocabulary.ASPECTS, "side": vocabulary.SIDES}
    for slot, terms in load_terms().items():
        for term in terms:
            assert term.value in lists[slot]
            assert term.label_zh
            assert term.label_en.isascii()
            assert term.words
