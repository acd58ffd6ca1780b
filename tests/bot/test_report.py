"""A week's picture: right numbers, valid HTML, charts, and not a word of anybody's."""

from __future__ import annotations

import datetime as dt
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

import knowledge.corpus
from bot.commands.report import words
from bot.commands.tables import words as office_words
from casework.cases import CaseKind, Person
from casework.oversight import FeedbackReason
from desk.outcomes import Outcome
from desk.reporting import MISSED, SERVED, picture
from tests.casework.oversight.test_turns import a_turn
from tests.support.office import MakeOffice, Office, make_office, office

__all__ = ["make_office", "office"]
NAME, PHONE = "欧阳慕晴", "+8613947120836"
GAP = "我表舅乌力吉家的驼奶粉被直播间仿了"


class Page(HTMLParser):
    """Text, tags that were closed, and every reference to elsewhere."""

    VOID = frozenset({"meta", "br", "rect", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.text, self.elsewhere = "", []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        self.elsewhere += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data.strip()

    def row(self, first: str) -> list[str]:
        return next(row for row in self.rows if row and row[0] == first)


@pytest.fixture
def busy(office: Office) -> Office:
    """A week in which something happened."""
    cards = {"patents/term": SimpleNamespace(title_zh="发明专利保护<多少>年")}
    office.container.__dict__["live"] = lambda: SimpleNamespace(id="r1", index=SimpleNamespace(corpus=SimpleNamespace(cards=cards)))
    book = office.container.turn_book
    for number in range(20):
        book.note(a_turn(seconds=0.004 if number else 20.0))
    book.note(a_turn(outcome="not_found", cards=(), language="en", channel="telegram"))
    book.note(a_turn(cards=("patents/gone",)))
    book.flush()
    office.booked(person=Person(NAME, PHONE, "muqing@example.com"))
    office.asked("web-2")
    for number in range(3):
        office.container.gaps.record(
            f"{GAP}{number}", outcome="not_found", conversation_id=f"web-{number}", candidates=[{"card": "patents/term", "score": 0.2}]
        )
    office.container.feedback.record("patents/term", FeedbackReason.OUTDATED, conversation_id="web-1", comment="表舅说错了")
    return office


def written(office: Office, path: Path, *options: str) -> str:
    office.zhiwen("report", "--out", str(path), *options)
    return path.read_text(encoding="utf-8")


def test_the_page_tells_turns_outcomes_cards_cases_feedback_and_speed(busy: Office, tmp_path: Path) -> None:
    page = Page(written(busy, tmp_path / "week.html"))
    assert page.open == []
    assert "2026-11-17 至 2026-11-23" in page.text
    assert page.row("已回答")[1] == "21"
    assert page.row("没有找到")[1] == "1"
    assert page.row("Telegram")[1] == "1"
    assert page.row("英文")[1] == "1"
    assert page.row("发明专利保护<多少>年")[1:3] == ["patents/term", "20"]
    assert page.row("（卡片已删除）")[1] == "patents/gone"
    assert page.row("过期")[1] == "1"
    assert page.row("咨询预约")[:3] == ["咨询预约", "已确认", "1"]
    assert page.row("10 秒以上")[1] == "1"
    assert "95% 的轮次在 25 毫秒 内结束" in page.text


def test_gaps_are_grouped_with_their_nearest_card(busy: Office, tmp_path: Path) -> None:
    found = next(row for row in Page(written(busy, tmp_path / "week.html")).rows if row[2:] == ["3", "3"])
    assert "奶粉" in found[0]
    assert found[1] == "发明专利保护<多少>年"


def test_no_word_of_a_person_is_in_it(busy: Office, tmp_path: Path) -> None:
    text = written(busy, tmp_path / "week.html")
    for word in (NAME, PHONE, "13947120836", "0836", "muqing", GAP, "乌力吉", "表舅说错了", "抢注", "驼奶粉能注册"):
        assert word not in text


def test_questions_come_only_when_asked_for_and_nobody_else_may_read_the_file(busy: Office, tmp_path: Path) -> None:
    path = tmp_path / "with.html"
    assert f"{GAP}0" in written(busy, path, "--questions")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(busy: Office, tmp_path: Path) -> None:
    text = written(busy, tmp_path / "week.html")
    assert Page(text).elsewhere == []
    assert not re.search(r"<script|url\(|@import|https?://", text)
    assert text.count("<rect") >= 10


def test_an_empty_week_is_told_as_one(office: Office, tmp_path: Path) -> None:
    office.container.__dict__["live"] = lambda: SimpleNamespace(id="r1", index=SimpleNamespace(corpus=SimpleNamespace(cards={})))
    page = Page(written(office, tmp_path / "week.html", "--days", "3"))
    assert page.text.count("没有") >= 5
    assert page.open == []


def test_days_and_the_period_before_are_told_apart(busy: Office, make_office: MakeOffice) -> None:
    later = make_office("2026-12-01T09:00")
    later.container.__dict__["live"] = busy.container.live
    today = later.container.clock().date()
    found = picture(later.container, today.replace(day=1), today)
    assert (found.turns, found.days[0].served) == (0, 0)
    week = picture(busy.container, busy.container.clock().date(), busy.container.clock().date())
    assert (week.turns, week.turns_before, week.days[0].served, week.days[0].missed) == (22, 0, 21, 1)
    after = picture(later.container, today.replace(day=1), today.replace(day=8))
    assert after.turns_before == 22


def test_every_outcome_case_state_and_kind_has_a_word() -> None:
    assert set(words()["outcomes"]) == {outcome.value for outcome in Outcome}
    assert SERVED.isdisjoint(MISSED)
    assert set(office_words()["kind"]) == {kind.value for kind in CaseKind}


def test_stale_cards_are_listed_by_how_often_they_are_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    day = dt.date(2026, 12, 1)
    cards = [SimpleNamespace(id=name, title_zh=name, recheck=day + dt.timedelta(days=n)) for n, name in enumerate(("a/first", "b/shown", "c/late"))]
    cards[2].recheck = dt.date(2030, 1, 1)
    monkeypatch.setattr(knowledge.corpus, "load_corpus", lambda: SimpleNamespace(cards={card.id: card for card in cards}))
    office.container.turn_book.note(a_turn(cards=("b/shown", "c/late")))
    office.container.turn_book.flush()
    lines = office.zhiwen("knowledge", "stale").splitlines()
    assert [line.split()[3] for line in lines[:-1]] == ["b/shown", "a/first"]
    assert lines[-1].startswith("2 cards")
