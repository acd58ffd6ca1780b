from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.corpus import load_corpus, read_phrasings, without
from knowledge.errors import KnowledgeError
from tests.knowledge.factories import CHANGE, SOURCES, card_text, front, tiny_corpus


def folder(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "patents").mkdir()
    for name, text in files.items():
        (tmp_path / "patents" / name.replace("_", ".", 1) if "." not in name else tmp_path / "patents" / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_cards_and_phrasings_are_joined(tmp_path: Path) -> None:
    topics = folder(tmp_path, **{
        "term.md": card_text(front(phrasings={"zh": ["专利几年"]})),
        "phrasings-01.txt": "# patents/term\n专利几年\n专利保护多久\n> how long\n",
    })  # fmt: skip
    corpus = load_corpus(topics, SOURCES)
    assert corpus.problems == ()
    assert corpus.phrasings["patents/term"].zh == ("专利几年", "专利保护多久")
    assert corpus.phrasings["patents/term"].en == ("how long",)


def test_a_successor_inherits_the_ways_of_asking(tmp_path: Path) -> None:
    topics = folder(tmp_path, **{
        "old.md": card_text(front("patents/old", effective_until=CHANGE, phrasings={"zh": ["怎么问"]})),
        "new.md": card_text(front("patents/new", effective_from=CHANGE, succeeds="patents/old")),
    })  # fmt: skip
    assert load_corpus(topics, SOURCES).phrasings["patents/new"].zh == ("怎么问",)


def test_a_bad_card_is_left_out_and_named_and_the_others_are_loaded(tmp_path: Path) -> None:
    topics = folder(tmp_path, **{"term.md": card_text(), "bad.md": "nonsense"})
    corpus = load_corpus(topics, SOURCES)
    assert list(corpus.cards) == ["patents/term"]
    assert [p.where.endswith("bad.md:1") for p in corpus.problems] == [True]
    with pytest.raises(KnowledgeError, match="1 problems"):
        corpus.require_clean()


def test_phrasings_for_no_card_are_named(tmp_path: Path) -> None:
    topics = folder(tmp_path, **{"term.md": card_text(), "phrasings-01.txt": "# patents/lost\n怎么问\n"})
    assert "patents/lost" in load_corpus(topics, SOURCES).problems[0].problem


def test_a_phrasing_before_any_heading_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "phrasings-01.txt"
    path.write_text("\n怎么问\n# patents/term\n怎么问\n", encoding="utf-8")
    found, problems = read_phrasings(path)
    assert found["patents/term"].zh == ("怎么问",)
    assert problems[0].where == f"{path}:2"


def test_a_clean_corpus_is_given_back() -> None:
    corpus = tiny_corpus()
    assert corpus.require_clean() is corpus
    assert "patents/design-term" not in without(corpus, {"patents/design-term"}).cards
