from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.errors import CardError
from knowledge.sources import load_sources
from tests.knowledge.factories import CHANGE, a_source

ENTRY = "{id: x, title: {zh: 法, en: Law}, kind: law, version: '2020', articles: [1, 82], effective_from: 2021-06-01}"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_registry_is_read(tmp_path: Path) -> None:
    source = load_sources(written(tmp_path, f"sources: [{ENTRY}]"))["x"]
    assert (source.title_zh, source.articles, source.effective_from) == ("法", (1, 82), dt.date(2021, 6, 1))


def test_an_id_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="'x' stands twice"):
        load_sources(written(tmp_path, f"sources: [{ENTRY}, {ENTRY}]"))


@pytest.mark.parametrize("text", ["sources: [{id: x}]", "- 1", "sources: [", "other: []"])
def test_what_is_no_registry_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CardError, match="not a source registry"):
        load_sources(written(tmp_path, text))


def test_a_source_holds_only_between_its_days() -> None:
    old = a_source(effective_from=dt.date(2019, 11, 1), effective_until=CHANGE)
    assert old.holds_throughout(dt.date(2019, 11, 1), CHANGE)
    assert not old.holds_throughout(dt.date(2019, 10, 31), CHANGE)
    assert not old.holds_throughout(dt.date(2019, 11, 1), None)
    assert not old.holds_throughout(dt.date(2019, 11, 1), CHANGE + dt.timedelta(days=1))
    assert a_source(effective_from=None).holds_throughout(dt.date(1990, 1, 1), None)
