"""The transparency page says what holds now, in both languages, and claims no figure that is not on record."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from sanic import Sanic

from bot.commands.transparency import alone
from bot.routes.ops import ops_blueprint
from bot.web.transparency import WORDS, render
from desk import transparency
from desk.settings import read_settings
from desk.transparency import Facts, facts
from knowledge.errors import QualityRecordError
from knowledge.quality import Quality, Share, read_quality, write_quality
from knowledge.sources import REGISTRY
from knowledge.vocabulary import AREAS
from tests.bot.test_report import Page
from tests.knowledge.factories import SOURCES, a_card
from tests.support.asgi import asgi_client

DAY = dt.date(2026, 11, 22)
MEASURED = Quality(DAY, "abc", {"coverage": Share(0.824, 0.78, 0.86, 341), "precision": Share(0.84, 0.79, 0.88, 281)})


def some_facts(**changes: Any) -> Facts:
    found = Facts(
        operator="示例运营单位（12345）", demo=True, today=DAY, release="20261122-1-abc", cards=1204, with_english=900,
        sources={"law": (SOURCES["patent-law"], SOURCES["trademark-law-2019"])}, quality=MEASURED, quality_is_current=True,
        session_hours=24, gap_days=90, case_days=730, areas_off=(), cards_off=(),
    )  # fmt: skip
    return replace(found, **changes)


def shown(language: str = "zh", **changes: Any) -> str:
    return Page(render(some_facts(**changes), language, "/static/page.css")).text


def pairs(part: Any) -> Iterator[dict[str, str]]:
    if isinstance(part, dict):
        if "zh" in part or "en" in part:
            yield part
        else:
            yield from (pair for value in part.values() for pair in pairs(value))
    elif isinstance(part, list):
        yield from (pair for value in part for pair in pairs(value))


def test_every_sentence_stands_in_both_languages_with_the_same_gaps() -> None:
    found = list(pairs(yaml.safe_load(WORDS.read_text(encoding="utf-8"))))
    assert len(found) > 50
    for pair in found:
        assert set(pair) == {"zh", "en"}, pair
        assert set(re.findall(r"\{\w+\}", pair["zh"])) == set(re.findall(r"\{\w+\}", pair["en"])), pair


def test_every_kind_of_source_and_every_area_has_a_word() -> None:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    kinds = {entry["kind"] for entry in yaml.safe_load(REGISTRY.read_text(encoding="utf-8"))["sources"]}
    assert kinds <= set(words["kinds"])
    assert set(words["areas"]) == set(AREAS)


def test_the_page_says_purpose_sources_quality_limits_data_and_how_to_reach_a_person() -> None:
    text = shown()
    for said in ("示例运营单位（12345）", "演示系统", "1204 张", "法律（2 件）", "2027-01-01起不再适用", "24 小时", "90 天", "730 天", "12345", "转人工"):
        assert said in text
    assert "直接回答了的：82%（78%–86%，341 题）" in text
    assert "演示系统" not in shown(demo=False)


def test_in_english_only_titles_stay_chinese() -> None:
    text = Page(render(some_facts(operator="Sample operator", cards_off=()), "en", "/s.css")).text
    assert re.findall(r"[\u4e00-\u9fff]+", text.replace("中文", "").replace("知问", "")) == []
    assert "82 % (78–86 %, 341 questions)" in text


def test_without_a_record_no_figure_is_claimed() -> None:
    text = shown(quality=None, quality_is_current=False)
    assert "还没有测过" in text
    assert "%" not in text.partition("答得准不准")[2].partition("做不到什么")[0]


def test_a_record_of_another_release_says_so() -> None:
    assert "之前的知识版本" in shown(quality_is_current=False)
    assert "之前的知识版本" not in shown()


def test_topics_that_are_off_are_named() -> None:
    assert "暂停回答的主题：商标、发明专利保护多少年。" in shown(areas_off=("trademarks",), cards_off=("发明专利保护多少年",))
    assert "暂停回答" not in shown()


def test_operators_own_words_are_no_markup() -> None:
    assert "<b>" not in render(some_facts(operator="<b>x</b>"), "zh", "/s.css")


def test_the_record_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    assert read_quality(path) is None
    share = {"value": 0.8, "low": 0.7, "high": 0.9, "n": 100}
    figures = dict.fromkeys(("accuracy_at_1", "accuracy_at_3", "coverage", "precision"), share)
    write_quality({**figures, "answered_outside": {**share, "value": None, "n": 0}}, "20261122-101112-abcdef", DAY, path)
    found = read_quality(path)
    assert found is not None
    assert found.shares["precision"] == Share(0.8, 0.7, 0.9, 100)
    assert "answered_outside" not in found.shares
    assert found.is_of("20261201-000000-abcdef")
    assert not found.is_of("20261201-000000-fedcba")


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"measured": "x", "fingerprint": "a", "shares": {}}'])
def test_a_damaged_record_is_told_with_its_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "evaluation.json").write_text(content)
    with pytest.raises(QualityRecordError, match="zhiwen eval --record"):
        read_quality(tmp_path / "evaluation.json")


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A live release of three cards, one of them not in force yet."""
    cards = [a_card(), a_card("trademarks/new", effective_from=dt.date(2027, 1, 1)), a_card("a/plain", sections={}, citations=())]
    corpus = SimpleNamespace(cards={card.id: card for card in cards}, sources=SOURCES)
    monkeypatch.setattr(transparency, "read_quality", lambda: MEASURED)
    return SimpleNamespace(
        live=lambda: SimpleNamespace(id="20261122-1-abc", index=SimpleNamespace(corpus=corpus)),
        settings=read_settings({"ZHIWEN_GAP_DAYS": "30"}), clock=lambda: dt.datetime(2026, 11, 23), operator="示例运营单位",
        topics_off=lambda: ("trademarks", "patents/term"), database=SimpleNamespace(ping=lambda: None),
    )  # fmt: skip


def test_the_facts_are_those_of_today(container: Any) -> None:
    found = facts(container)
    assert (found.cards, found.with_english, found.gap_days) == (2, 1, 30)
    assert {kind: [s.id for s in sources] for kind, sources in found.sources.items()} == {"law": ["patent-law"]}
    assert found.quality_is_current
    assert (found.areas_off, found.cards_off) == (("trademarks",), ("发明专利保护多少年",))


def test_the_address_serves_both_languages(container: Any) -> None:
    app = Sanic("transparency", configure_logging=False)
    app.blueprint(ops_blueprint(container, metrics=None, trouble=lambda: None, sheet="/static/1/page.css"))  # type: ignore[arg-type]
    with asgi_client(app) as ask:
        pages = {lang: ask(f"/transparency{lang}", accept_language="en") for lang in ("", "?lang=en", "?lang=<script>")}
    assert [p.status_code for p in pages.values()] == [200, 200, 200]
    assert '<html lang="zh-CN"' in pages[""].text
    assert '<html lang="en"' in pages["?lang=en"].text
    assert pages["?lang=<script>"].text == pages[""].text
    assert not re.search(r"<style|<script|style=|onclick", pages[""].text)  # the Content-Security-Policy forbids them


def test_alone_the_page_needs_no_server() -> None:
    page = alone(render(some_facts(), "zh", "/static/1/page.css"), "body { color: black }")
    links = Page(page).elsewhere
    assert links
    assert all(link.startswith("https://") for link in links)
    assert "body { color: black }" in page
